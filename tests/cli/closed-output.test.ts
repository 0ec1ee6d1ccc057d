import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { colouredPhotos } from "../fixtures/coloured-photos";
import { inShell, semblance } from "../fixtures/command-line";
import { temporaryFolder } from "../fixtures/photo-folder";

let tag: string[];
let home: string;
let whole: string;
beforeAll(async () => {
  const photos = await colouredPhotos(12);
  home = photos.home;
  tag = ["tag", photos.folder, "--pack", photos.pack];
  const csv = join(photos.root, "whole.csv");
  expect(await semblance(home, [...tag, "--csv", csv])).toMatchObject({ code: 0, stderr: "" });
  whole = readFileSync(csv, "utf8");
  return photos.remove;
});

test("a reader that closes standard output ends the printing, not the work", async () => {
  const csv = join(temporaryFolder(), "labels.csv");
  const { code, stderr } = await semblance(home, [...tag, "--csv", csv], { deaf: true });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(readFileSync(csv, "utf8")).toBe(whole);
});

test("a full disk behind standard output is said in a sentence, ends with 1, and leaves the other work done", async ({
  skip,
}) => {
  if (!existsSync("/dev/full")) skip("this system has no /dev/full");
  const csv = join(temporaryFolder(), "labels.csv");
  const ran = await semblance(home, [...tag, "--csv", csv], { through: inShell('exec "$@" > /dev/full') });
  expect(ran).toEqual({
    code: 1,
    stdout: "",
    stderr: "semblance: Can’t write to standard output: the disk is full (ENOSPC).\n",
  });
  expect(readFileSync(csv, "utf8")).toBe(whole);
});
