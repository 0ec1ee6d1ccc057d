import { fileURLToPath } from "node:url";
import { ESLint } from "eslint";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const eslint = new ESLint({
  cwd: root,
  overrideConfig: {
    languageOptions: { parserOptions: { projectService: false, project: null } },
    rules: {
      // They ask the compiler about files; here is only text.
      "@typescript-eslint/no-floating-promises": "off",
      "@typescript-eslint/no-misused-promises": "off",
      "@typescript-eslint/await-thenable": "off",
      "@typescript-eslint/only-throw-error": "off",
    },
  },
});

async function isAllowed(file: string, from: string): Promise<boolean> {
  const [{ messages }] = await eslint.lintText(`import { x } from "${from}";\nexport const y = x;\n`, {
    filePath: file,
  });
  const faults = messages.filter(({ ruleId }) => ruleId !== "no-restricted-imports").map(({ message }) => message);
  expect(faults).toEqual([]);
  return messages.length === 0;
}

test.each([
  ["src-main/hosts/electron.ts", "electron"],
  ["src-preload/preload.ts", "electron"],
  ["src-main/hosts/electron.ts", "./engine-process"],
  ["src-main/library/store.ts", "better-sqlite3"],
  ["src-main/library/store.ts", "../jobs/job"],
  ["src-main/math/nearest.ts", "../words/vocabulary"],
  ["src-main/curate/bursts.ts", "../search/row-products"],
  ["src-main/curate/bursts.ts", "../devise/random"],
  ["src-main/features/review/duplicates.ts", "../curate/bursts"],
  ["src-main/exchange/csv.ts", "../library/store"],
  ["src-main/devise/fit.ts", "../../src-shared/refusal"],
  ["src-main/devise/fit.ts", "./hinge"],
  ["src-main/engine/semblance.ts", "./library/store"],
  ["src-main/labelling/embed.ts", "../vision/pack"],
  ["src-renderer/state/x.ts", "../../src-shared/contract"],
])("%s may import %s", async (file, from) => expect(await isAllowed(file, from)).toBe(true));

test.each([
  ["src-main/hosts/web.ts", "electron"],
  ["src-main/engine/engine.ts", "electron"],
  ["src-main/library/store.ts", "electron"],
  ["src-renderer/main.ts", "electron"],
  ["src-preload/client.ts", "electron"],
  ["src-main/hosts/electron.ts", "sharp"],
  ["src-main/hosts/electron.ts", "./library/store"],
  ["src-preload/preload.ts", "better-sqlite3"],
  ["src-preload/preload.ts", "../src-main/session"],
  ["src-main/hosts/web.ts", "./library/store"],
  ["src-main/words/vocabulary.ts", "better-sqlite3"],
  ["src-main/words/vocabulary.ts", "../devise/hinge"],
  ["src-main/vision/pack.ts", "../library/store"],
  ["src-main/devise/fit.ts", "../words/vocabulary"],
  ["src-main/devise/deep/fit.ts", "../../library/store"],
  ["src-main/devise/fit.ts", "../jobs/job"],
  ["src-main/library/store.ts", "../search/nearest"],
  ["src-main/library/store.ts", "../semblance"],
  ["src-main/jobs/job.ts", "../dispatch"],
  ["src-main/curate/bursts.ts", "better-sqlite3"],
  ["src-main/curate/bursts.ts", "../library/store"],
  ["src-main/curate/bursts.ts", "../labelling/duplicates"],
  ["src-main/library/store.ts", "../curate/bursts"],
  ["src-main/math/nearest.ts", "../web"],
  ["src-main/exchange/csv.ts", "../labelling/embed"],
  ["src-renderer/state/x.ts", "../../src-main/workspace/session"],
  ["src-renderer/state/x.ts", "onnxruntime-node"],
])("%s may not import %s", async (file, from) => expect(await isAllowed(file, from)).toBe(false));
