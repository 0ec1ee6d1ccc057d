import { mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ExifTool } from "exiftool-vendored";
import { afterAll, expect, test } from "vitest";
import { readSidecars } from "../../src-main/folder/read-sidecars";
import { scan } from "../../src-main/folder/scan";
import type { Store } from "../../src-main/store/database";
import { dismissConflicts, markConflicts, useConflictSide } from "../../src-main/store/mark-conflicts";
import { markPhotos, marksOf } from "../../src-main/store/marks";
import { photoAt } from "../../src-main/store/photos";
import { undo, undoState } from "../../src-main/store/undo";
import type { MarkSide, PhotoId } from "../../src-shared/contract";
import { NO_MARKS, type PhotoMarks } from "../../src-shared/photo-marks";
import { emptyLibrary } from "../fixtures/photo-folder";
import { editOriginal } from "../fixtures/unchanged-originals";

// Its own: another file of this process may end the shared one.
const exiftool = new ExifTool({ maxProcs: 1 });
afterAll(() => exiftool.end());

const write = (store: Store, path: string, text: string, at?: Date) => {
  const file = join(store.folder, path);
  editOriginal(file);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  if (at) utimesSync(file, at, at);
};
const xmp = (attributes: string) =>
  `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:digiKam="http://www.digikam.org/ns/1.0/"
  xmlns:xmpDM="http://ns.adobe.com/xmp/1.0/DynamicMedia/" xmlns:MicrosoftPhoto="http://ns.microsoft.com/photo/1.0"
  ${attributes}/></rdf:RDF></x:xmpmeta>`;

async function libraryWith(...paths: string[]): Promise<{ store: Store; photos: PhotoId[] }> {
  const store = emptyLibrary();
  for (const path of paths) write(store, path, path);
  for await (const _ of scan(store)) void _;
  return { store, photos: paths.map((path) => photoAt(store, path)!) };
}
const holds = (store: Store, photo: PhotoId): PhotoMarks => marksOf(store, [photo]).get(photo)!;

const WRITTEN: [what: string, attributes: string, marks: Partial<PhotoMarks>][] = [
  [
    "Lightroom Classic",
    `xmp:Rating="4" xmp:Label="Red" xmpDM:pick="1" xmpDM:good="true"`,
    { flag: "pick", rating: 4, colour: "red" },
  ],
  ["Lightroom Classic, rejected", `xmp:Rating="2" xmpDM:pick="-1" xmpDM:good="false"`, { flag: "reject", rating: 2 }],
  ["Lightroom in German", `xmp:Rating="1" xmp:Label="Grün"`, { rating: 1, colour: "green" }],
  ["a label of one’s own", `xmp:Label="Print these"`, { colour: "Print these" }],
  ["Bridge, rejected", `xmp:Rating="-1" xmp:Label="To Do"`, { flag: "reject", rating: 0, colour: "purple" }],
  [
    "digiKam",
    `xmp:Rating="5" digiKam:PickLabel="3" digiKam:ColorLabel="5"`,
    { flag: "pick", rating: 5, colour: "blue" },
  ],
  ["digiKam, pending", `digiKam:PickLabel="2" digiKam:ColorLabel="2"`, { flag: "none", colour: "orange" }],
  ["Windows", `MicrosoftPhoto:Rating="75"`, { rating: 4 }],
  ["out of range", `xmp:Rating="9" digiKam:ColorLabel="12" xmpDM:pick="7"`, {}],
];

test.for(WRITTEN)("marks of %s are read from the sidecar", async ([, attributes, marks]) => {
  const { store, photos } = await libraryWith("a.jpg");
  write(store, "a.jpg.xmp", xmp(attributes));
  await readSidecars(store);
  expect(holds(store, photos[0]!)).toEqual({ ...NO_MARKS, ...marks });
});

