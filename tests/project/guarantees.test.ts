import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const run = (...args: string[]) => spawnSync(process.execPath, ["tools/guarantees.mjs", ...args], { encoding: "utf8" });

test("docs/guarantees.md is up to date", () => {
  const { stderr, status } = run("--check");
  expect(stderr).toBe("");
  expect(status).toBe(0);
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "semblance-guarantees-"));
  mkdirSync(join(folder, "docs"));
  mkdirSync(join(folder, "tests"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const tag = (id: string) => `// guarantee: ${id}`; // concatenated, so that this file contains no tag
const promise = (...ids: string[]) =>
  writeFileSync(
    join(folder, "tests", "guarantees.json"),
    JSON.stringify({ Photos: Object.fromEntries(ids.map((id) => [id, { promise: `Promise ${id}.` }])) }),
  );
const tests = (...lines: string[]) => writeFileSync(join(folder, "tests", "a.test.ts"), lines.join("\n"));

test("finds the tagged test below comments, with its enclosing describe blocks", () => {
  promise("kept", "whole");
  tests(
    `describe("a <library>", () => {`,
    `  ${tag("kept")}`,
    `  ${tag("whole")}`,
    "  /** Why. */",
    '  test.skipIf(false).each([1])("of %i photos", () => {});',
    "});",
    tag("kept"),
    "test(`${1 + 1} times`, () => {});",
    `${tag("whole")} (after every test)`,
    "afterEach(() => {});",
  );
  expect(run(folder)).toMatchObject({ status: 0, stdout: "2 guarantees, checked by 4 tests\n" });
  const page = readFileSync(join(folder, "docs", "guarantees.md"), "utf8");
  expect(page.slice(page.indexOf("## Photos"))).toBe(
    [
      "## Photos",
      "",
      "- **Promise kept.**",
      "  - [a.test.ts](../tests/a.test.ts): a \\<library\\> › of … photos · … times",
      "- **Promise whole.**",
      "  - [a.test.ts](../tests/a.test.ts): a \\<library\\> › of … photos · after every test",
      "",
    ].join("\n"),
  );
});

test("--check reports an outdated page without writing it", () => {
  promise("kept");
  tests(tag("kept"), 'test("first", () => {});');
  run(folder);
  expect(run("--check", folder).status).toBe(0);
  const page = readFileSync(join(folder, "docs", "guarantees.md"), "utf8");
  tests(tag("kept"), 'test("second", () => {});');
  expect(run("--check", folder)).toMatchObject({
    status: 1,
    stderr: "docs/guarantees.md is out of date: run node tools/guarantees.mjs\n",
  });
  expect(readFileSync(join(folder, "docs", "guarantees.md"), "utf8")).toBe(page);
});

test("rejects a promise without a test, a tag without a promise, and a tag without a test below it", () => {
  promise("kept", "whole");
  tests(
    tag("kept"),
    'test("first", () => {});',
    tag("undone"),
    'test("second", () => {});',
    tag("kept"),
    "const a = 1;",
  );
  expect(run(folder)).toMatchObject({
    status: 1,
    stderr: [
      "tests/a.test.ts:3: tests/guarantees.json has no undone",
      "tests/a.test.ts:5: no test follows the comment about kept",
      "tests/guarantees.json: no test for whole",
      "",
    ].join("\n"),
  });
});
