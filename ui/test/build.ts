import { build, type Rolldown } from "vite";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The whole page as one script, which sets the global `page`. */
    page: string;
  }
}

/** Builds the page once for all tests; each loads it anew, as a window does. */
export default async function setup(project: TestProject) {
  await providePage(project);
  project.onTestsRerun(() => providePage(project));
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
