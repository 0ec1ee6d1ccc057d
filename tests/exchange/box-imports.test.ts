import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ExifTool } from "exiftool-vendored";
import { afterAll, describe, expect, test } from "vitest";
import { createJobs } from "../../src-main/base/jobs";
import type { Rectangle } from "../../src-main/base/overlap";
import { exportLabels } from "../../src-main/exchange/export-labels";
import { boxChange, recordBoxes } from "../../src-main/store/box-verdicts";
import { storeDetections } from "../../src-main/store/detections";
import { undo } from "../../src-main/store/undo";
import { annotate, currentAnnotations } from "../../src-main/store/verdicts";
import type { OpenLibrary } from "../../src-main/workspace/open-library";
import type { ImportPlan, ImportSource, LabelId } from "../../src-shared/contract";
import {
  boxesIn,
  DETECTOR,
  drawBoxes,
  HEIGHT,
  importFrom,
  libraryOf,
  paintTurned,
  planFrom,
  WIDTH,
} from "../fixtures/boxed-library";
import { temporaryFolder } from "../fixtures/photo-folder";

const exiftool = new ExifTool();
afterAll(() => exiftool.end());

const DOG: LabelId = "wn:02086723";
const RED: Rectangle = [0.1, 0.25, 0.4, 0.75];

/** Writes files below a new folder, and returns it. */
function folderOf(files: Record<string, string | Uint8Array>): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}
const reasonsIn = ({ unusableItems }: ImportPlan) => unusableItems.map(({ where, reason }) => `${where}: ${reason}`);
const labelsIn = ({ store }: OpenLibrary) =>
  currentAnnotations(store)
    .map(({ photo, label, verdict }) => `${photo} ${label} ${verdict}`)
    .sort();

// guarantee: import-keeps-annotations
test("a person's verdicts on boxes and labels stay, conflicts are listed, and one undo takes the import back", async () => {
  const library = libraryOf(["a.jpg", "b.jpg", "c.jpg", "d.jpg"]);
  const { store } = library;
  drawBoxes(library, [[1, DOG, RED]]);
  recordBoxes(store, [boxChange({ photo: 2, label: DOG, box: RED, detector: DETECTOR.id }, "reject")], {
    description: "Reject box",
  });
  annotate(store, { photos: [3], label: DOG, verdict: "reject", name: "dog" });
  const before = [boxesIn(library), boxesIn(library, "reject"), labelsIn(library)];
  // Nearly the same place as what a person judged, and elsewhere another dog.
  const line = "0 0.255 0.5 0.3 0.5\n";
  const source: ImportSource = {
    from: "yolo",
    folder: folderOf({
      "classes.txt": "dog\n",
      "labels/a.txt": line,
      "labels/b.txt": `${line}0 0.8 0.8 0.2 0.2\n`,
      "labels/c.txt": line,
      "labels/d.txt": `${line}${line}`,
    }),
  };
  const planned = await planFrom(library, source);
  expect(planned).toMatchObject({ given: 3, boxes: 2, boxesSet: 1, conflicts: 3, unusable: 0 });
  expect(planned.conflicting).toEqual([
    { photo: 3, path: "c.jpg", name: "dog", existing: "reject", box: false },
    { photo: 2, path: "b.jpg", name: "dog", existing: "reject", box: true },
    { photo: 3, path: "c.jpg", name: "dog", existing: "reject", box: true },
  ]);
  expect(planned.keywords).toMatchObject([{ keyword: ["dog"], accepted: 4, boxes: 6 }]);
  expect(await importFrom(library, source)).toMatchObject({ verdicts: 3, boxes: 2, boxed: [2, 4] });
  expect(boxesIn(library)).toEqual([
    `1 ${DOG} ${RED.join(" ")} drawn`,
    `2 ${DOG} 0.7 0.7 0.9 0.9 imported`,
    `4 ${DOG} 0.105 0.25 0.405 0.75 imported`,
  ]);
  expect(undo(store)).toBe(
    `Import 3 verdicts and 2 boxes on 3 photos from YOLO ${(source as { folder: string }).folder.split("/").at(-1)}`,
  );
  expect([boxesIn(library), boxesIn(library, "reject"), labelsIn(library)]).toEqual(before);
});

