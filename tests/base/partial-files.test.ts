import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { partialPath, registerPartialFile, removePartialFiles } from "../../src-main/base/partial-files";
import { closeStore, openStore } from "../../src-main/store/database";
import { writeVocabularyFile } from "../../src-main/words/vocabulary-file";
import { temporaryFolder } from "../fixtures/photo-folder";

const CHILD = new URL("../fixtures/export-until-killed.ts", import.meta.url).pathname;
const RESOLVE = new URL("../fixtures/resolve-typescript.mjs", import.meta.url).href;

const partialsBeside = (file: string) => readdirSync(dirname(file)).filter((name) => name.endsWith(".tmp"));

/** Starts an export; resolves while it is writing. */
async function exporting(home: string, file: string) {
  const child = spawn(
    process.execPath,
    ["--no-warnings", "--experimental-transform-types", "--import", RESOLVE, CHILD, home, file],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  return async () => {
    child.kill("SIGKILL");
    await once(child, "close");
  };
}

// guarantee: export-whole
test("the partial file of a killed export is deleted when the next library is opened; one still being written stays", async () => {
  const [home, folder] = [temporaryFolder(), temporaryFolder()];
  const [killed, alive] = [join(temporaryFolder(), "labels.csv"), join(temporaryFolder(), "labels.csv")];
  const kill = await exporting(home, killed);
  await exporting(home, alive);
  await kill();
  expect(partialsBeside(killed)).toHaveLength(1);
  closeStore(openStore({ home, folder }));
  expect(partialsBeside(killed)).toEqual([]);
  expect(existsSync(killed)).toBe(false);
  expect(partialsBeside(alive)).toHaveLength(1);
});

// guarantee: export-whole
test("the next export of any kind deletes what killed ones left", async () => {
  const [home, folder] = [temporaryFolder(), temporaryFolder()];
  for (const name of ["a.csv", "b.csv", "a.csv"]) await (await exporting(home, join(folder, name)))();
  const words = join(folder, "words.bin");
  writeVocabularyFile(home, words, ["dog"], Float32Array.of(1, 2), 2);
  expect(readdirSync(folder)).toEqual(["words.bin"]);
  expect(readdirSync(join(home, "unfinished"))).toEqual([]);
});

test("a folder that was about to be replaced moves back, unless its replacement has arrived", () => {
  const [home, folder] = [temporaryFolder(), temporaryFolder()];
  const [former, later] = [partialPath(join(folder, "pack")), partialPath(join(folder, "other"))];
  for (const path of [former, later, join(folder, "other")]) mkdirSync(path);
  const leave = (partial: string, replaced: string) =>
    writeFileSync(join(home, "unfinished", `1000000000-1-${basename(replaced)}`), `${partial}\0${replaced}`);
  mkdirSync(join(home, "unfinished"));
  leave(former, join(folder, "pack"));
  leave(later, join(folder, "other"));
  leave(join(folder, ".semblance-0123456789abcdef.tmp"), join(home, "elsewhere"));
  removePartialFiles(home);
  expect(readdirSync(folder).sort()).toEqual(["other", "pack"]);
  expect([existsSync(join(home, "elsewhere")), readdirSync(join(home, "unfinished"))]).toEqual([false, []]);
});

// guarantee: export-whole
test("a partial file on an offline drive is deleted once the drive is back", async () => {
  const [home, place] = [temporaryFolder(), temporaryFolder()];
  const drive = join(place, "drive");
  mkdirSync(drive);
  const kill = await exporting(home, join(drive, "labels.csv"));
  await kill();
  renameSync(drive, join(place, "away"));
  removePartialFiles(home);
  renameSync(join(place, "away"), drive);
  expect(readdirSync(drive)).toHaveLength(1);
  removePartialFiles(home);
  expect(readdirSync(drive)).toEqual([]);
  expect(readdirSync(join(home, "unfinished"))).toEqual([]);
});

test("a note about any other file deletes nothing, and the process's own partial files stay", () => {
  const [home, folder] = [temporaryFolder(), temporaryFolder()];
  const original = join(folder, "IMG_1.jpg");
  writeFileSync(original, "a photo");
  const own = partialPath(join(folder, "labels.csv"));
  writeFileSync(own, "half");
  const settled = registerPartialFile(home, own);
  writeFileSync(join(home, "unfinished", "1000000000-1-forged"), original);
  removePartialFiles(home);
  expect(readdirSync(folder).sort()).toEqual(
    [".semblance-", "IMG_1.jpg"].map((name) => expect.stringContaining(name) as string),
  );
  settled();
  expect(readdirSync(join(home, "unfinished"))).toEqual([]);
});
