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
import type { Library } from "../../src-main/store/database";
import { featuresOf, photosWithFeatures, storeFeatures } from "../../src-main/store/features";
import {
  countPhotos,
  failures,
  folders,
  pathsOf,
  photoAt,
  photoDetails,
  photosToEmbed,
  storeFailure,
} from "../../src-main/store/photos";
import { changeSettings } from "../../src-main/store/settings";
import { judge, standingVerdicts } from "../../src-main/store/verdicts";
import { emptyLibrary, paint } from "../fixtures/photo-folder";

// Root may read everything: a folder is closed by its path, not by its permissions.
const disk = vi.hoisted(() => ({ closed: "" }));
vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof import("node:fs/promises")>();
  const readdir = (path: string, options: never) =>
    path === disk.closed
      ? Promise.reject(Object.assign(new Error("closed"), { code: "EACCES", syscall: "scandir" }))
      : real.readdir(path, options);
  return { ...real, readdir };
});

async function look(library: Library): Promise<number[]> {
  const changed = new Set<number>();
  for await (const { photos } of scan(library)) photos.forEach((photo) => changed.add(photo));
  return [...changed].sort((a, b) => a - b);
}

const at = (library: Library, path: string) => join(library.folder, path);
const accept = (library: Library, path: string, label: string) =>
  judge(library, { photos: [photoAt(library, path)!], label: `own:${label}`, verdict: "accept", name: label });
const labelsAt = (library: Library, path: string) =>
  standingVerdicts(library)
    .filter(({ photo }) => photo === photoAt(library, path))
    .map(({ label }) => label);
const paths = (library: Library) =>
  photosToEmbed(library, "v", 1e6)
    .flatMap(({ photo }) => pathsOf(library, photo))
    .sort();

test("finds the photos below a folder, and only those", async () => {
  const library = emptyLibrary();
  for (const path of ["a.jpg", "B.JPEG", "sub/deep/c.png", "sub/d.webp", "ünïcödé 花 🌸.jpg", "new\nline.gif"])
    await paint(at(library, path), path.length);
  for (const path of [
    ".hidden.jpg",
    ".thumbs/e.jpg",
    "@eaDir/f.jpg",
    "$RECYCLE.BIN/g.jpg",
    "node_modules/h.jpg",
    "My.photoslibrary/i.jpg",
  ])
    await paint(at(library, path), 9);
  writeFileSync(at(library, "notes.txt"), "none");
  await look(library);
  expect(paths(library)).toEqual(
    ["B.JPEG", "a.jpg", "new\nline.gif", "sub/d.webp", "sub/deep/c.png", "ünïcödé 花 🌸.jpg"].sort(),
  );
  expect(folders(library)).toEqual([
    { folder: "", photos: 4 },
    { folder: "sub", photos: 1 },
    { folder: "sub/deep", photos: 1 },
  ]);
});

test("hands photos out while it looks, in the same order each time", async () => {
  const orders: string[][] = [];
  const many = 1200; // more than are handed out together
  const picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: "#446688" } })
    .png()
    .toBuffer();
  for (let round = 0; round < 2; round++) {
    const library = emptyLibrary();
    for (let i = 0; i < 5; i++) mkdirSync(at(library, String(i)));
    for (let i = 0; i < many; i++)
      writeFileSync(at(library, `${i % 5}/${i}.png`), Buffer.concat([picture, Buffer.from(String(i))]));
    let batches = 0;
    for await (const batch of scan(library)) batches += batch.photos.length > 0 ? 1 : 0;
    expect(batches).toBeGreaterThan(1);
    orders.push(photosToEmbed(library, "v", 1e6).map(({ photo }) => pathsOf(library, photo)[0]));
  }
  expect(orders[0]).toHaveLength(many);
  expect(orders[1]).toEqual(orders[0]);
});

test("a second look reads no photo again", async () => {
  const library = emptyLibrary();
  await paint(at(library, "a.jpg"), 1);
  expect(await look(library)).toEqual([1]);
  const { mtime, size } = statSync(at(library, "a.jpg"));
  writeFileSync(at(library, "a.jpg"), Buffer.alloc(size, 1)); // would be another content, were it read
  utimesSync(at(library, "a.jpg"), mtime, mtime);
  // Times of less than a millisecond don't survive utimes everywhere; the row is made to agree.
  library.db.prepare("UPDATE file SET mtime_ms = ?").run(statSync(at(library, "a.jpg")).mtimeMs);
  expect(await look(library)).toEqual([]);
});

