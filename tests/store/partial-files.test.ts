import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { closeStore, openStore } from "../../src-main/store/database";
import { partialPath, registerPartialFile, removePartialFiles } from "../../src-main/store/partial-files";
import { temporaryFolder } from "../fixtures/photo-folder";

const CHILD = new URL("../fixtures/export-until-killed.ts", import.meta.url).pathname;
const RESOLVE = new URL("../fixtures/resolve-typescript.mjs", import.meta.url).href;

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
  expect(existsSync(partialPath(killed))).toBe(true);
  closeStore(openStore({ home, folder }));
  expect(existsSync(partialPath(killed))).toBe(false);
  expect(existsSync(killed)).toBe(false);
  expect(existsSync(partialPath(alive))).toBe(true);
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
