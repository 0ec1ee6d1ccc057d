/** What `npm run lint` checks in Svelte files; oxlint.config.ts does the same for all others. */
import js from "@eslint/js";
import simpleImportSort from "eslint-plugin-simple-import-sort";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";
import { roomRules } from "./tools/import-rules.mjs";
import { ROOMS } from "./tools/layers.mjs";

export default ts.config(
  { ignores: ["**/*", "!**/", "!**/*.svelte", "out/", "dist/", "node_modules/", "test-results/", "**/.*"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  js.configs.recommended,
  ts.configs.recommended,
  svelte.configs.recommended,
  { languageOptions: { globals: globals.browser, parserOptions: { parser: ts.parser } } },
  {
    plugins: { "simple-import-sort": simpleImportSort },
    rules: {
      "simple-import-sort/imports": ["error", { groups: [["^node:", "^@?\\w", "^\\.", "^\\u0000"]] }],
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", caughtErrorsIgnorePattern: "^_" },
      ],
      eqeqeq: ["error", "always", { null: "ignore" }],
      "max-lines": ["warn", { max: 420 }],
      // Rune classes replace a set as a whole when it changes; what is not $state is not reactive on purpose.
      "svelte/prefer-svelte-reactivity": "off",
    },
  },
  roomRules(
    ROOMS.find(({ path }) => path === "src-renderer"),
    "src-renderer/**",
  ),
);
