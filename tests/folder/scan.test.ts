import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test, vi } from "vitest";
import { scan } from "../../src-main/folder/scan";
import type { Store } from "../../src-main/store/database";
import { photosToEmbed, storeFailure } from "../../src-main/store/decoded-photos";
import { featuresOf, photosWithFeatures, storeFeatures } from "../../src-main/store/features";
import { countPhotos, failures, folders, pathsOf, photoAt, photoDetails } from "../../src-main/store/photos";
import { changeSettings } from "../../src-main/store/settings";
import { annotate, currentAnnotations } from "../../src-main/store/verdicts";
import { emptyLibrary, paint } from "../fixtures/photo-folder";

// Root can read everything, so make a folder unreadable by its path, not by its permissions.
const disk = vi.hoisted(() => ({ closed: "" }));
vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof import("node:fs/promises")>();
  const readdir = (path: string, options: never) =>
    path === disk.closed
      ? Promise.reject(Object.assign(new Error("closed"), { code: "EACCES", syscall: "scandir" }))
      : real.readdir(path, options);
  return { ...real, readdir };
});

async function look(store: Store): Promise<number[]> {
  const changed = new Set<number>();
  for await (const { photos } of scan(store)) photos.forEach((photo) => changed.add(photo));
  return [...changed].sort((a, b) => a - b);
}

const at = (store: Store, path: string) => join(store.folder, path);
const accept = (store: Store, path: string, label: string) =>
  annotate(store, { photos: [photoAt(store, path)!], label: `own:${label}`, verdict: "accept", name: label });
const labelsAt = (store: Store, path: string) =>
  currentAnnotations(store)
    .filter(({ photo }) => photo === photoAt(store, path))
    .map(({ label }) => label);
const paths = (store: Store) =>
  photosToEmbed(store, "v", 1e6)
    .flatMap(({ photo }) => pathsOf(store, photo))
    .sort();

test("finds the photos below a folder, and only those", async () => {
  const store = emptyLibrary();
  for (const path of ["a.jpg", "B.JPEG", "sub/deep/c.png", "sub/d.webp", "ünïcödé 花 🌸.jpg", "new\nline.gif"])
    await paint(at(store, path), path.length);
  for (const path of [
    ".hidden.jpg",
    ".thumbs/e.jpg",
    "@eaDir/f.jpg",
    "$RECYCLE.BIN/g.jpg",
    "node_modules/h.jpg",
    "My.photoslibrary/i.jpg",
  ])
    await paint(at(store, path), 9);
  writeFileSync(at(store, "notes.txt"), "none");
  await look(store);
  expect(paths(store)).toEqual(
    ["B.JPEG", "a.jpg", "new\nline.gif", "sub/d.webp", "sub/deep/c.png", "ünïcödé 花 🌸.jpg"].sort(),
  );
  expect(folders(store)).toEqual([
    { folder: "", photos: 4 },
    { folder: "sub", photos: 1 },
    { folder: "sub/deep", photos: 1 },
  ]);
});

test("yields photos as it finds them, in the same order each time", async () => {
  const orders: string[][] = [];
  const many = 1200; // more than one batch
  const picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: "#446688" } })
    .png()
    .toBuffer();
  for (let round = 0; round < 2; round++) {
    const store = emptyLibrary();
    for (let i = 0; i < 5; i++) mkdirSync(at(store, String(i)));
    for (let i = 0; i < many; i++)
      writeFileSync(at(store, `${i % 5}/${i}.png`), Buffer.concat([picture, Buffer.from(String(i))]));
    let batches = 0;
    for await (const batch of scan(store)) batches += batch.photos.length > 0 ? 1 : 0;
    expect(batches).toBeGreaterThan(1);
    orders.push(photosToEmbed(store, "v", 1e6).map(({ photo }) => pathsOf(store, photo)[0]));
  }
  expect(orders[0]).toHaveLength(many);
  expect(orders[1]).toEqual(orders[0]);
});

test("a second scan reads no photo again", async () => {
  const store = emptyLibrary();
  await paint(at(store, "a.jpg"), 1);
  expect(await look(store)).toEqual([1]);
  const { mtime, size } = statSync(at(store, "a.jpg"));
  writeFileSync(at(store, "a.jpg"), Buffer.alloc(size, 1)); // would be another content if it were read
  utimesSync(at(store, "a.jpg"), mtime, mtime);
  // Not every file system keeps fractions of a millisecond, so adjust the row.
  store.db.prepare("UPDATE file SET mtime_ms = ?").run(statSync(at(store, "a.jpg")).mtimeMs);
  expect(await look(store)).toEqual([]);
});

