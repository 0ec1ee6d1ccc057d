import { copyFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { scan } from "../../src-main/folder/scan";
import type { ScanScope } from "../../src-main/folder/watch";
import { countWhere } from "../../src-main/store/browse";
import type { Store } from "../../src-main/store/database";
import { storeFailure } from "../../src-main/store/decoded-photos";
import { allFiles, countPhotos, failures, photoAt, photoDetails, tileRows } from "../../src-main/store/photos";
import { annotate, currentAnnotations } from "../../src-main/store/verdicts";
import { emptyLibrary, paint } from "../fixtures/photo-folder";

// The scan doesn't look into RAW files: a name and some bytes will do.

async function look(store: Store, scope?: ScanScope): Promise<void> {
  for await (const _ of scan(store, { scope })) {
    /* to the end */
  }
}
const at = (store: Store, path: string) => join(store.folder, path);
function put(store: Store, path: string, content = path): void {
  mkdirSync(dirname(at(store, path)), { recursive: true });
  writeFileSync(at(store, path), content);
}
const accept = (store: Store, path: string, label: string) =>
  annotate(store, { photos: [photoAt(store, path)!], label: `own:${label}`, verdict: "accept", name: label });
const reject = (store: Store, path: string, label: string) =>
  annotate(store, { photos: [photoAt(store, path)!], label: `own:${label}`, verdict: "reject", name: label });
const verdictsAt = (store: Store, path: string) =>
  currentAnnotations(store)
    .filter(({ photo }) => photo === photoAt(store, path))
    .map(({ label, verdict }) => `${verdict} ${label.slice(4)}`)
    .sort();

// guarantee: one-photo-several-files
test("a RAW beside a JPEG belongs to its photo: one photo, shown by the JPEG, and a row for each file", async () => {
  const store = emptyLibrary();
  await paint(at(store, "a/IMG_1.JPG"), 1);
  put(store, "a/IMG_1.CR2");
  put(store, "a/IMG_2.CR2");
  put(store, "b/IMG_1.CR2"); // another folder: another photo
  await look(store);
  expect(countPhotos(store)).toEqual({ photos: 3, failed: 0 });
  const photo = photoAt(store, "a/IMG_1.JPG")!;
  expect(photoAt(store, "a/IMG_1.CR2")).toBe(photo);
  expect(photoDetails(store, photo)).toMatchObject({
    paths: ["a/IMG_1.JPG"],
    companions: ["a/IMG_1.CR2"],
    live: false,
  });
  expect(tileRows(store, [photo])).toMatchObject([{ name: "IMG_1.JPG", live: false }]);
  expect([...allFiles(store)].filter((file) => file.photo === photo).map(({ path }) => path)).toEqual([
    "a/IMG_1.CR2",
    "a/IMG_1.JPG",
  ]);
  expect(countWhere(store, {}, { is: "state", state: "raw" })).toBe(3);
  expect(countWhere(store, {}, { is: "state", state: "duplicate" })).toBe(0);
  await look(store);
  expect(photoAt(store, "a/IMG_1.CR2")).toBe(photo);
});

test("a film beside a still makes the photo live; alone it is ignored", async () => {
  const store = emptyLibrary();
  await paint(at(store, "IMG_1.jpg"), 1);
  await paint(at(store, "IMG_3.png"), 3);
  put(store, "IMG_1.MOV");
  put(store, "IMG_2.MOV");
  put(store, "IMG_3.MOV");
  await look(store);
  expect(countPhotos(store)).toEqual({ photos: 2, failed: 0 });
  expect(failures(store)).toEqual([]);
  expect(photoDetails(store, photoAt(store, "IMG_1.jpg")!)).toMatchObject({
    live: true,
    companions: ["IMG_1.MOV"],
    paths: ["IMG_1.jpg"],
  });
  expect([...allFiles(store)].map(({ path }) => path)).toEqual(["IMG_1.jpg", "IMG_3.png"]);
  expect(countWhere(store, {}, { is: "state", state: "live" })).toBe(1);
  rmSync(at(store, "IMG_1.jpg"));
  await look(store);
  expect(countPhotos(store).photos).toBe(1);
  expect(countWhere(store, {}, { is: "state", state: "live" })).toBe(0);
});

// guarantee: one-photo-several-files
test("a JPEG that arrives later takes over the RAW and its verdicts", async () => {
  const store = emptyLibrary();
  put(store, "IMG_1.NEF");
  await look(store);
  accept(store, "IMG_1.NEF", "dog");
  reject(store, "IMG_1.NEF", "cat");
  await paint(at(store, "IMG_1.jpg"), 1);
  await look(store);
  expect(countPhotos(store).photos).toBe(1);
  expect(verdictsAt(store, "IMG_1.jpg")).toEqual(["accept dog", "reject cat"]);
  expect(photoAt(store, "IMG_1.NEF")).toBe(photoAt(store, "IMG_1.jpg"));
});

// guarantee: one-photo-several-files
test("if both had verdicts, the later one on a label counts and none is lost", async () => {
  const store = emptyLibrary();
  put(store, "raw/IMG_1.ARW");
  await paint(at(store, "IMG_1.jpg"), 1);
  await look(store);
  accept(store, "raw/IMG_1.ARW", "dog");
  accept(store, "raw/IMG_1.ARW", "grass");
  accept(store, "IMG_1.jpg", "wolf");
  reject(store, "IMG_1.jpg", "dog"); // later than the RAW's
  accept(store, "IMG_1.jpg", "cat");
  reject(store, "raw/IMG_1.ARW", "cat"); // later than the JPEG's
  const log = () => store.db.prepare("SELECT count(*) FROM verdict_event").pluck().get() as number;
  const before = log();
  renameSync(at(store, "raw/IMG_1.ARW"), at(store, "IMG_1.ARW"));
  await look(store);
  expect(verdictsAt(store, "IMG_1.jpg")).toEqual(["accept grass", "accept wolf", "reject cat", "reject dog"]);
  expect(log()).toBe(before + 2);
});

// guarantee: one-photo-several-files
test("a RAW whose JPEG is deleted is a photo again with the verdicts of both, and joins the JPEG when that returns", async () => {
  const store = emptyLibrary();
  put(store, "IMG_1.RAF");
  await look(store);
  accept(store, "IMG_1.RAF", "dog");
  accept(store, "IMG_1.RAF", "lawn");
  const own = photoAt(store, "IMG_1.RAF");
  await paint(at(store, "IMG_1.jpg"), 1);
  await look(store);
  annotate(store, { photos: [photoAt(store, "IMG_1.jpg")!], label: "own:dog", verdict: "clear", name: "dog" });
  accept(store, "IMG_1.RAF", "wolf"); // identified by the RAW, kept with the photo
  renameSync(at(store, "IMG_1.jpg"), join(store.home, "away.jpg"));
  await look(store);
  expect(photoAt(store, "IMG_1.RAF")).toBe(own);
  expect(verdictsAt(store, "IMG_1.RAF")).toEqual(["accept lawn", "accept wolf"]);
  expect(countPhotos(store).photos).toBe(1);
  accept(store, "IMG_1.RAF", "ball");
  renameSync(join(store.home, "away.jpg"), at(store, "IMG_1.jpg"));
  await look(store);
  expect(verdictsAt(store, "IMG_1.jpg")).toEqual(["accept ball", "accept lawn", "accept wolf"]);
  expect(countPhotos(store).photos).toBe(1);
});

// guarantee: one-photo-several-files
test("a pair that is moved stays a pair, and deleting the RAW leaves the photo as it is", async () => {
  const store = emptyLibrary();
  await paint(at(store, "IMG_1.jpg"), 1);
  put(store, "IMG_1.DNG");
  await look(store);
  accept(store, "IMG_1.jpg", "dog");
  const photo = photoAt(store, "IMG_1.jpg");
  mkdirSync(at(store, "sub"));
  for (const name of ["IMG_1.jpg", "IMG_1.DNG"]) renameSync(at(store, name), at(store, `sub/${name}`));
  await look(store);
  expect([photoAt(store, "sub/IMG_1.jpg"), photoAt(store, "sub/IMG_1.DNG")]).toEqual([photo, photo]);
  rmSync(at(store, "sub/IMG_1.DNG"));
  await look(store);
  expect(photoDetails(store, photo!)).toMatchObject({ paths: ["sub/IMG_1.jpg"], companions: [] });
  expect(verdictsAt(store, "sub/IMG_1.jpg")).toEqual(["accept dog"]);
});

// guarantee: one-photo-several-files
test("a JPEG that turns out unreadable doesn't hide its RAW, and one that takes another's name takes no verdict with it", async () => {
  const store = emptyLibrary();
  put(store, "IMG_1.jpg", "no picture");
  put(store, "IMG_1.ORF");
  put(store, "IMG_2.jpg", "");
  put(store, "IMG_2.RW2");
  await look(store);
  expect(photoAt(store, "IMG_2.RW2")).not.toBeNull();
  storeFailure(
    store,
    photoAt(store, "IMG_1.jpg")!,
    store.db
      .prepare("SELECT lower(hex(hash)) FROM photo WHERE id = ?")
      .pluck()
      .get(photoAt(store, "IMG_1.jpg")) as string,
    { code: "not-an-image", message: "no picture" },
  );
  accept(store, "IMG_1.ORF", "dog");
  await look(store);
  expect(photoAt(store, "IMG_1.ORF")).not.toBe(photoAt(store, "IMG_1.jpg"));
  expect(verdictsAt(store, "IMG_1.ORF")).toEqual(["accept dog"]);
  expect(failures(store).map(({ path }) => path)).toEqual(["IMG_1.jpg", "IMG_2.jpg"]);

  await paint(at(store, "x.jpg"), 7);
  await paint(at(store, "y.jpg"), 8);
  put(store, "x.CR3");
  put(store, "y.CR3");
  await look(store);
  accept(store, "x.jpg", "one");
  accept(store, "y.jpg", "two");
  copyFileSync(at(store, "x.jpg"), join(store.home, "x.jpg"));
  renameSync(at(store, "y.jpg"), at(store, "x.jpg"));
  copyFileSync(join(store.home, "x.jpg"), at(store, "y.jpg"));
  await look(store);
  expect(verdictsAt(store, "x.jpg")).toEqual(["accept two"]);
  expect(verdictsAt(store, "y.CR3")).toEqual(["accept one"]);
});

test("a change in one folder pairs the files in it, and leaves other folders to the next full scan", async () => {
  const store = emptyLibrary();
  await paint(at(store, "a/IMG_1.jpg"), 1);
  await paint(at(store, "b/IMG_2.jpg"), 2);
  await look(store);
  put(store, "a/IMG_1.CR2");
  put(store, "b/IMG_2.CR2");
  await look(store, { shallow: new Set(["a"]), deep: new Set(), growing: new Set() });
  const [first, second] = [photoAt(store, "a/IMG_1.jpg")!, photoAt(store, "b/IMG_2.jpg")!];
  expect(photoDetails(store, first)!.companions).toEqual(["a/IMG_1.CR2"]);
  expect(photoDetails(store, second)!.companions).toEqual([]);
  renameSync(at(store, "a"), at(store, "c"));
  await look(store, { shallow: new Set(), deep: new Set(["a", "c"]), growing: new Set() });
  expect(photoDetails(store, first)).toMatchObject({ paths: ["c/IMG_1.jpg"], companions: ["c/IMG_1.CR2"] });
  await look(store);
  expect(photoDetails(store, second)!.companions).toEqual(["b/IMG_2.CR2"]);
});