// guarantee: predictions-stay-predictions
test.each(["coco", "yolo", "voc"] as const)(
  "an export as %s with detected boxes brings back only those that a person accepted",
  async (format) => {
    const library = libraryOf(["a.jpg"]);
    storeDetections(library.store, DETECTOR.id, [
      {
        photo: 1,
        detections: {
          boxes: Float32Array.of(...RED, 0.5, 0, 1, 1, 0, 0, 0.1, 0.1),
          scores: Float32Array.of(0.9, 0.6, 0.4),
          classes: Uint16Array.of(0, 0, 0),
        },
      },
    ]);
    drawBoxes(library, [[1, DOG, RED]]);
    const to = join(temporaryFolder(), "out");
    const choice = { photos: null, labels: "shown" as const, threshold: 0, boxes: 0.5 };
    const { rows } = await exportLabels(
      library,
      createJobs(() => undefined),
      format === "coco"
        ? { ...choice, format, file: to, overwrite: false }
        : { ...choice, format, folder: to, images: "none" },
    );
    expect(rows).toBe(2);
    const other = libraryOf(["a.jpg"]);
    const source: ImportSource = format === "coco" ? { from: format, file: to } : { from: format, folder: to };
    expect(await planFrom(other, source)).toMatchObject({ boxes: 1, given: 1, predictions: 1, unusable: 0 });
    await importFrom(other, source);
    expect(boxesIn(other)).toEqual([`1 ${DOG} ${RED.join(" ")} imported`]);
  },
);

