import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

/** The boundary has one door: everything else speaks to Rust through `src/ipc`. */
const throughIpc = {
  "no-restricted-imports": [
    "error",
    { patterns: [{ group: ["@tauri-apps/*"], message: "Only src/ipc speaks to Tauri." }] },
  ],
};

export default ts.config(
  { ignores: ["dist", "src/ipc/generated"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      eqeqeq: "error",
      "no-console": "error",
      "no-undef": "off",
      "@typescript-eslint/consistent-type-imports": "error",
      ...throughIpc,
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"], svelteConfig } },
  },
  { files: ["src/ipc/**", "src/dev/**", "test/**"], rules: { "no-restricted-imports": "off" } },
);
