import { chmodSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runInThisContext } from "node:vm";
import { expect, test } from "vitest";
import { temporaryFolder } from "../fixtures/photo-folder";
import { changedOriginals, meetOriginals } from "../fixtures/unchanged-originals";

/** Calls a function from what looks like a file of the program. */
const byProgram = (work: () => void) =>
  (runInThisContext("(work) => work()", { filename: "/program/src-main/library/x.ts" }) as (work: () => void) => void)(
    work,
  );

// guarantee: originals-untouched
test("detects a change to an original by the program, but not by a test", async () => {
  const folder = temporaryFolder();
  const file = (name: string) => join(folder, name);
  for (const name of ["content", "time", "mode", "gone", "moved", "edited", "kept", "deleted"])
    writeFileSync(file(name), name);
  meetOriginals(folder, join(folder, "home"));
  byProgram(() => {
    writeFileSync(file("content"), "CONTENT");
    utimesSync(file("time"), 1, 1);
    chmodSync(file("mode"), statSync(file("mode")).mode ^ 0o200);
    rmSync(file("gone"));
    renameSync(file("moved"), file("new"));
  });
  await writeFile(file("edited"), "by a test");
  rmSync(file("deleted"));
  const changed = changedOriginals()
    .map((path) => path.slice(folder.length + 1))
    .sort();
  rmSync(folder, { recursive: true }); // a test's change, which must not fail any test
  expect(changed).toEqual(["content", "gone", "mode", "moved", "time"]);
  expect(changedOriginals()).toEqual([]);
});
