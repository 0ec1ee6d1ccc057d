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

test.each(["before anything is printed", "after the first line"])(
  "a reader that closes %s ends the printing, not the work",
  async (when) => {
    const csv = join(temporaryFolder(), "labels.csv");
    const ran =
      when === "after the first line"
        ? await semblance(home, [...tag, "--csv", csv], {
            through: inShell('{ "$@"; echo $? > "$0"; } | head -1; exit $(cat "$0")', join(temporaryFolder(), "code")),
          })
        : await semblance(home, [...tag, "--csv", csv], { deaf: true });
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: "" });
    expect(readFileSync(csv, "utf8")).toBe(whole);
  },
);

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