// guarantee: annotations-follow
test("a moved photo keeps its verdicts, and a copy shares them", async () => {
  const store = emptyLibrary();
  await paint(at(store, "a.jpg"), 1);
  await look(store);
  accept(store, "a.jpg", "dog");
  mkdirSync(at(store, "sub"));
  renameSync(at(store, "a.jpg"), at(store, "sub/b.jpg"));
  await look(store);
  expect(photoAt(store, "a.jpg")).toBeNull();
  expect(labelsAt(store, "sub/b.jpg")).toEqual(["own:dog"]);
  copyFileSync(at(store, "sub/b.jpg"), at(store, "c.jpg"));
  await look(store);
  expect(photoAt(store, "c.jpg")).toBe(photoAt(store, "sub/b.jpg"));
  expect(countPhotos(store)).toEqual({ photos: 1, failed: 0 });
});

test("an edited photo is the same photo, and its features are computed again", async () => {
  const store = emptyLibrary();
  await paint(at(store, "a.jpg"), 1);
  await look(store);
  accept(store, "a.jpg", "dog");
  const [{ photo, version }] = photosToEmbed(store, "v", 1);
  const seen = {
    photo,
    version,
    feature: new Float32Array([1]),
    classes: new Uint16Array([0]),
    probabilities: new Float32Array([1]),
  };
  expect(storeFeatures(store, "v", [seen])).toBe(1);
  await paint(at(store, "a.jpg"), 2);
  expect(await look(store)).toEqual([photo]);
  expect(labelsAt(store, "a.jpg")).toEqual(["own:dog"]);
  expect(featuresOf(store, "v", photosWithFeatures(store, "v")).photos).toHaveLength(0);
  // Results computed from the old content arrive too late.
  expect(storeFeatures(store, "v", [seen])).toBe(0);
});

// guarantee: annotations-follow
test("of two copies, the edited one becomes a separate photo and keeps the verdicts", async () => {
  const store = emptyLibrary();
  await paint(at(store, "a.jpg"), 1);
  copyFileSync(at(store, "a.jpg"), at(store, "b.jpg"));
  await look(store);
  accept(store, "a.jpg", "dog");
  await paint(at(store, "b.jpg"), 2);
  await look(store);
  expect(photoAt(store, "b.jpg")).not.toBe(photoAt(store, "a.jpg"));
  expect([labelsAt(store, "a.jpg"), labelsAt(store, "b.jpg")]).toEqual([["own:dog"], ["own:dog"]]);
  // The same edit to the other copy makes them one photo again, and no verdict is lost.
  copyFileSync(at(store, "b.jpg"), at(store, "a.jpg"));
  await look(store);
  expect(photoAt(store, "a.jpg")).toBe(photoAt(store, "b.jpg"));
  expect(labelsAt(store, "a.jpg")).toEqual(["own:dog"]);
});

// guarantee: annotations-follow
test("two copies edited alike between two scans keep their verdicts", async () => {
  const store = emptyLibrary();
  await paint(at(store, "a.jpg"), 1);
  copyFileSync(at(store, "a.jpg"), at(store, "b.jpg"));
  await look(store);
  accept(store, "a.jpg", "dog");
  await paint(at(store, "a.jpg"), 2);
  copyFileSync(at(store, "a.jpg"), at(store, "b.jpg"));
  await look(store);
  expect(photoAt(store, "a.jpg")).toBe(photoAt(store, "b.jpg"));
  expect(labelsAt(store, "b.jpg")).toEqual(["own:dog"]);
});

// guarantee: annotations-follow
test("renaming files over each other moves verdicts with the photos, and a new photo at an old path starts without any", async () => {
  const store = emptyLibrary();
  for (const i of [1, 2, 3]) await paint(at(store, `${i}.jpg`), i);
  await look(store);
  for (const i of [1, 2, 3]) accept(store, `${i}.jpg`, `label ${i}`);
  for (const i of [3, 2, 1]) renameSync(at(store, `${i}.jpg`), at(store, `${i + 1}.jpg`));
  await paint(at(store, "1.jpg"), 7);
  await look(store);
  for (const i of [1, 2, 3]) expect(labelsAt(store, `${i + 1}.jpg`)).toEqual([`own:label ${i}`]);
  expect(labelsAt(store, "1.jpg")).toEqual([]);
  expect(currentAnnotations(store)).toHaveLength(3);
});

// guarantee: annotations-follow
test("verdicts survive a missing file and are there when it is back", async () => {
  const store = emptyLibrary();
  await paint(at(store, "sub/a.jpg"), 1);
  await look(store);
  accept(store, "sub/a.jpg", "dog");
  renameSync(at(store, "sub"), `${store.home}/away`);
  expect(await look(store)).toEqual([1]);
  expect(countPhotos(store).photos).toBe(0);
  expect(currentAnnotations(store)).toHaveLength(1);
  renameSync(`${store.home}/away`, at(store, "sub"));
  expect(await look(store)).toEqual([1]);
  expect(labelsAt(store, "sub/a.jpg")).toEqual(["own:dog"]);
});

