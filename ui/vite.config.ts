import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { startDevServer } from "./dev/server.ts";
import { licenses } from "./licenses.ts";

/** While the page is developed in a browser, the real engine answers over HTTP; a build knows nothing of it. */
function engine(): Plugin {
  let stop = () => {};
  return {
    name: "bobbin-engine",
    apply: (_, { command, isPreview }) => command === "serve" && !isPreview && !process.env.VITEST,
    async config() {
      const { url, token, stop: end } = await startDevServer();
      stop = end;
      const headers = { Authorization: `Bearer ${token}` };
      const world = `${url}/worlds/browser`;
      await fetch(world, {
        method: "POST",
        headers: { ...headers, "Content-Type": "application/json" },
        body: "{}",
      });
      // The token stays here: the page asks its own server.
      const proxied = { target: world, headers, rewrite: (path: string) => path.replace(/^\/bobbin/, "") };
      return { server: { proxy: { "/bobbin": proxied }, cors: false } };
    },
    configureServer: ({ httpServer }) => void httpServer?.once("close", () => stop()),
    transformIndexHtml: () => [
      { tag: "script", attrs: { type: "module", src: "/dev/start.ts" }, injectTo: "head-prepend" },
    ],
  };
}

export default defineConfig({
  plugins: [svelte(), engine(), licenses()],
  clearScreen: false,
  build: {
    target: ["es2022", "safari16"],
    // The content security policy allows fonts and images from the application only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    // What the first picture needs is one file, so that one request brings it.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "first", test: /src\/main\.ts$/ }] } } },
  },
  test: {
    environment: "jsdom",
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/build.ts"],
    setupFiles: ["test/setup.ts"],
    testTimeout: 30_000,
    maxWorkers: "100%",
  },
  resolve: process.env.VITEST ? { conditions: ["browser"] } : {},
});
