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

/** Sentences are for people: the page decides by ids, names, states and the codes of `isError`. */
const text = "/^(detail|hint|meaning|message|summary|title|words)$/";
const equals = "BinaryExpression[operator=/^[!=]==$/]";
const noDecisionByText = {
  "no-restricted-syntax": [
    "error",
    ...[
      `${equals}:not([right.raw="null"]) > MemberExpression[property.name=${text}]`,
      `${equals}:not([right.raw="null"]) > Identifier[name=${text}]`,
      `${equals}[right.raw=/^['"]/] > :matches(Identifier[name="code"], MemberExpression[property.name="code"])`,
      `CallExpression[callee.property.name=/^(endsWith|startsWith|includes|match|split)$/][callee.object.property.name=${text}]`,
      `CallExpression[callee.property.name=/^(includes|test|exec)$/] > MemberExpression.arguments[property.name=${text}]`,
    ].map((selector) => ({ selector, message: "Decide by an id, a name or `isError`, never by a text." })),
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
      ...noDecisionByText,
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"], svelteConfig } },
  },
  { files: ["src/ipc/**", "dev/**", "test/**"], rules: { "no-restricted-imports": "off" } },
  { files: ["test/**"], rules: { "no-restricted-syntax": "off" } },
);
