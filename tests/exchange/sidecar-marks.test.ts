import { mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ExifTool } from "exiftool-vendored";
import { afterAll, expect, test } from "vitest";
import { sidecarMarks } from "../../src-main/exchange/sidecar-marks";
import { mergeKeywords } from "../../src-main/exchange/xmp-keywords";
import { writeSidecars } from "../../src-main/exchange/xmp-sidecars";
import { readSidecars } from "../../src-main/folder/read-sidecars";
import { scan } from "../../src-main/folder/scan";
import { readXmp } from "../../src-main/images/xmp";
import type { Store } from "../../src-main/store/database";
import { markConflicts } from "../../src-main/store/mark-conflicts";
import { markPhotos, marksOf } from "../../src-main/store/marks";
import { photoAt } from "../../src-main/store/photos";
import type { PhotoId } from "../../src-shared/contract";
import { COLOUR_LABELS, FLAGS, NO_MARKS, type PhotoMarks } from "../../src-shared/photo-marks";
import { filesOf, labelled, ownName } from "../fixtures/labelled";
import { emptyLibrary } from "../fixtures/photo-folder";
import { editOriginal } from "../fixtures/unchanged-originals";

// Its own: another file of this process may end the shared one.
const exiftool = new ExifTool({ maxProcs: 1 });
afterAll(() => exiftool.end());

const LIGHTROOM = `<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Adobe XMP Core 7.0">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:xmpDM="http://ns.adobe.com/xmp/1.0/DynamicMedia/"
    xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/" xmlns:MicrosoftPhoto="http://ns.microsoft.com/photo/1.0"
    xmp:Rating="2" xmp:Label="Grün" xmpDM:pick="1" xmpDM:good="true" MicrosoftPhoto:Rating="25" crs:Exposure2012="+0.35"/>
 </rdf:RDF>
</x:xmpmeta>`;
const NO_KEYWORDS = { subject: [], hierarchical: [] };
const merged = (text: string | null, marks: PhotoMarks) => mergeKeywords("a.xmp", text, NO_KEYWORDS, null, marks);
const marksIn = (text: string): PhotoMarks => {
  const { flag, rating, colour } = readXmp(Buffer.from(text));
  return { flag: flag ?? "none", rating: rating ?? 0, colour: colour ?? "" };
};

test("all marks come back as they were written, into a new sidecar and over another program's", () => {
  for (const flag of FLAGS)
    for (const rating of [0, 1, 5])
      for (const colour of ["", "orange", "Print these", ...COLOUR_LABELS]) {
        const marks = { flag, rating, colour };
        for (const before of [null, LIGHTROOM]) {
          const text = merged(before, marks) ?? before;
          expect(text === null ? NO_MARKS : marksIn(text)).toEqual(marks);
          if (text !== null) expect(merged(text, marks)).toBeNull();
        }
      }
});

test("what a sidecar says already stays, and so does everything else in it", () => {
  expect(merged(LIGHTROOM, { flag: "pick", rating: 2, colour: "green" })).toBeNull();
  const text = merged(LIGHTROOM, { flag: "pick", rating: 4, colour: "green" })!;
  expect(text).toContain(`xmp:Label="Grün"`);
  expect(text).toContain(`crs:Exposure2012="+0.35"`);
  expect(text.match(/\w+:Rating="\d+"/g)).toEqual([`xmp:Rating="4"`, `MicrosoftPhoto:Rating="75"`]);
  expect(merged(null, NO_MARKS)).toBeNull();
});

interface Library {
  store: Store;
  photo: PhotoId;
  write(how?: { dryRun?: boolean }): ReturnType<typeof writeSidecars>;
  put(text: string, at?: Date): void;
  marks(): PhotoMarks;
}
async function library(): Promise<Library> {
  const store = emptyLibrary();
  const put = (path: string, text: string, at?: Date) => {
    const file = join(store.folder, path);
    editOriginal(file);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    if (at) utimesSync(file, at, at);
  };
  put("a.jpg", "a");
  for await (const _ of scan(store)) void _;
  const photo = photoAt(store, "a.jpg")!;
  return {
    store,
    photo,
    put: (text, at) => put("a.jpg.xmp", text, at),
    marks: () => marksOf(store, [photo]).get(photo)!,
    write: ({ dryRun = false } = {}) =>
      writeSidecars(filesOf([labelled("a.jpg", {}, { photo })]), {
        home: store.home,
        root: store.folder,
        folder: store.folder,
        naming: "full",
        dryRun,
        marks: sidecarMarks(store, { isBeside: true, dryRun }),
        nameOf: ownName,
        pathOf: (label) => [ownName(label)],
      }),
  };
}

test("ExifTool reads back what was written, and what Semblance wrote is no change by another program", async () => {
  const { store, photo, write, marks } = await library();
  markPhotos(store, [photo], { flag: "reject", rating: 3, colour: "purple" });
  expect((await write({ dryRun: true })).rows).toBe(1);
  expect((await write()).rows).toBe(1);
  const file = join(store.folder, "a.jpg.xmp");
  const read = (await exiftool.readRaw(file, { readArgs: ["-n"] })) as Record<string, unknown>;
  expect(read).toMatchObject({ Rating: 3, Label: "Purple", Pick: -1, Good: false, PickLabel: 1, ColorLabel: 6 });
  expect((await readSidecars(store)).changed).toEqual([]);
  expect((await write()).rows).toBe(0);

  await exiftool.write(file, { "XMP-xmp:Rating": 5 } as never, { writeArgs: ["-overwrite_original"] });
  utimesSync(file, new Date(Date.now() + 60_000), new Date(Date.now() + 60_000));
  await readSidecars(store);
  expect(marks()).toEqual({ flag: "reject", rating: 5, colour: "purple" });
  expect(markConflicts(store)).toHaveLength(1);
});

// guarantee: marks-both-kept
test("a newer mark that another program wrote meanwhile is taken over before anything is written", async () => {
  const { store, photo, write, put, marks } = await library();
  markPhotos(store, [photo], { rating: 3, colour: "red" });
  await write();
  put(LIGHTROOM, new Date(Date.now() + 60_000)); // nobody has read it yet
  markPhotos(store, [photo], { colour: "blue" });
  await write();
  expect(marks()).toEqual({ flag: "pick", rating: 2, colour: "green" });
  expect(readFileSync(join(store.folder, "a.jpg.xmp"), "utf8")).toBe(LIGHTROOM);
  expect(markConflicts(store).map(({ mark, ours, inUse }) => ({ mark, ours, inUse }))).toEqual([
    { mark: "colour", ours: "blue", inUse: "theirs" },
    { mark: "rating", ours: "3", inUse: "theirs" },
  ]);
});

test("a sidecar that isn't XMP is left alone and named", async () => {
  const { store, photo, write, put } = await library();
  markPhotos(store, [photo], { rating: 3 });
  put("<x:xmpmeta");
  expect((await write()).refused.map(({ path }) => path)).toEqual(["a.jpg"]);
  expect(readFileSync(join(store.folder, "a.jpg.xmp"), "utf8")).toBe("<x:xmpmeta");
});
