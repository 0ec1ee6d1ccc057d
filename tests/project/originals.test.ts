import { chmodSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runInThisContext } from "node:vm";
import { expect, test } from "vitest";
import { temporaryFolder } from "../fixtures/photo-folder";
import { changedOriginals, meetOriginals } from "../fixtures/unchanged-originals";

/** Calls a function as if a file of the program did. */
const byProgram = (work: () => void) =>
  (runInThisContext("(work) => work()", { filename: "/program/src-main/library/x.ts" }) as (work: () => void) => void)(
    work,
  );

// guarantee: originals-untouched
test("a change of an original by the program is found, one by a test is not", async () => {
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
  rmSync(folder, { recursive: true }); // it was a test's, and no test is to fail for it
  expect(changed).toEqual(["content", "gone", "mode", "moved", "time"]);
  expect(changedOriginals()).toEqual([]);
});
