import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { writeClassFolders } from "../../src-main/exchange/class-folders";
import type { LabelledFile } from "../../src-main/exchange/labelled-files";
import { safeName } from "../../src-main/exchange/safe-name";
import { Refusal } from "../../src-shared/refusal";
import { stateOf } from "../fixtures/command-line";
import { filesOf, labelled, ownName } from "../fixtures/labelled";
import { temporaryFolder } from "../fixtures/photo-folder";

let [home, root, folder] = ["", "", ""];

beforeEach(() => {
  const place = temporaryFolder();
  [home, root, folder] = [temporaryFolder(), join(place, "photos"), join(place, "classes")];
  mkdirSync(root);
});

/** A photo in the folder. */
function photo(path: string, id: number, labels: string[], content = path): LabelledFile {
  mkdirSync(join(root, dirname(path)), { recursive: true });
  writeFileSync(join(root, path), content);
  utimesSync(join(root, path), 1e9, 1e9 + id);
  return labelled(path, Object.fromEntries(labels.map((label) => [label, "added"])), { photo: id });
}

const write = (files: LabelledFile[], as: "copies" | "links" = "copies", into = folder) =>
  writeClassFolders(filesOf(files), { home, root, folder: into, as, nameOf: ownName });
const tree = (at: string) => readdirSync(at, { recursive: true, encoding: "utf8" }).sort();

test("writes a folder for each label, puts photos with two labels in both, and numbers names that collide", async () => {
  const files = [
    photo("a/IMG_1.jpg", 1, ["dog", "Dog"]),
    photo("b/img_1.JPG", 2, ["dog"]),
    photo("b/copy.jpg", 2, ["dog"]),
    photo("c/none.jpg", 3, []),
    photo(`${"é".repeat(125)}.jpeg`, 4, ["../../etc", "CON", "a/b:c*"]),
    photo(`d/${"é".repeat(125)}.jpeg`, 5, ["CON"]),
  ];
  const before = stateOf(root);
  expect(await write(files)).toEqual({
    rows: 7,
    notes: ["Skipped 1 exact duplicate."],
    refused: [],
  });
  const long = `${"é".repeat(125)}.jpeg`;
  expect(tree(folder)).toEqual(
    [
      "Dog (2)",
      "Dog (2)/IMG_1.jpg",
      "__.._etc",
      `__.._etc/${long}`,
      "_CON",
      `_CON/${"é".repeat(123)} (2).jpeg`,
      `_CON/${long}`,
      "a_b_c_",
      `a_b_c_/${long}`,
      "dog",
      "dog/IMG_1.jpg",
      "dog/img_1 (2).JPG",
    ].sort(),
  );
  expect(readFileSync(join(folder, "dog/img_1 (2).JPG"), "utf8")).toBe("b/img_1.JPG");
  expect(statSync(join(folder, "dog/IMG_1.jpg")).mtimeMs).toBe((1e9 + 1) * 1000);
  expect(stateOf(root)).toEqual(before);
  expect(readdirSync(dirname(folder)).sort()).toEqual(["classes", "photos"]);
});

test("hard links share the originals' data, and the report says so", async () => {
  const { notes } = await write([photo("a.jpg", 1, ["dog"])], "links");
  expect(statSync(join(folder, "dog/a.jpg")).ino).toBe(statSync(join(root, "a.jpg")).ino);
  expect(notes).toEqual(["These are hard links: editing one edits the original."]);
});

test.skipIf(!existsSync("/dev/shm") || statSync("/dev/shm").dev === statSync("/tmp").dev)(
  "refuses hard links to another drive, says what to do instead, and leaves nothing behind",
  async () => {
    const elsewhere = join("/dev/shm", `semblance-test-${process.pid}`);
    await expect(write([photo("a.jpg", 1, ["dog"])], "links", elsewhere)).rejects.toThrow(
      /are on different drives.* Export copies instead/,
    );
    expect(readdirSync("/dev/shm").filter((name) => name.includes("semblance"))).toEqual([]);
  },
);

// guarantee: export-not-over-photos
test("never writes into the photo folder, even through a link, nor into a folder that is not empty", async () => {
  const files = [photo("a.jpg", 1, ["dog"])];
  const link = join(dirname(root), "link");
  symlinkSync(root, link);
  for (const inside of [root, join(root, "classes"), join(link, "deep/classes")])
    await expect(write(files, "copies", inside)).rejects.toMatchObject({ code: "inside-library" });
  mkdirSync(folder);
  writeFileSync(join(folder, "mine.txt"), "mine");
  await expect(write(files)).rejects.toMatchObject({ code: "not-empty" });
  expect(tree(folder)).toEqual(["mine.txt"]);
  expect(tree(root)).toEqual(["a.jpg"]);
});

// guarantee: export-whole
test("a cancelled or killed export leaves nothing behind, and an existing empty folder is accepted", async () => {
  const files = [photo("a.jpg", 1, ["dog"])];
  const cancelled = {
    count: 2,
    split: false,
    async *read() {
      yield* files;
      throw new Refusal("cancelled", "The export was cancelled.");
    },
  };
  await expect(
    writeClassFolders(cancelled, { home, root, folder, as: "copies", nameOf: ownName }),
  ).rejects.toMatchObject({ code: "cancelled" });
  expect(readdirSync(dirname(folder))).toEqual(["photos"]);
  mkdirSync(folder);
  await write(files);
  expect(tree(folder)).toEqual(["dog", "dog/a.jpg"]);
});

test("leaves out a photo that is missing or has become a link, and names it", async () => {
  const files = [photo("a.jpg", 1, ["dog"]), photo("b.jpg", 2, ["dog"]), photo("c.jpg", 3, ["dog"])];
  rmSync(join(root, "a.jpg"));
  rmSync(join(root, "b.jpg"));
  symlinkSync("/etc/hostname", join(root, "b.jpg"));
  const { rows, refused } = await write(files);
  expect(rows).toBe(1);
  expect(refused).toEqual([
    { path: "a.jpg", reason: "Can’t read the file (ENOENT)." },
    { path: "b.jpg", reason: "Can’t read the file (not a regular file)." },
  ]);
});

test("folder and file names are valid on every file system and stay as close to the originals as possible", () => {
  expect(
    ["crane (wading bird)", "St. Bernard", "..", ".hidden", "nul.txt", "a\u0000b\nc", "trailing. ", "", "花"].map(
      safeName,
    ),
  ).toEqual(["crane (wading bird)", "St. Bernard", "_", "_hidden", "_nul.txt", "a_b_c", "trailing_", "_", "花"]);
  expect(Buffer.byteLength(safeName("花".repeat(200)))).toBe(198);
});