test("what ExifTool wrote is read, from photo.xmp of a RAW file and photo.jpg.xmp alike", async () => {
  const { store, photos } = await libraryWith("a.jpg", "b.nef");
  for (const [i, sidecar] of ["a.jpg.xmp", "b.xmp"].entries())
    await exiftool.write(
      join(store.folder, sidecar),
      { "XMP-xmp:Rating": 3 + i, "XMP-xmp:Label": "Blue", "XMP-xmpDM:Pick": 1 } as never,
      { writeArgs: ["-overwrite_original"] },
    );
  expect((await readSidecars(store)).changed.sort()).toEqual([...photos].sort());
  expect(photos.map((photo) => holds(store, photo))).toEqual([
    { flag: "pick", rating: 3, colour: "blue" },
    { flag: "pick", rating: 4, colour: "blue" },
  ]);
  expect((await readSidecars(store)).changed).toEqual([]); // nothing has changed since
});

test("a sidecar that can't be read leaves what it said before, and is named", async () => {
  const { store, photos } = await libraryWith("a.jpg", "b.jpg");
  write(store, "a.jpg.xmp", xmp(`xmp:Rating="4"`));
  await readSidecars(store);
  write(store, "a.jpg.xmp", "");
  write(store, "b.jpg.xmp", `<!DOCTYPE a [<!ENTITY x "y">]>${xmp(`xmp:Rating="4"`)}`);
  expect((await readSidecars(store)).unreadable.map(({ path }) => path)).toEqual(["a.jpg.xmp", "b.jpg.xmp"]);
  expect(photos.map((photo) => holds(store, photo).rating)).toEqual([4, 0]);
  write(store, "a.jpg.xmp", xmp(`xmp:Rating="1"`));
  expect((await readSidecars(store)).changed).toEqual([photos[0]]);
});

const PAST = new Date(Date.now() - 3600_000);
const FUTURE = new Date(Date.now() + 3600_000);

/** A photo rated 2 in Semblance, whose sidecar is then changed to 5 stars at this time. */
async function rated(at: Date, before?: string): Promise<{ store: Store; photo: PhotoId; at(): number }> {
  const { store, photos } = await libraryWith("a.jpg");
  const [photo] = photos as [PhotoId];
  if (before) {
    write(store, "a.jpg.xmp", xmp(before), new Date(0));
    await readSidecars(store);
  }
  markPhotos(store, [photo], { rating: 2 });
  write(store, "a.jpg.xmp", xmp(`xmp:Rating="5"`), at);
  await readSidecars(store);
  return { store, photo, at: () => store.db.prepare("SELECT max(at) FROM mark_event").pluck().get() as number };
}
const listed = (store: Store) =>
  markConflicts(store).map(({ mark, ours, theirs, inUse }) => ({ mark, ours, theirs, inUse }));
const conflict = (inUse: MarkSide | null) => [{ mark: "rating", ours: "2", theirs: "5", inUse }];

// guarantee: marks-both-kept
test.for([undefined, `xmp:Rating="1"`])(
  "a sidecar changed later holds, and the person's rating can be brought back (it said before: %s)",
  async (before) => {
    const { store, photo } = await rated(FUTURE, before);
    expect(holds(store, photo).rating).toBe(5);
    expect(listed(store)).toEqual(conflict("theirs"));
    expect(undoState(store).undo).toBe("Rate 1 photo 2 stars"); // taking it over is no step of the person's

    const id = markConflicts(store)[0]!.conflict;
    expect(useConflictSide(store, [id], "ours").count).toBe(1);
    expect(holds(store, photo).rating).toBe(2);
    expect(listed(store)).toEqual(conflict("ours"));
    undo(store);
    expect(listed(store)).toEqual(conflict("theirs"));
    await readSidecars(store);
    expect(holds(store, photo).rating).toBe(5);
    dismissConflicts(store, [id]);
    expect(listed(store)).toEqual([]);
  },
);