describe("data sets of other programs", () => {
  test("COCO: crowds and whole images are labels only, and unusable boxes are named", async () => {
    const library = libraryOf(["a.jpg", "b.jpg", "c.jpg"]);
    const box = (id: number, bbox: unknown, more: object = {}) => ({ image_id: id, category_id: 1, bbox, ...more });
    const file = join(
      folderOf({
        "in.json": JSON.stringify({
          images: [
            { id: 1, file_name: "a.jpg", width: 2 * WIDTH, height: 2 * HEIGHT }, // in another resolution
            { id: 2, file_name: "b.jpg", width: HEIGHT, height: WIDTH },
            { id: 3, file_name: "c.jpg" },
          ],
          categories: [{ id: 1, name: "dog" }],
          annotations: [
            box(1, [24, 40, 72, 80]),
            box(1, [0, 0, 10, 10], { iscrowd: 1 }),
            box(1, []),
            box(1, [0, 0, -10, 10]),
            box(1, [0, 0, 1e-9, 10]),
            box(1, [-50, 0, 60, 10]),
            box(1, ["0", 0, 10, 10]),
            box(1, [0, 0, 10]),
            box(1, [1e308, 0, 1e308, 10]),
            box(1, [-1, 0, 242, 160]), // a pixel off
            box(2, [0, 0, 10, 10]),
            box(3, [0, 0, 10, 10]),
          ],
        }),
      }),
      "in.json",
    );
    const planned = await planFrom(library, { from: "coco", file });
    expect(reasonsIn(planned)).toEqual([
      "annotation 7: The bbox isn’t x, y, width and height, as four numbers.",
      "annotation 8: The bbox isn’t x, y, width and height, as four numbers.",
      "annotation 12: The box’s image has no width and height.",
      "annotation 4: The box (0, 0, -0.0417, 0.0625, as fractions of the photo) has no area.",
      expect.stringMatching(
        /^annotation 5: .* is too small: it must be at least 1\/10,000 of the photo wide and high\.$/,
      ),
      "annotation 6: The box (-0.2083, 0, 0.0417, 0.0625, as fractions of the photo) lies outside the photo.",
      "annotation 9: The box’s sides aren’t all numbers.",
      "annotation 11: The source says that the photo is 80 × 120 pixels; upright, it is 120 × 80. " +
        "Export boxes of the upright photo, turned by its EXIF orientation.",
    ]);
    expect(planned).toMatchObject({ photos: 3, given: 3, boxes: 2 });
    await importFrom(library, { from: "coco", file });
    expect(boxesIn(library)).toEqual([`1 ${DOG} 0 0 1 1 imported`, `1 ${DOG} ${RED.join(" ")} imported`]);
  });

  test("YOLO: photos are found by folder or name, outlines become boxes, and bad lines are named", async () => {
    const library = libraryOf(["images/train/a.jpg", "b.jpg", "sub/c.png", "sub/c.jpg"]);
    const folder = folderOf({
      "data.yaml": "nc: 2\nnames: [dog, 7.25]\n",
      "train/labels/b.txt": "0 0.25 0.5 0.3 0.5\r\n\r\n1 0.5 0.5 1 1 0.9\n",
      "labels/train/a.txt": "1 0.1 0.1 0.9 0.1 0.5 0.8\n",
      "labels/sub/c.txt": "0 0.5 0.5 0.5 0.5\n",
      "labels/c.txt": "0 0.5 0.5 0.5 0.5\n", // the end of a path
      "labels/gone.txt": "0 0.5 0.5 0.5 0.5\n",
      "labels/classes.txt": "ignored\n",
      "labels/bad.txt": Uint8Array.of(0xff, 0xfe, 0x00, 0xd8),
      "labels/worse.txt": "dog 0.5 0.5 0.5 0.5\n0 nan 0.5 0.5 0.5\n0 0.5 0.5\n9 0.5 0.5 0.5 0.5\n-1 0 0 1 1\n",
    });
    const planned = await planFrom(library, { from: "yolo", folder });
    expect(reasonsIn(planned)).toEqual([
      "labels/bad.txt: The file isn’t UTF-8.",
      "labels/c.txt: 2 photos have this name: sub/c. Add the folder to the path.",
      "labels/gone.txt: No photo of this library has this path. Check that it is relative to the library’s folder.",
      "labels/sub/c.txt: 2 photos have the path sub/c, with different extensions.",
      "labels/worse.txt, line 1: The line begins with dog, not with a class.",
      "labels/worse.txt, line 2: The line has something that isn’t a number.",
      "labels/worse.txt, line 3: The line has 3 numbers; a box has five: its class, centre and size.",
      "labels/worse.txt, line 4: No class has the number 9.",
      "labels/worse.txt, line 5: The line begins with -1, not with a class.",
    ]);
    expect(planned).toMatchObject({ photos: 2, boxes: 2, predictions: 1 });
    await importFrom(library, { from: "yolo", folder });
    expect(boxesIn(library)).toEqual(["1 own:7.25 0.1 0.1 0.9 0.8 imported", `2 ${DOG} ${RED.join(" ")} imported`]);
    const refused = (files: Record<string, string>) => planFrom(library, { from: "yolo", folder: folderOf(files) });
    await expect(refused({ "labels/a.txt": "0 0 0 1 1" })).rejects.toMatchObject({
      code: "bad-yolo",
      message: expect.stringContaining("has neither data.yaml nor classes.txt"),
    });
    await expect(refused({ "data.yaml": "names: {" })).rejects.toMatchObject({ code: "bad-yolo" });
    await expect(refused({ "data.yaml": "path: x" })).rejects.toMatchObject({ code: "bad-yolo" });
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefghi".replace(/./g, (key) => `${key}: &${key} [${`*${String.fromCharCode(key.charCodeAt(0) - 1)},`.repeat(9)}]\n`)}names: *i\n`;
    await expect(refused({ "data.yaml": bomb })).rejects.toMatchObject({ code: "bad-yolo" });
  });

  test("Pascal VOC: photos are found by their names, and bad files and objects are named", async () => {
    const library = libraryOf(["a.jpg", "b.jpg", "c.jpg"]);
    const voc = (body: string, size = `<size><width>${WIDTH}</width><height>${HEIGHT}</height></size>`) =>
      `<annotation>${size}${body}</annotation>`;
    const object = (bounds: string) => `<object><name>dog</name><bndbox>${bounds}</bndbox></object>`;
    const at = (xmin: unknown, ymin: unknown, xmax: unknown, ymax: unknown) =>
      object(`<xmin>${xmin}</xmin><ymin>${ymin}</ymin><xmax>${xmax}</xmax><ymax>${ymax}</ymax>`);
    const folder = folderOf({
      "Annotations/1.xml": voc(`<filename>C:\\photos\\a.jpg</filename>${at(13, 21, 48, 60)}`),
      "Annotations/b.xml": voc(
        [at(0, 0, 60, 40), at(1, 1, 500, 10), at("NaN", 1, 2, 2), object(""), "<object/>", at(50, 50, 40, 60)].join(""),
      ),
      "Annotations/c.xml": voc(at(1, 1, 10, 10), ""),
      "Annotations/doctype.xml": `<!DOCTYPE a [<!ENTITY x "y">]>${voc(at(1, 1, 2, 2))}`,
      "Annotations/open.xml": "<annotation><object>",
      "Annotations/other.xml": "<html/>",
      "readme.xml": "<readme/>",
    });
    const planned = await planFrom(library, { from: "voc", folder });
    expect(reasonsIn(planned)).toEqual([
      "Annotations/b.xml, object 3: The object’s box isn’t xmin, ymin, xmax and ymax, as numbers.",
      "Annotations/b.xml, object 4: The object’s box isn’t xmin, ymin, xmax and ymax, as numbers.",
      "Annotations/b.xml, object 5: The object has no name.",
      "Annotations/b.xml, object 2: The box (0, 0, 4.1667, 0.125, as fractions of the photo) lies outside the photo.",
      "Annotations/b.xml, object 6: The box (0.4083, 0.6125, 0.3333, 0.75, as fractions of the photo) has no area.",
      "Annotations/c.xml, object 1: The file doesn’t give the photo’s size.",
      "Annotations/doctype.xml: The file has a document type.",
      "Annotations/open.xml: The file isn’t XML: unclosed xml tag(s): annotation, object.",
      "Annotations/other.xml: The file isn’t Pascal VOC: it has no element annotation.",
    ]);
    await importFrom(library, { from: "voc", folder });
    expect(boxesIn(library)).toEqual([`1 ${DOG} ${RED.join(" ")} imported`, `2 ${DOG} 0 0 0.5 0.5 imported`]);
    await expect(planFrom(library, { from: "voc", folder: join(folder, "no") })).rejects.toMatchObject({
      code: "bad-voc",
    });
  });

  test("XMP: what regions name becomes a label, and those of other images or shapes are named", async () => {
    const library = libraryOf(["a.jpg", "b.jpg", "c.jpg", "d.jpg"]);
    const { folder } = library.store;
    for (const name of ["a", "b", "c", "d"]) await paintTurned(join(folder, `${name}.jpg`), name === "c" ? 6 : 1, RED);
    const region = (attributes: string, area: string) =>
      `<rdf:li><rdf:Description ${attributes}><mwg-rs:Area ${area}/></rdf:Description></rdf:li>`;
    const area = 'stArea:x="0.25" stArea:y="0.5" stArea:w="0.3" stArea:h="0.5"';
    const sidecar = (size: string, ...regions: string[]) =>
      `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
        xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/" xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#"
        xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#"><mwg-rs:Regions rdf:parseType="Resource">${size}<mwg-rs:RegionList>
        <rdf:Bag>${regions.join("")}</rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions></rdf:Description></rdf:RDF></x:xmpmeta>`;
    const size = (w: number, h: number) =>
      `<mwg-rs:AppliedToDimensions stDim:w="${w}" stDim:h="${h}" stDim:unit="pixel"/>`;
    writeFileSync(
      join(folder, "a.jpg.xmp"),
      sidecar(
        size(3 * WIDTH, 3 * HEIGHT),
        region('mwg-rs:Type="Face" mwg-rs:Name="Rose"', area),
        region('mwg-rs:Type="Face"', area),
        region('mwg-rs:Name="dog"', area),
        region('mwg-rs:Type="Focus" mwg-rs:Name="x"', area),
        region('mwg-rs:Type="BarCode" mwg-rs:Name="x"', area),
        region('mwg-rs:Type="Pet"', area),
        region(
          'mwg-rs:Type="Pet" mwg-rs:Name="Bella"',
          'stArea:x="90" stArea:y="120" stArea:w="108" stArea:h="120" stArea:unit="pixel"',
        ),
        region(`mwg-rs:Type="Face" mwg-rs:Name="${"x".repeat(300)}"`, area),
        region('mwg-rs:Name="circle"', 'stArea:x="0.5" stArea:y="0.5" stArea:d="0.1"'),
        // A quarter turn: 60 pixels high and 48 wide become 48 high and 60 wide.
        region(
          `mwg-rs:Name="turned" mwg-rs:Rotation="${Math.PI / 2}"`,
          'stArea:x="0.5" stArea:y="0.5" stArea:w="0.4" stArea:h="0.75"',
        ),
      ),
    );
    writeFileSync(join(folder, "b.jpg.xmp"), sidecar(size(100, 100), region('mwg-rs:Name="dog"', area)));
    writeFileSync(join(folder, "c.jpg.xmp"), sidecar(size(WIDTH, HEIGHT), region('mwg-rs:Name="dog"', area)));
    writeFileSync(join(folder, "d.jpg.xmp"), sidecar("", region('mwg-rs:Name="dog"', area)));
    expect(reasonsIn(await planFrom(library, { from: "xmp" }))).toEqual([
      expect.stringMatching(/^a\.jpg\.xmp: .* has 300 characters; the maximum is 200\.$/),
      "a.jpg.xmp, region 9: The box’s sides aren’t all numbers.",
      "b.jpg.xmp, region 1: The region is of an image of 100 × 100 pixels, but the photo, upright, has 120 × 80.",
    ]);
    await importFrom(library, { from: "xmp" });
    const named = boxesIn(library).map((box) => box.replace(/wn:\d+/, (id) => (id === DOG ? "dog" : "face")));
    expect(named.sort()).toEqual(
      [
        "1 dog 0.1 0.25 0.4 0.75 imported",
        "1 face 0.1 0.25 0.4 0.75 imported",
        "1 own:Bella 0.1 0.25 0.4 0.75 imported",
        "1 own:Rose 0.1 0.25 0.4 0.75 imported",
        "1 own:turned 0.25 0.2 0.75 0.8 imported",
        "3 dog 0.1 0.25 0.4 0.75 imported", // its regions were of the upright photo
        "4 dog 0.1 0.25 0.4 0.75 imported",
      ].sort(),
    );
  });
});

