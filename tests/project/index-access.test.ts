import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const UNCHECKED = "export function first(items: string[]): string {\n  return items[0];\n}\n";
const CHECKED = 'export function first(items: string[]): string {\n  return items[0] ?? "";\n}\n';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "semblance-index-access-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function check(files: Record<string, string>) {
  const config = { compilerOptions: { strict: true, lib: ["es2025"], types: [] }, include: ["src-main", "tests"] };
  for (const [file, text] of Object.entries({ ...files, "tsconfig.json": JSON.stringify(config) })) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["scripts/check-index-access.mjs", join(folder, "tsconfig.json")],
    { encoding: "utf8" },
  );
  expect(stderr).toBe("");
  return { status, lines: stdout.trim().split("\n") };
}

test("an unchecked access is reported with its file and line, but not in the kernels", () => {
  const { status, lines } = check({
    "src-main/store/first.ts": UNCHECKED,
    "src-main/math/first.ts": UNCHECKED,
    "tests/first.test.ts": UNCHECKED,
  });
  expect(status).toBe(1);
  expect(lines).toEqual([
    expect.stringMatching(
      /^src-main\/store\/first\.ts:2: Type 'string \| undefined' is not assignable to type 'string'/,
    ),
    expect.stringContaining("Type 'undefined' is not assignable"),
  ]);
});

test("a file that handles a missing item passes, also when it uses a kernel that does not", () => {
  const uses =
    'import { first } from "../math/first";\nexport const length = (items: string[]) => first(items).length;\n';
  const { status, lines } = check({
    "src-main/store/first.ts": CHECKED,
    "src-main/store/length.ts": uses,
    "src-main/math/first.ts": UNCHECKED,
  });
  expect(lines).toEqual([""]);
  expect(status).toBe(0);
});