// guarantee: annotations-follow
test("a moved photo keeps its verdicts, a copy shares them", async () => {
  const library = emptyLibrary();
  await paint(at(library, "a.jpg"), 1);
  await look(library);
  accept(library, "a.jpg", "dog");
  mkdirSync(at(library, "sub"));
  renameSync(at(library, "a.jpg"), at(library, "sub/b.jpg"));
  await look(library);
  expect(photoAt(library, "a.jpg")).toBeNull();
  expect(labelsAt(library, "sub/b.jpg")).toEqual(["own:dog"]);
  copyFileSync(at(library, "sub/b.jpg"), at(library, "c.jpg"));
  await look(library);
  expect(photoAt(library, "c.jpg")).toBe(photoAt(library, "sub/b.jpg"));
  expect(countPhotos(library)).toEqual({ photos: 1, failed: 0 });
});

test("an edited photo is the same photo, and its features are made again", async () => {
  const library = emptyLibrary();
  await paint(at(library, "a.jpg"), 1);
  await look(library);
  accept(library, "a.jpg", "dog");
  const [{ photo, version }] = photosToEmbed(library, "v", 1);
  const seen = {
    photo,
    version,
    feature: new Float32Array([1]),
    classes: new Uint16Array([0]),
    probabilities: new Float32Array([1]),
  };
  expect(storeFeatures(library, "v", [seen])).toBe(1);
  await paint(at(library, "a.jpg"), 2);
  expect(await look(library)).toEqual([photo]);
  expect(labelsAt(library, "a.jpg")).toEqual(["own:dog"]);
  expect(featuresOf(library, "v", photosWithFeatures(library, "v")).photos).toHaveLength(0);
  // What was still being made from the old content comes too late.
  expect(storeFeatures(library, "v", [seen])).toBe(0);
});

// guarantee: annotations-follow
test("of two copies, the edited one becomes a photo of its own and keeps the verdicts", async () => {
  const library = emptyLibrary();
  await paint(at(library, "a.jpg"), 1);
  copyFileSync(at(library, "a.jpg"), at(library, "b.jpg"));
  await look(library);
  accept(library, "a.jpg", "dog");
  await paint(at(library, "b.jpg"), 2);
  await look(library);
  expect(photoAt(library, "b.jpg")).not.toBe(photoAt(library, "a.jpg"));
  expect([labelsAt(library, "a.jpg"), labelsAt(library, "b.jpg")]).toEqual([["own:dog"], ["own:dog"]]);
  // The same edit on the other copy brings them together again, and no verdict is lost.
  copyFileSync(at(library, "b.jpg"), at(library, "a.jpg"));
  await look(library);
  expect(photoAt(library, "a.jpg")).toBe(photoAt(library, "b.jpg"));
  expect(labelsAt(library, "a.jpg")).toEqual(["own:dog"]);
});

// guarantee: annotations-follow
test("two copies edited alike between two looks keep their verdicts", async () => {
  const library = emptyLibrary();
  await paint(at(library, "a.jpg"), 1);
  copyFileSync(at(library, "a.jpg"), at(library, "b.jpg"));
  await look(library);
  accept(library, "a.jpg", "dog");
  await paint(at(library, "a.jpg"), 2);
  copyFileSync(at(library, "a.jpg"), at(library, "b.jpg"));
  await look(library);
  expect(photoAt(library, "a.jpg")).toBe(photoAt(library, "b.jpg"));
  expect(labelsAt(library, "b.jpg")).toEqual(["own:dog"]);
});

// guarantee: annotations-follow
test("renaming over each other moves verdicts with their pictures, and a new picture at an old path starts without", async () => {
  const library = emptyLibrary();
  for (const i of [1, 2, 3]) await paint(at(library, `${i}.jpg`), i);
  await look(library);
  for (const i of [1, 2, 3]) accept(library, `${i}.jpg`, `label ${i}`);
  for (const i of [3, 2, 1]) renameSync(at(library, `${i}.jpg`), at(library, `${i + 1}.jpg`));
  await paint(at(library, "1.jpg"), 7);
  await look(library);
  for (const i of [1, 2, 3]) expect(labelsAt(library, `${i + 1}.jpg`)).toEqual([`own:label ${i}`]);
  expect(labelsAt(library, "1.jpg")).toEqual([]);
  expect(standingVerdicts(library)).toHaveLength(3);
});

// guarantee: annotations-follow
test("verdicts outlive a vanished file and are back when it is back", async () => {
  const library = emptyLibrary();
  await paint(at(library, "sub/a.jpg"), 1);
  await look(library);
  accept(library, "sub/a.jpg", "dog");
  renameSync(at(library, "sub"), `${library.home}/away`);
  expect(await look(library)).toEqual([1]);
  expect(countPhotos(library).photos).toBe(0);
  expect(standingVerdicts(library)).toHaveLength(1);
  renameSync(`${library.home}/away`, at(library, "sub"));
  expect(await look(library)).toEqual([1]);
  expect(labelsAt(library, "sub/a.jpg")).toEqual(["own:dog"]);
});

