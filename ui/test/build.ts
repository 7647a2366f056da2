import { build, type Rolldown } from "vite";
import type { TestProject } from "vitest/node";
import { startDevServer } from "../dev/server";

declare module "vitest" {
  interface ProvidedContext {
    /** The whole page as one script, which sets the global `page`. */
    page: string;
    devServer: { url: string; token: string };
  }
}

/** Builds the page once for all tests, each of which loads it anew, as a window does, and starts the dev server. */
export default async function setup(project: TestProject) {
  const [{ url, token, stop }] = await Promise.all([startDevServer(), providePage(project)]);
  project.provide("devServer", { url, token });
  project.onTestsRerun(() => providePage(project));
  return stop;
}

async function providePage(project: TestProject) {
  const built = (await build({
    logLevel: "silent",
    mode: "test",
    build: {
      write: false,
      minify: false,
      lib: { entry: "test/entry.ts", formats: ["iife"], name: "page" },
      rolldownOptions: { output: { codeSplitting: false } },
    },
  })) as Rolldown.RolldownOutput[];
  const script = built.flatMap(({ output }) => output).find((file) => file.type === "chunk");
  project.provide("page", script?.code ?? "");
}
