import js from "@eslint/js";
import simpleImportSort from "eslint-plugin-simple-import-sort";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";

const rooms = ["library", "vision", "words", "devise", "search", "curate", "evaluate", "exchange", "jobs"];
/** What stands above the rooms. */
const hosts = [
  "labelling",
  "api",
  "electron",
  "web",
  "cli",
  "open",
  "engine",
  "engine-process",
  "answer-host",
  "dispatch",
  "calls",
  "session",
  "answers",
  "semblance",
];

const ELECTRON = {
  name: "electron",
  message:
    "Only src-main/electron.ts and src-preload/preload.ts speak to Electron; everything else also runs without it.",
};
const SQLITE = {
  name: "better-sqlite3",
  message: "This room takes and gives typed arrays; the library alone knows the database.",
};
const NATIVE = ["better-sqlite3", "sharp", "hnswlib-node", "onnxruntime-node", "@tensorflow/*"];

/**
 * Forbids what lies in src-main to the files of a block: those of its folders, however deep, or those beside it (`up`:
 * "./").
 */
function keepOut(names, message, { paths = [ELECTRON], groups = [], up = "(\\.\\./)+" } = {}) {
  const patterns = names.length > 0 ? [{ regex: `^${up}(${names.join("|")})(/|$)`, message }] : [];
  return { "no-restricted-imports": ["error", { paths, patterns: [...patterns, ...groups] }] };
}

const oneWay = "Imports point one way: hosts → dispatch → rooms → (library, jobs).";
const others = (...allowed) => rooms.filter((room) => !allowed.includes(room));
const NO_NATIVE = { group: NATIVE, message: "Native modules run in the engine process; this file runs elsewhere." };

export default ts.config(
  { ignores: ["out/", "dist/", "node_modules/", "test-results/", "playwright-report/", "**/.*"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  js.configs.recommended,
  ts.configs.recommended,
  svelte.configs.recommended,
  { languageOptions: { globals: globals.node } },
  { files: ["src-renderer/**"], languageOptions: { globals: globals.browser } },
  { files: ["**/*.svelte", "**/*.svelte.ts"], languageOptions: { parserOptions: { parser: ts.parser } } },
  {
    files: ["src-main/**/*.ts", "src-preload/**/*.ts", "src-shared/**/*.ts", "tests/**/*.ts", "tools/**/*.ts"],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // What is started must be waited for, or said not to be.
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: false }],
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/only-throw-error": "error",
    },
  },
  {
    plugins: { "simple-import-sort": simpleImportSort },
    rules: {
      "simple-import-sort/imports": ["error", { groups: [["^node:", "^@?\\w", "^\\.", "^\\u0000"]] }],
      "simple-import-sort/exports": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      // It takes what is only assigned for unused; the compiler tells them apart.
      "no-unused-private-class-members": "off",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", caughtErrorsIgnorePattern: "^_" },
      ],
      eqeqeq: ["error", "always", { null: "ignore" }],
    },
  },
  // The rune classes replace a set as a whole when it changes; what is not $state is not meant to be watched.
  { files: ["src-renderer/**"], rules: { "svelte/prefer-svelte-reactivity": "off" } },
  { files: ["src-*/**"], rules: { "max-lines": ["warn", { max: 420 }] } },
  // Who may import whom.
  { files: ["**/*.{ts,svelte,js,mjs}"], rules: keepOut([], "") },
  {
    files: ["src-main/electron.ts"],
    rules: keepOut([...rooms, "answers", "session", "semblance"], oneWay, {
      paths: [],
      groups: [NO_NATIVE],
      up: "\\./",
    }),
  },
  {
    files: ["src-main/{web,open,dispatch,engine,engine-process,answer-host}.ts"],
    rules: keepOut(rooms, oneWay, { groups: [NO_NATIVE], up: "\\./" }),
  },
  { files: ["src-preload/preload.ts"], rules: keepOut(["src-main"], oneWay, { paths: [], groups: [NO_NATIVE] }) },
  {
    files: ["src-main/{words,vision,devise}/**"],
    rules: keepOut([...rooms, ...hosts], oneWay, { paths: [ELECTRON, SQLITE] }),
  },
  { files: ["src-main/{search,evaluate,exchange}/**"], rules: keepOut(hosts, oneWay) },
  {
    files: ["src-main/curate/**"],
    rules: keepOut(["library", "jobs", ...hosts], oneWay, { paths: [ELECTRON, SQLITE] }),
  },
  { files: ["src-main/{library,jobs}/**"], rules: keepOut([...others("library", "jobs"), ...hosts], oneWay) },
  {
    files: ["src-renderer/**"],
    rules: keepOut(["src-main"], "The window knows the contract, not the engine.", { groups: [NO_NATIVE] }),
  },
  { files: ["tests/e2e/electron-stand-in/**"], rules: { "no-restricted-imports": "off" } },
);
