import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { licenses } from "./licenses.ts";

/** In the dev server alone, a made-up application answers the page's commands; a build knows nothing of it. */
function standIn(): Plugin {
  return {
    name: "bobbin-stand-in",
    apply: (_, { command, isPreview }) => command === "serve" && !isPreview,
    transformIndexHtml: () => [
      { tag: "script", attrs: { type: "module", src: "/src/dev/start.ts" }, injectTo: "head-prepend" },
    ],
  };
}

export default defineConfig({
  plugins: [svelte(), standIn(), licenses()],
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