// guarantee: links-not-followed
test("links are not followed: neither in circles nor out of the folder", async () => {
  const library = emptyLibrary();
  await paint(at(library, "sub/a.jpg"), 1);
  await paint(join(library.home, "outside/b.jpg"), 2);
  symlinkSync(library.folder, at(library, "sub/loop"));
  symlinkSync(join(library.home, "outside"), at(library, "outside"));
  symlinkSync(join(library.home, "outside/b.jpg"), at(library, "c.jpg"));
  await look(library);
  expect(paths(library)).toEqual(["sub/a.jpg"]);
});

test("what can't be looked into is a row with its reason", async () => {
  const library = emptyLibrary();
  await paint(at(library, "a.jpg"), 1);
  closeSync(openSync(at(library, "empty.jpg"), "w"));
  await look(library);
  expect(failures(library).map(({ path, code }) => [path, code])).toEqual([["empty.jpg", "empty-file"]]);
  expect(failures(library)[0].message).toBe("The file is empty");
  rmSync(at(library, "a.jpg"));
  await paint(at(library, "empty.jpg"), 2);
  await look(library);
  expect(countPhotos(library)).toEqual({ photos: 1, failed: 0 });
});

// Other systems' file systems let no such name be.
// guarantee: names-exact
test.skipIf(process.platform !== "linux")(
  "a name that is not UTF-8 is shown with its bytes, and read as no other file",
  async () => {
    const library = emptyLibrary();
    writeFileSync(
      Buffer.concat([Buffer.from(`${library.folder}/bad `), Buffer.from([0xff, 0xfe]), Buffer.from(".jpg")]),
      "name",
    );
    await look(library);
    expect(failures(library)).toMatchObject([{ path: "bad \\xff\\xfe.jpg", code: "name-not-utf8" }]);
  },
);

// guarantee: offline-not-deleted
test("what lies in a folder that can't be read is unknown, not gone", async () => {
  const library = emptyLibrary();
  await paint(at(library, "closed/a.jpg"), 1);
  await paint(at(library, "b.jpg"), 2);
  await look(library);
  disk.closed = at(library, "closed");
  await look(library);
  expect(countPhotos(library)).toEqual({ photos: 2, failed: 1 });
  expect(failures(library)[0]).toMatchObject({ path: "closed/", code: "unreadable" });
  disk.closed = "";
  await look(library);
  expect(countPhotos(library)).toEqual({ photos: 2, failed: 0 });
});

test("excluded folders are passed by", async () => {
  const library = emptyLibrary();
  for (const path of ["keep/a.jpg", "drop/b.jpg", "drop/deep/c.jpg", "keep/drop/d.jpg"])
    await paint(at(library, path), path.length);
  await look(library);
  changeSettings(library, { excludedFolders: ["drop"] });
  await look(library);
  expect(paths(library)).toEqual(["keep/a.jpg", "keep/drop/d.jpg"]);
});

test("a photo that the disk kept back is tried again, a damaged one is not", async () => {
  const library = emptyLibrary();
  await paint(at(library, "a.jpg"), 1);
  await paint(at(library, "b.jpg"), 2);
  await look(library);
  const [a, b] = photosToEmbed(library, "v", 2);
  storeFailure(library, a.photo, a.version, { code: "unreadable", message: "disk" });
  storeFailure(library, b.photo, b.version, { code: "truncated", message: "cut" });
  expect(photosToEmbed(library, "v", 2)).toEqual([]);
  await look(library);
  expect(photosToEmbed(library, "v", 2)).toEqual([a]);
  expect(photoDetails(library, b.photo)?.error).toEqual({ code: "truncated", message: "cut" });
});

test("a cancelled scan stops, keeps what it handed out, and marks nothing as gone", async () => {
  const library = emptyLibrary();
  for (let i = 0; i < 150; i++) await paint(at(library, `${i}.png`), i, 8, 8);
  await look(library);
  rmSync(at(library, "0.png"));
  const abort = new AbortController();
  const run = (async () => {
    for await (const batch of scan(library, { signal: abort.signal }))
      if (batch.files > 0) abort.abort(new Error("enough"));
  })();
  await expect(run).rejects.toThrow("enough");
  expect(countPhotos(library).photos).toBe(150);
});

// guarantee: offline-not-deleted
test("a folder that is gone is refused, and no photo is marked as gone", async () => {
  const library = emptyLibrary();
  await paint(at(library, "a.jpg"), 1);
  await look(library);
  renameSync(library.folder, `${library.home}/away`);
  await expect(look(library)).rejects.toMatchObject({ code: "no-folder" });
  expect(countPhotos(library).photos).toBe(1);
  renameSync(`${library.home}/away`, library.folder);
});

// guarantee: originals-untouched
test("the photos are as they were", async () => {
  const library = emptyLibrary();
  await paint(at(library, "a.jpg"), 1);
  const before = [readFileSync(at(library, "a.jpg")), statSync(at(library, "a.jpg")).mtimeMs];
  await look(library);
  expect([readFileSync(at(library, "a.jpg")), statSync(at(library, "a.jpg")).mtimeMs]).toEqual(before);
  expect(readdirSync(library.folder)).toEqual(["a.jpg"]);
});
