import { copyFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { scan } from "../../src-main/folder/scan";
import type { Places } from "../../src-main/folder/watch";
import { countWhere } from "../../src-main/store/browse";
import type { Library } from "../../src-main/store/database";
import {
  allFiles,
  countPhotos,
  failures,
  photoAt,
  photoDetails,
  storeFailure,
  tileRows,
} from "../../src-main/store/photos";
import { judge, standingVerdicts } from "../../src-main/store/verdicts";
import { emptyLibrary, paint } from "../fixtures/photo-folder";

// What lies in a RAW file is nothing to the scan: a name and bytes do.

async function look(library: Library, places?: Places): Promise<void> {
  for await (const _ of scan(library, { places })) {
    /* to the end */
  }
}
const at = (library: Library, path: string) => join(library.folder, path);
function put(library: Library, path: string, content = path): void {
  mkdirSync(dirname(at(library, path)), { recursive: true });
  writeFileSync(at(library, path), content);
}
const accept = (library: Library, path: string, label: string) =>
  judge(library, { photos: [photoAt(library, path)!], label: `own:${label}`, verdict: "accept", name: label });
const reject = (library: Library, path: string, label: string) =>
  judge(library, { photos: [photoAt(library, path)!], label: `own:${label}`, verdict: "reject", name: label });
const verdictsAt = (library: Library, path: string) =>
  standingVerdicts(library)
    .filter(({ photo }) => photo === photoAt(library, path))
    .map(({ label, verdict }) => `${verdict} ${label.slice(4)}`)
    .sort();

// guarantee: one-photo-several-files
test("a RAW beside a JPEG is a file of its photo: one photo, the JPEG shows, and every file has a row", async () => {
  const library = emptyLibrary();
  await paint(at(library, "a/IMG_1.JPG"), 1);
  put(library, "a/IMG_1.CR2");
  put(library, "a/IMG_2.CR2");
  put(library, "b/IMG_1.CR2"); // another folder: another photo
  await look(library);
  expect(countPhotos(library)).toEqual({ photos: 3, failed: 0 });
  const photo = photoAt(library, "a/IMG_1.JPG")!;
  expect(photoAt(library, "a/IMG_1.CR2")).toBe(photo);
  expect(photoDetails(library, photo)).toMatchObject({
    paths: ["a/IMG_1.JPG"],
    companions: ["a/IMG_1.CR2"],
    live: false,
  });
  expect(tileRows(library, [photo])).toMatchObject([{ name: "IMG_1.JPG", live: false }]);
  expect([...allFiles(library)].filter((file) => file.photo === photo).map(({ path }) => path)).toEqual([
    "a/IMG_1.CR2",
    "a/IMG_1.JPG",
  ]);
  expect(countWhere(library, {}, { is: "state", state: "raw" })).toBe(3);
  expect(countWhere(library, {}, { is: "state", state: "duplicate" })).toBe(0);
  await look(library);
  expect(photoAt(library, "a/IMG_1.CR2")).toBe(photo);
});

test("a film beside a still makes it live; alone it is none of ours", async () => {
  const library = emptyLibrary();
  await paint(at(library, "IMG_1.jpg"), 1);
  await paint(at(library, "IMG_3.png"), 3);
  put(library, "IMG_1.MOV");
  put(library, "IMG_2.MOV");
  put(library, "IMG_3.MOV");
  await look(library);
  expect(countPhotos(library)).toEqual({ photos: 2, failed: 0 });
  expect(failures(library)).toEqual([]);
  expect(photoDetails(library, photoAt(library, "IMG_1.jpg")!)).toMatchObject({
    live: true,
    companions: ["IMG_1.MOV"],
    paths: ["IMG_1.jpg"],
  });
  expect([...allFiles(library)].map(({ path }) => path)).toEqual(["IMG_1.jpg", "IMG_3.png"]);
  expect(countWhere(library, {}, { is: "state", state: "live" })).toBe(1);
  rmSync(at(library, "IMG_1.jpg"));
  await look(library);
  expect(countPhotos(library).photos).toBe(1);
  expect(countWhere(library, {}, { is: "state", state: "live" })).toBe(0);
});

// guarantee: one-photo-several-files
test("a JPEG that comes later takes the RAW in, with the verdicts it had", async () => {
  const library = emptyLibrary();
  put(library, "IMG_1.NEF");
  await look(library);
  accept(library, "IMG_1.NEF", "dog");
  reject(library, "IMG_1.NEF", "cat");
  await paint(at(library, "IMG_1.jpg"), 1);
  await look(library);
  expect(countPhotos(library).photos).toBe(1);
  expect(verdictsAt(library, "IMG_1.jpg")).toEqual(["accept dog", "reject cat"]);
  expect(photoAt(library, "IMG_1.NEF")).toBe(photoAt(library, "IMG_1.jpg"));
});

// guarantee: one-photo-several-files
test("where both had verdicts, the later one on a label stands and none is dropped", async () => {
  const library = emptyLibrary();
  put(library, "raw/IMG_1.ARW");
  await paint(at(library, "IMG_1.jpg"), 1);
  await look(library);
  accept(library, "raw/IMG_1.ARW", "dog");
  accept(library, "raw/IMG_1.ARW", "grass");
  accept(library, "IMG_1.jpg", "wolf");
  reject(library, "IMG_1.jpg", "dog"); // later than the RAW's
  accept(library, "IMG_1.jpg", "cat");
  reject(library, "raw/IMG_1.ARW", "cat"); // later than the JPEG's
  const log = () => library.db.prepare("SELECT count(*) FROM verdict_event").pluck().get() as number;
  const before = log();
  renameSync(at(library, "raw/IMG_1.ARW"), at(library, "IMG_1.ARW"));
  await look(library);
  expect(verdictsAt(library, "IMG_1.jpg")).toEqual(["accept grass", "accept wolf", "reject cat", "reject dog"]);
  expect(log()).toBe(before + 2);
});

// guarantee: one-photo-several-files
test("a RAW whose JPEG is deleted is a photo again, with what was decided on both, and goes back when it returns", async () => {
  const library = emptyLibrary();
  put(library, "IMG_1.RAF");
  await look(library);
  accept(library, "IMG_1.RAF", "dog");
  accept(library, "IMG_1.RAF", "lawn");
  const own = photoAt(library, "IMG_1.RAF");
  await paint(at(library, "IMG_1.jpg"), 1);
  await look(library);
  judge(library, { photos: [photoAt(library, "IMG_1.jpg")!], label: "own:dog", verdict: "clear", name: "dog" });
  accept(library, "IMG_1.RAF", "wolf"); // named by the RAW, kept with the photo
  renameSync(at(library, "IMG_1.jpg"), join(library.home, "away.jpg"));
  await look(library);
  expect(photoAt(library, "IMG_1.RAF")).toBe(own);
  expect(verdictsAt(library, "IMG_1.RAF")).toEqual(["accept lawn", "accept wolf"]);
  expect(countPhotos(library).photos).toBe(1);
  accept(library, "IMG_1.RAF", "ball");
  renameSync(join(library.home, "away.jpg"), at(library, "IMG_1.jpg"));
  await look(library);
  expect(verdictsAt(library, "IMG_1.jpg")).toEqual(["accept ball", "accept lawn", "accept wolf"]);
  expect(countPhotos(library).photos).toBe(1);
});

// guarantee: one-photo-several-files
test("a pair that is moved stays a pair, and a RAW that is deleted leaves the photo as it is", async () => {
  const library = emptyLibrary();
  await paint(at(library, "IMG_1.jpg"), 1);
  put(library, "IMG_1.DNG");
  await look(library);
  accept(library, "IMG_1.jpg", "dog");
  const photo = photoAt(library, "IMG_1.jpg");
  mkdirSync(at(library, "sub"));
  for (const name of ["IMG_1.jpg", "IMG_1.DNG"]) renameSync(at(library, name), at(library, `sub/${name}`));
  await look(library);
  expect([photoAt(library, "sub/IMG_1.jpg"), photoAt(library, "sub/IMG_1.DNG")]).toEqual([photo, photo]);
  rmSync(at(library, "sub/IMG_1.DNG"));
  await look(library);
  expect(photoDetails(library, photo!)).toMatchObject({ paths: ["sub/IMG_1.jpg"], companions: [] });
  expect(verdictsAt(library, "sub/IMG_1.jpg")).toEqual(["accept dog"]);
});

// guarantee: one-photo-several-files
test("a JPEG that turns out unreadable does not hide its RAW, and one that takes another's name takes no verdict with it", async () => {
  const library = emptyLibrary();
  put(library, "IMG_1.jpg", "no picture");
  put(library, "IMG_1.ORF");
  put(library, "IMG_2.jpg", "");
  put(library, "IMG_2.RW2");
  await look(library);
  expect(photoAt(library, "IMG_2.RW2")).not.toBeNull();
  storeFailure(
    library,
    photoAt(library, "IMG_1.jpg")!,
    library.db
      .prepare("SELECT lower(hex(hash)) FROM photo WHERE id = ?")
      .pluck()
      .get(photoAt(library, "IMG_1.jpg")) as string,
    { code: "not-an-image", message: "no picture" },
  );
  accept(library, "IMG_1.ORF", "dog");
  await look(library);
  expect(photoAt(library, "IMG_1.ORF")).not.toBe(photoAt(library, "IMG_1.jpg"));
  expect(verdictsAt(library, "IMG_1.ORF")).toEqual(["accept dog"]);
  expect(failures(library).map(({ path }) => path)).toEqual(["IMG_1.jpg", "IMG_2.jpg"]);

  await paint(at(library, "x.jpg"), 7);
  await paint(at(library, "y.jpg"), 8);
  put(library, "x.CR3");
  put(library, "y.CR3");
  await look(library);
  accept(library, "x.jpg", "one");
  accept(library, "y.jpg", "two");
  copyFileSync(at(library, "x.jpg"), join(library.home, "x.jpg"));
  renameSync(at(library, "y.jpg"), at(library, "x.jpg"));
  copyFileSync(join(library.home, "x.jpg"), at(library, "y.jpg"));
  await look(library);
  expect(verdictsAt(library, "x.jpg")).toEqual(["accept two"]);
  expect(verdictsAt(library, "y.CR3")).toEqual(["accept one"]);
});

test("a change in one folder pairs what lies in it, and leaves what lies in others for the next look at all", async () => {
  const library = emptyLibrary();
  await paint(at(library, "a/IMG_1.jpg"), 1);
  await paint(at(library, "b/IMG_2.jpg"), 2);
  await look(library);
  put(library, "a/IMG_1.CR2");
  put(library, "b/IMG_2.CR2");
  await look(library, { shallow: new Set(["a"]), deep: new Set(), growing: new Set() });
  const [first, second] = [photoAt(library, "a/IMG_1.jpg")!, photoAt(library, "b/IMG_2.jpg")!];
  expect(photoDetails(library, first)!.companions).toEqual(["a/IMG_1.CR2"]);
  expect(photoDetails(library, second)!.companions).toEqual([]);
  renameSync(at(library, "a"), at(library, "c"));
  await look(library, { shallow: new Set(), deep: new Set(["a", "c"]), growing: new Set() });
  expect(photoDetails(library, first)).toMatchObject({ paths: ["c/IMG_1.jpg"], companions: ["c/IMG_1.CR2"] });
  await look(library);
  expect(photoDetails(library, second)!.companions).toEqual(["b/IMG_2.CR2"]);
});