// guarantee: links-not-followed
test("symbolic links are not followed, neither in circles nor out of the folder", async () => {
  const store = emptyLibrary();
  await paint(at(store, "sub/a.jpg"), 1);
  await paint(join(store.home, "outside/b.jpg"), 2);
  symlinkSync(store.folder, at(store, "sub/loop"));
  symlinkSync(join(store.home, "outside"), at(store, "outside"));
  symlinkSync(join(store.home, "outside/b.jpg"), at(store, "c.jpg"));
  await look(store);
  expect(paths(store)).toEqual(["sub/a.jpg"]);
});

test("a file that can't be read is a row with the reason", async () => {
  const store = emptyLibrary();
  await paint(at(store, "a.jpg"), 1);
  closeSync(openSync(at(store, "empty.jpg"), "w"));
  await look(store);
  expect(failures(store).map(({ path, code }) => [path, code])).toEqual([["empty.jpg", "empty-file"]]);
  expect(failures(store)[0].message).toBe("The file is empty.");
  rmSync(at(store, "a.jpg"));
  await paint(at(store, "empty.jpg"), 2);
  await look(store);
  expect(countPhotos(store)).toEqual({ photos: 1, failed: 0 });
});

// Only Linux allows such a name.
// guarantee: names-exact
test.skipIf(process.platform !== "linux")(
  "a name that is not UTF-8 is shown with its bytes, and never read as another file",
  async () => {
    const store = emptyLibrary();
    writeFileSync(
      Buffer.concat([Buffer.from(`${store.folder}/bad `), Buffer.from([0xff, 0xfe]), Buffer.from(".jpg")]),
      "name",
    );
    await look(store);
    expect(failures(store)).toMatchObject([{ path: "bad \\xff\\xfe.jpg", code: "name-not-utf8" }]);
  },
);

// guarantee: offline-not-deleted
test("files in an unreadable folder are unknown, not missing", async () => {
  const store = emptyLibrary();
  await paint(at(store, "closed/a.jpg"), 1);
  await paint(at(store, "b.jpg"), 2);
  await look(store);
  disk.closed = at(store, "closed");
  await look(store);
  expect(countPhotos(store)).toEqual({ photos: 2, failed: 1 });
  expect(failures(store)[0]).toMatchObject({ path: "closed/", code: "unreadable" });
  disk.closed = "";
  await look(store);
  expect(countPhotos(store)).toEqual({ photos: 2, failed: 0 });
});

test("excluded folders are skipped", async () => {
  const store = emptyLibrary();
  for (const path of ["keep/a.jpg", "drop/b.jpg", "drop/deep/c.jpg", "keep/drop/d.jpg"])
    await paint(at(store, path), path.length);
  await look(store);
  changeSettings(store, { excludedFolders: ["drop"] });
  await look(store);
  expect(paths(store)).toEqual(["keep/a.jpg", "keep/drop/d.jpg"]);
});

test("a photo that failed because of the disk is tried again, a damaged one is not", async () => {
  const store = emptyLibrary();
  await paint(at(store, "a.jpg"), 1);
  await paint(at(store, "b.jpg"), 2);
  await look(store);
  const [a, b] = photosToEmbed(store, "v", 2);
  storeFailure(store, a.photo, a.version, { code: "unreadable", message: "disk" });
  storeFailure(store, b.photo, b.version, { code: "truncated", message: "cut" });
  expect(photosToEmbed(store, "v", 2)).toEqual([]);
  await look(store);
  expect(photosToEmbed(store, "v", 2)).toEqual([a]);
  expect(photoDetails(store, b.photo)?.error).toEqual({ code: "truncated", message: "cut" });
});

test("a cancelled scan stops, keeps what it yielded, and marks nothing as missing", async () => {
  const store = emptyLibrary();
  for (let i = 0; i < 150; i++) await paint(at(store, `${i}.png`), i, 8, 8);
  await look(store);
  rmSync(at(store, "0.png"));
  const abort = new AbortController();
  const run = (async () => {
    for await (const batch of scan(store, { signal: abort.signal }))
      if (batch.files > 0) abort.abort(new Error("enough"));
  })();
  await expect(run).rejects.toThrow("enough");
  expect(countPhotos(store).photos).toBe(150);
});

// guarantee: offline-not-deleted
test("a folder that doesn't exist is refused, and no photo is marked as missing", async () => {
  const store = emptyLibrary();
  await paint(at(store, "a.jpg"), 1);
  await look(store);
  renameSync(store.folder, `${store.home}/away`);
  await expect(look(store)).rejects.toMatchObject({ code: "no-folder" });
  expect(countPhotos(store).photos).toBe(1);
  renameSync(`${store.home}/away`, store.folder);
});

// guarantee: originals-untouched
test("the photos are unchanged", async () => {
  const store = emptyLibrary();
  await paint(at(store, "a.jpg"), 1);
  const before = [readFileSync(at(store, "a.jpg")), statSync(at(store, "a.jpg")).mtimeMs];
  await look(store);
  expect([readFileSync(at(store, "a.jpg")), statSync(at(store, "a.jpg")).mtimeMs]).toEqual(before);
  expect(readdirSync(store.folder)).toEqual(["a.jpg"]);
});
