import { linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type OwnFolder, tryFolder, writeFolder } from "../../src-main/base/write-folder";
import { stateOf } from "../fixtures/folder-state";
import { temporaryFolder } from "../fixtures/photo-folder";

/** Folders with a mark and nothing but texts. */
const NOTES: OwnFolder = {
  name: "a folder of notes",
  isOurs: (_, files) => files.includes("mark.txt") && files.every((name) => name.endsWith(".txt")),
};
const targetOf = (home: string, folder: string, format: OwnFolder | null = NOTES) => ({ home, folder, format });
const write = (home: string, folder: string, format: OwnFolder | null = NOTES) =>
  writeFolder(targetOf(home, folder, format), (_, put) => put("mark.txt", "new"));

function notesIn(folder: string): string {
  mkdirSync(folder);
  writeFileSync(join(folder, "mark.txt"), "old");
  return folder;
}

const OTHERS: [string, (folder: string) => void, message: string][] = [
  ["a photo", (folder) => writeFileSync(join(folder, "p1.jpg"), "a photo"), "it holds p1.jpg"],
  ["a hidden film", (folder) => writeFileSync(join(folder, ".a.mov"), "a film"), "it holds .a.mov"],
  ["a folder", (folder) => mkdirSync(join(folder, "more")), "it holds more"],
  ["a link", (folder) => symlinkSync(join(folder, "mark.txt"), join(folder, "l.txt")), "it holds l.txt"],
  ["a hard link", (folder) => linkSync(join(folder, "mark.txt"), join(folder, "h.txt")), "it holds h.txt"],
  ["a file of another kind", (folder) => writeFileSync(join(folder, "a.doc"), ""), "isn’t a folder of notes"],
];

describe("a folder", () => {
  // guarantee: export-not-over-photos
  test.each(OTHERS)("that holds %s as well is never replaced", async (_, add, message) => {
    const [home, place] = [temporaryFolder(), temporaryFolder()];
    const folder = notesIn(join(place, "notes"));
    add(folder);
    const before = stateOf(place);
    expect(() => tryFolder(targetOf(home, folder))).toThrow(message);
    await expect(write(home, folder)).rejects.toMatchObject({
      code: "bad-output",
      message: expect.stringContaining(folder) as string,
    });
    expect(stateOf(place)).toEqual(before);
  });

  // guarantee: export-whole
  test("of the same kind is replaced whole; an empty one is filled", async () => {
    const [home, place] = [temporaryFolder(), temporaryFolder()];
    const folder = notesIn(join(place, "notes"));
    writeFileSync(join(folder, "more.txt"), "old");
    writeFileSync(join(folder, ".DS_Store"), "what Finder leaves");
    await write(home, folder);
    expect(readdirSync(folder)).toEqual(["mark.txt"]);
    expect(readFileSync(join(folder, "mark.txt"), "utf8")).toBe("new");
    mkdirSync(join(place, "empty"));
    await write(home, join(place, "empty"), null);
    expect([readdirSync(place).sort(), readdirSync(join(home, "unfinished"))]).toEqual([["empty", "notes"], []]);
    await expect(write(home, folder, null)).rejects.toMatchObject({ code: "not-empty" });
  });

  // guarantee: export-whole
  test("stays as it was if the work fails, and nothing new is left, nor the folders above", async () => {
    const [home, place] = [temporaryFolder(), temporaryFolder()];
    const folder = notesIn(join(place, "notes"));
    const before = stateOf(place);
    for (const target of [folder, join(place, "new"), join(place, "a", "b", "new")])
      await expect(
        writeFolder(targetOf(home, target), (_, put) => {
          put("mark.txt", "half");
          throw new Error("power cut");
        }),
      ).rejects.toThrow("power cut");
    expect([stateOf(place), readdirSync(join(home, "unfinished"))]).toEqual([before, []]);
    await write(home, join(place, "a", "b", "new"));
    expect(readdirSync(join(place, "a", "b"))).toEqual(["new"]);
  });

  // guarantee: export-not-over-photos
  test("is no link, no file, and not in the data folder", async () => {
    const [home, place] = [temporaryFolder(), temporaryFolder()];
    symlinkSync(notesIn(join(place, "notes")), join(place, "link"));
    symlinkSync(home, join(place, "data"));
    writeFileSync(join(place, "file"), "");
    const before = stateOf(place);
    const refused: [string, string][] = [
      ["link", "symbolic link"],
      ["file", "is not a folder"],
      ["data/new", "keeps its libraries"],
      ["data/some/new", "keeps its libraries"],
      ["file/new", "ENOTDIR"],
    ];
    for (const [name, message] of refused) {
      expect(() => tryFolder(targetOf(home, join(place, name))), name).toThrow(message);
      await expect(write(home, join(place, name)), name).rejects.toThrow(message);
    }
    expect([stateOf(place), readdirSync(home)]).toEqual([before, []]);
  });

  test("is tried without creating anything, and needs the room that it takes", () => {
    const [home, place] = [temporaryFolder(), temporaryFolder()];
    tryFolder(targetOf(home, join(place, "a", "b")));
    expect(() => tryFolder(targetOf(home, join(place, "a", "b")), 1e18)).toThrow(/it takes .* MB, and the disk has/);
    expect(readdirSync(place)).toEqual([]);
  });

  // guarantee: export-not-over-photos
  test("is checked again before it is replaced", async () => {
    const [home, place] = [temporaryFolder(), temporaryFolder()];
    const folder = notesIn(join(place, "notes"));
    await expect(
      writeFolder(targetOf(home, folder), (_, put) => {
        put("mark.txt", "new");
        writeFileSync(join(folder, "p1.jpg"), "a photo");
      }),
    ).rejects.toThrow("it holds p1.jpg");
    expect(readdirSync(place)).toEqual(["notes"]);
    expect(readdirSync(folder).sort()).toEqual(["mark.txt", "p1.jpg"]);
  });
});