// guarantee: marks-both-kept
test("a sidecar changed earlier than the rating is listed, and the person's rating holds", async () => {
  const { store, photo } = await rated(PAST);
  expect(holds(store, photo).rating).toBe(2);
  expect(listed(store)).toEqual(conflict("ours"));
  await readSidecars(store);
  expect(listed(store)).toEqual(conflict("ours")); // once
});

test("at the same time, the person's rating holds", async () => {
  const { store, photo, at } = await rated(PAST);
  dismissConflicts(
    store,
    markConflicts(store).map(({ conflict: id }) => id),
  );
  write(store, "a.jpg.xmp", xmp(`xmp:Rating="4"`), new Date(at()));
  await readSidecars(store);
  expect(holds(store, photo).rating).toBe(2);
  expect(listed(store)).toEqual([{ mark: "rating", ours: "2", theirs: "4", inUse: "ours" }]);
});

test("changes that follow keep what the person had set on the other side; once both agree, nothing is left", async () => {
  const { store, photo } = await rated(FUTURE);
  write(store, "a.jpg.xmp", xmp(`xmp:Rating="3"`), new Date(FUTURE.getTime() + 1000));
  await readSidecars(store);
  expect(listed(store)).toEqual([{ mark: "rating", ours: "2", theirs: "3", inUse: "theirs" }]);
  write(store, "a.jpg.xmp", xmp(`xmp:Rating="2"`), new Date(FUTURE.getTime() + 2000));
  await readSidecars(store);
  expect(holds(store, photo).rating).toBe(2);
  expect(listed(store)).toEqual([]);
});

test("other marks of the photo are left alone, and those nobody set in Semblance follow the sidecar", async () => {
  const { store, photos } = await libraryWith("a.jpg");
  const [photo] = photos as [PhotoId];
  markPhotos(store, [photo], { rating: 2 });
  write(store, "a.jpg.xmp", xmp(`xmp:Rating="2" xmp:Label="Red"`), FUTURE);
  await readSidecars(store);
  write(store, "a.jpg.xmp", xmp(`xmp:Rating="2" xmp:Label="Blue"`), new Date(FUTURE.getTime() + 1000));
  await readSidecars(store);
  expect(holds(store, photo)).toEqual({ flag: "none", rating: 2, colour: "blue" });
  expect(listed(store)).toEqual([]);
});

test("a new sidecar without stars takes none away, but stars that were removed in it are gone", async () => {
  const { store, photos } = await libraryWith("a.jpg", "b.jpg");
  const [a, b] = photos as [PhotoId, PhotoId];
  markPhotos(store, [a], { rating: 2 });
  write(store, "a.jpg.xmp", xmp(`xmp:Rating="0"`), FUTURE);
  write(store, "b.jpg.xmp", xmp(`xmp:Rating="3"`));
  await readSidecars(store);
  expect([holds(store, a).rating, holds(store, b).rating]).toEqual([2, 3]);
  write(store, "b.jpg.xmp", xmp(`xmp:Rating="0"`), FUTURE);
  await readSidecars(store);
  expect(holds(store, b).rating).toBe(0);
  expect(listed(store)).toEqual([]);
});

// guarantee: annotations-follow
test("a deleted sidecar changes nothing, and one that moves with its photo says nothing new", async () => {
  const { store, photo } = await rated(FUTURE);
  rmSync(join(store.folder, "a.jpg.xmp"));
  expect((await readSidecars(store)).changed).toEqual([]);
  expect(holds(store, photo).rating).toBe(5);

  write(store, "a.jpg.xmp", xmp(`xmp:Rating="5"`), FUTURE);
  mkdirSync(join(store.folder, "sub"));
  for (const name of ["a.jpg", "a.jpg.xmp"]) {
    editOriginal(join(store.folder, name));
    renameSync(join(store.folder, name), join(store.folder, "sub", name));
  }
  for await (const _ of scan(store)) void _;
  expect((await readSidecars(store)).changed).toEqual([]);
  expect(holds(store, photo).rating).toBe(5);
  expect(listed(store)).toEqual(conflict("theirs"));
});