// guarantee: sidecars
test("regions of other programs stay, and Semblance's go when their boxes do", async () => {
  const library = libraryOf(["a.jpg"]);
  const file = join(library.store.folder, "a.jpg");
  await paintTurned(file, 6, RED);
  const theirs = {
    AppliedToDimensions: { W: HEIGHT, H: WIDTH, Unit: "pixel" },
    RegionList: [
      { Area: { X: 0.5, Y: 0.75, W: 0.5, H: 0.3, Unit: "normalized" }, Name: "Ada", Type: "Face" }, // on the red box
      { Area: { X: 0.2, Y: 0.2, W: 0.1, H: 0.1, Unit: "normalized" }, Name: "dog", Type: "Pet" },
    ],
  };
  await exiftool.write(`${file}.xmp`, { RegionInfo: theirs } as never, { writeArgs: ["-overwrite_original"] });
  const write = (regions: boolean) =>
    exportLabels(
      library,
      createJobs(() => undefined),
      {
        ...{ photos: null, labels: "accepted", threshold: 0, format: "xmp", folder: null, naming: "full" },
        ...{ dryRun: false, boxes: regions ? "accepted" : null },
      },
    );
  const read = async () =>
    (
      (await exiftool.readRaw(`${file}.xmp`, { readArgs: ["-struct", "-n"] })) as unknown as {
        RegionInfo: typeof theirs;
      }
    ).RegionInfo;
  drawBoxes(library, [
    [1, "own:Ada", RED], // they have it
    [1, DOG, RED],
  ]);
  expect(await write(false)).toMatchObject({ rows: 0 });
  expect(await write(true)).toMatchObject({ rows: 1 });
  expect((await read()).RegionList).toEqual([
    ...theirs.RegionList,
    { Area: { X: 0.5, Y: 0.75, W: 0.5, H: 0.3, Unit: "normalized" }, Name: "dog" },
  ]);
  const text = readFileSync(`${file}.xmp`, "utf8");
  expect(await write(true)).toMatchObject({ rows: 0, notes: ["1 sidecar already has these labels."] });
  expect(readFileSync(`${file}.xmp`, "utf8")).toBe(text);
  recordBoxes(library.store, [boxChange({ photo: 1, label: DOG, box: RED, detector: "drawn" }, "clear")], {
    description: "Clear",
  });
  expect(await write(true)).toMatchObject({ rows: 1 });
  expect(await read()).toEqual(theirs);
  expect(readFileSync(`${file}.xmp`, "utf8")).not.toContain("semblance:regions>");
});
