import js from "@eslint/js";
import simpleImportSort from "eslint-plugin-simple-import-sort";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";
import { allowedIn, NATIVE, ROOMS } from "./tools/layers.mjs";

const capabilities = ["browse", "review", "labels", "learn", "libraries"];
const [hosts, preload, features] = ["src-main/hosts", "src-preload", "src-main/features"].map((wanted) =>
  ROOMS.find(({ path }) => path === wanted),
);

/** Forbids imports by pattern, each with what to do instead. */
const forbid = (...patterns) => ({ "no-restricted-imports": ["error", { patterns }] });
const packages = (names, message) => ({
  regex: `^(${names.map((name) => name.replace("/", "\\/")).join("|")})(/|$)`,
  message,
});

/** Import paths from files of `room` to other rooms, as a regular expression. */
function importsOf(room, others) {
  const inMain = others.filter(({ path }) => path.startsWith("src-main/")).map(({ path }) => path.slice(9));
  const main = room.path.startsWith("src-main/") ? [`(${inMain.join("|")})`] : [`src-main/(${inMain.join("|")})`];
  const roots = others.filter(({ path }) => !path.startsWith("src-main/")).map(({ path }) => path);
  return `^(\\.\\./)+(${[...(inMain.length > 0 ? main : []), ...roots].join("|")})(/|$)`;
}

/** The imports that the table of layers forbids in a room. @param more further patterns for these files */
function roomRules(room, files = `${room.path}/**`, ...more) {
  const allowed = [room, ...allowedIn(room)];
  const others = ROOMS.filter((other) => !allowed.includes(other));
  const native = NATIVE.filter((name) => !(room.packages ?? []).includes(name));
  return {
    files: [files],
    rules: forbid(
      {
        regex: importsOf(room, others),
        message: `${room.path} (layer ${room.layer}) must not import this room. See tools/layers.mjs.`,
      },
      packages(native, `${room.path} must not load this package. See tools/layers.mjs.`),
      ...more,
    ),
  };
}

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
      // Promises must be awaited or explicitly ignored.
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
      // It reports members that are only assigned; the compiler checks this better.
      "no-unused-private-class-members": "off",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", caughtErrorsIgnorePattern: "^_" },
      ],
      eqeqeq: ["error", "always", { null: "ignore" }],
    },
  },
  // Rune classes replace a set as a whole when it changes; what is not $state is not reactive on purpose.
  { files: ["src-renderer/**"], rules: { "svelte/prefer-svelte-reactivity": "off" } },
  { files: ["src-*/**"], rules: { "max-lines": ["warn", { max: 420 }] } },
  // Who may import whom.
  {
    files: ["tests/**", "tools/**", "scripts/**"],
    rules: forbid(packages(["electron"], "Electron is not available in tests.")),
  },
  ...ROOMS.map((room) => roomRules(room)),
  // The window's process must not load native code or the engine itself.
  roomRules(
    hosts,
    "src-main/hosts/{electron,window-protocols,window-confinement}.ts",
    {
      regex: "engine/(engine|semblance|engine-channel)$",
      message: "The engine runs in a separate process. Use engine-process.ts.",
    },
    packages(
      NATIVE.filter((name) => name !== "electron"),
      "Native modules run in the engine process.",
    ),
  ),
  roomRules(
    hosts,
    "src-main/hosts/!(electron|window-protocols|window-confinement).ts",
    packages(NATIVE, "This file also runs without Electron."),
  ),
  roomRules(preload, "src-preload/client.ts", packages(NATIVE, "The client runs in the window.")),
  ...capabilities.map((name) =>
    roomRules(features, `src-main/features/${name}/**`, {
      regex: `^\\.\\./(${capabilities.filter((other) => other !== name).join("|")})/`,
      message: "Capabilities must not import each other. Move shared code to the workspace.",
    }),
  ),
  { files: ["tests/e2e/electron-stand-in/**"], rules: { "no-restricted-imports": "off" } },
);
