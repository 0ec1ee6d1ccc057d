/**
 * What `npm run lint` checks in TypeScript and JavaScript: mistakes, promises that nobody awaits, the order of imports,
 * and who may import whom. eslint.config.js does the same for Svelte, which Oxlint can't read.
 */
import { defineConfig } from "oxlint";
import { forbid, packages, roomRules } from "./tools/import-rules.mjs";
import { NATIVE, ROOMS } from "./tools/layers.mjs";

const capabilities = ["browse", "events", "review", "labels", "learn", "libraries"];
const roomAt = (wanted: string) => ROOMS.find(({ path }) => path === wanted)!;
const hosts = roomAt("src-main/hosts");

export default defineConfig({
  plugins: ["typescript"],
  jsPlugins: ["eslint-plugin-simple-import-sort"],
  categories: { correctness: "error" },
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: "error" },
  env: { builtin: true, node: true },
  ignorePatterns: ["out/", "dist/", "node_modules/", "test-results/", "playwright-report/", "**/.*", "**/*.svelte"],
  rules: {
    // ESLint's recommended rules that Oxlint's own category of mistakes lacks.
    "getter-return": "error",
    "no-case-declarations": "error",
    "no-constant-condition": "error",
    "no-empty": "error",
    "no-fallthrough": "error",
    "no-prototype-builtins": "error",
    "no-redeclare": "error",
    "no-regex-spaces": "error",
    "no-unexpected-multiline": "error",
    "no-unreachable": "error",
    "no-useless-assignment": "error",
    "no-var": "error",
    "prefer-const": "error",
    "prefer-rest-params": "error",
    "prefer-spread": "error",
    "typescript/ban-ts-comment": "error",
    "typescript/no-empty-object-type": "error",
    "typescript/no-explicit-any": "error",
    "typescript/no-namespace": "error",
    "typescript/no-require-imports": "error",
    "typescript/no-unnecessary-type-constraint": "error",
    "typescript/no-unsafe-function-type": "error",
    // Methods of records of functions, names in messages, sorted texts and letters are as meant here; the compiler knows
    // better which private members and defaults are used.
    "typescript/unbound-method": "off",
    "typescript/restrict-template-expressions": "off",
    "typescript/no-base-to-string": "off",
    "typescript/no-misused-spread": "off",
    "typescript/no-meaningless-void-operator": "off",
    "typescript/no-useless-default-assignment": "off",
    "typescript/require-array-sort-compare": "off",
    "no-unused-private-class-members": "off",
    "no-eval": "off",
    // Promises must be awaited or explicitly ignored.
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": ["error", { checksVoidReturn: false }],
    "typescript/await-thenable": "error",
    "typescript/only-throw-error": "error",
    "simple-import-sort/imports": ["error", { groups: [["^node:", "^@?\\w", "^\\.", "^\\u0000"]] }],
    "simple-import-sort/exports": "error",
    "typescript/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
    "no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_", caughtErrorsIgnorePattern: "^_" }],
    eqeqeq: ["error", "always", { null: "ignore" }],
  },
  overrides: [
    { files: ["src-renderer/**"], env: { browser: true } },
    { files: ["src-*/**"], rules: { "max-lines": ["error", { max: 420 }] } },
    // Who may import whom.
    {
      files: ["tests/**", "tools/**", "scripts/**"],
      rules: forbid(packages(["electron"], "Electron is not available in tests.")),
    },
    ...ROOMS.map((room) => roomRules(room)),
    roomRules(hosts, "src-main/hosts/*.ts", packages(NATIVE, "This file also runs without Electron.")),
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
    roomRules(roomAt("src-preload"), "src-preload/client.ts", packages(NATIVE, "The client runs in the window.")),
    ...capabilities.map((name) =>
      roomRules(roomAt("src-main/features"), `src-main/features/${name}/**`, {
        regex: `^\\.\\./(${capabilities.filter((other) => other !== name).join("|")})/`,
        message: "Capabilities must not import each other. Move shared code to the workspace.",
      }),
    ),
    { files: ["tests/e2e/electron-stand-in/**"], rules: { "no-restricted-imports": "off" } },
  ],
});
