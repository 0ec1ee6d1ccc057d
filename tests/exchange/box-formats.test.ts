import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { ExifTool } from "exiftool-vendored";
import { afterAll, describe, expect, test } from "vitest";
import { createJobs } from "../../src-main/base/jobs";
import type { Rectangle } from "../../src-main/base/overlap";
import { exportLabels } from "../../src-main/exchange/export-labels";
import { storeSplit } from "../../src-main/store/splits";
import { currentAnnotations } from "../../src-main/store/verdicts";
import type { OpenLibrary } from "../../src-main/workspace/open-library";
import type { ExportQuery, ImportSource, LabelId } from "../../src-shared/contract";
import {
  boxesIn,
  drawBoxes,
  HEIGHT,
  importFrom,
  isRedBox,
  libraryOf,
  ORIENTATIONS,
  paintTurned,
  planFrom,
  WIDTH,
} from "../fixtures/boxed-library";
import { PYTHON, withoutCocoEval } from "../fixtures/coco-eval";
import { temporaryFolder } from "../fixtures/photo-folder";

const exiftool = new ExifTool();
afterAll(() => exiftool.end());

const DOG: LabelId = "wn:02086723";
const RED: Rectangle = [0.1, 0.25, 0.4, 0.75];
const PATHS = ORIENTATIONS.map((orientation) => `turned/${orientation}.jpg`);

type Format = "coco" | "yolo" | "voc" | "xmp";
const whatever = { photos: null, labels: "shown" as const, threshold: 0 };
const queryOf = (format: Format, to: string): ExportQuery =>
  format === "coco"
    ? { ...whatever, format, file: to, overwrite: false, boxes: "accepted" }
    : format === "xmp"
      ? { ...whatever, format, folder: null, naming: "full", dryRun: false, boxes: "accepted" }
      : { ...whatever, format, folder: to, boxes: "accepted", images: "none" };
const sourceOf = (format: Format, from: string): ImportSource =>
  format === "coco"
    ? { from: format, file: from }
    : format === "xmp"
      ? { from: format }
      : { from: format, folder: from };

const run = (library: OpenLibrary, query: ExportQuery) =>
  exportLabels(
    library,
    createJobs(() => undefined),
    query,
  );

/** Photos in all orientations, each with a red box that a person drew. */
async function turnedLibrary(): Promise<OpenLibrary> {
  const library = libraryOf(PATHS);
  for (const [i, orientation] of ORIENTATIONS.entries())
    await paintTurned(join(library.store.folder, PATHS[i]), orientation, RED);
  return library;
}

interface Region {
  Name?: string;
  Type?: string;
  Area: { X: number; Y: number; W: number; H: number; Unit: string };
}
const regionsIn = async (file: string) =>
  (
    (await exiftool.readRaw(file, { readArgs: ["-struct", "-n"] })) as unknown as {
      RegionInfo: { AppliedToDimensions: { W: number; H: number; Unit: string }; RegionList: Region[] };
    }
  ).RegionInfo;
const sidesOf = ({ Area: { X, Y, W, H } }: Region): Rectangle => [X - W / 2, Y - H / 2, X + W / 2, Y + H / 2];

describe("photos in all eight orientations", () => {
  // guarantee: export-exact
  test.each(["coco", "yolo", "voc", "xmp"] as const)("get the same boxes back from %s, exactly", async (format) => {
    const library = await turnedLibrary();
    const odd: Rectangle = [0.1234, 0.0001, 0.9999, 0.3333];
    drawBoxes(
      library,
      PATHS.flatMap((_, i): [number, LabelId, Rectangle][] => [
        [i + 1, DOG, RED],
        [i + 1, "own:Rex & <Ödel>, “a: b”", format === "voc" ? [0.5, 0.5, 1, 1] : odd],
      ]),
    );
    const before = boxesIn(library).map((box) => box.replace("drawn", "imported"));
    const to = join(temporaryFolder(), "out");
    expect(await run(library, queryOf(format, to))).toMatchObject({ rows: format === "xmp" ? 8 : 16, refused: [] });

    library.store.db.exec("DROP TRIGGER box_verdict_stays; DELETE FROM box_verdict");
    const planned = await planFrom(library, sourceOf(format, to));
    expect(planned).toMatchObject({ photos: 8, given: 16, boxes: 16, unusableItems: [], conflicts: 0 });
    expect(boxesIn(library)).toEqual([]);
    expect(await importFrom(library, sourceOf(format, to))).toMatchObject({ verdicts: 16, boxes: 16, photos: 8 });
    expect(boxesIn(library)).toEqual(before);
    expect(await planFrom(library, sourceOf(format, to))).toMatchObject({ boxes: 0, boxesSet: 16, given: 0 });
  });

  test("are written as they look upright, and to sidecars as they lie in the file", async () => {
    const library = await turnedLibrary();
    drawBoxes(
      library,
      PATHS.map((_, i) => [i + 1, DOG, RED]),
    );
    const out = temporaryFolder();
    for (const format of ["coco", "yolo", "voc", "xmp"] as const)
      await run(library, queryOf(format, join(out, format)));
    const coco = JSON.parse(readFileSync(join(out, "coco"), "utf8")) as {
      images: { file_name: string; width: number; height: number }[];
      annotations: { bbox: [number, number, number, number]; area: number; iscrowd: number }[];
    };
    const [box] = new Set(coco.annotations.map(({ bbox }) => bbox.join()));
    expect(coco.annotations.map(({ bbox, area, iscrowd }) => [bbox.join(), area, iscrowd])).toEqual(
      PATHS.map(() => [box, 36 * 40, 0]),
    );
    const [x, y, w, h] = coco.annotations[0].bbox;
    for (const [i, path] of PATHS.entries()) {
      const file = join(library.store.folder, path);
      expect(coco.images[i]).toMatchObject({ file_name: path, width: WIDTH, height: HEIGHT });
      expect(await isRedBox(file, [x / WIDTH, y / HEIGHT, (x + w) / WIDTH, (y + h) / HEIGHT], true), path).toBe(true);
      expect(readFileSync(join(out, "yolo/labels", path.replace("jpg", "txt")), "utf8")).toBe(
        "0 0.250000 0.500000 0.300000 0.500000\n",
      );
      const voc = readFileSync(join(out, "voc/Annotations", path.replace("jpg", "xml")), "utf8");
      expect(
        /<bndbox>(.*)<\/bndbox>/s
          .exec(voc)![1]
          .replace(/<\/?|\s|>/g, " ")
          .match(/\d+/g),
      ).toEqual(
        ["13", "21", "48", "60"], // the red pixels, counted from 1
      );
      const { AppliedToDimensions: of, RegionList: regions } = await regionsIn(`${file}.xmp`);
      const isSideways = ORIENTATIONS[i] >= 5;
      expect(of).toEqual({ W: isSideways ? HEIGHT : WIDTH, H: isSideways ? WIDTH : HEIGHT, Unit: "pixel" });
      expect(regions).toMatchObject([{ Name: "dog", Area: { Unit: "normalized" } }]);
      expect(await isRedBox(file, sidesOf(regions[0]), false), path).toBe(true);
    }
  });

  test("get the regions that ExifTool writes into them or beside them", async () => {
    const library = await turnedLibrary();
    for (const [i, path] of PATHS.entries()) {
      const isSideways = ORIENTATIONS[i] >= 5;
      // One orientation's rectangle in stored pixels, found by looking.
      const candidates: Rectangle[] = [
        [0.1, 0.25, 0.4, 0.75],
        [0.6, 0.25, 0.9, 0.75],
        [0.25, 0.1, 0.75, 0.4],
        [0.25, 0.6, 0.75, 0.9],
      ];
      const file = join(library.store.folder, path);
      let stored: Rectangle | undefined;
      for (const one of candidates) if (await isRedBox(file, one, false)) stored = one;
      const [x0, y0, x1, y1] = stored!;
      const info = {
        AppliedToDimensions: { W: isSideways ? HEIGHT : WIDTH, H: isSideways ? WIDTH : HEIGHT, Unit: "pixel" },
        RegionList: [
          {
            Area: { X: (x0 + x1) / 2, Y: (y0 + y1) / 2, W: x1 - x0, H: y1 - y0, Unit: "normalized" },
            Name: "Rose",
            Type: "Face",
          },
        ],
      };
      await exiftool.write(i % 2 === 0 ? file : `${file}.xmp`, { RegionInfo: info } as never, {
        writeArgs: ["-overwrite_original"],
      });
    }
    const expected = PATHS.map((_, i) => `${i + 1} own:Rose ${RED.join(" ")} imported`);
    await importFrom(library, { from: "keywords" });
    expect(boxesIn(library)).toEqual(expected.filter((_, i) => i % 2 === 0));
    await importFrom(library, { from: "xmp" });
    expect(boxesIn(library)).toEqual(expected);
    expect(new Set(currentAnnotations(library.store).map(({ label }) => label))).toEqual(new Set(["own:Rose"]));
  });
});

test("pycocotools loads the boxes, and takes them as results too", async (context) => {
  if (withoutCocoEval !== null) context.skip(withoutCocoEval);
  const library = libraryOf(["a.jpg", "sub/b.jpg", "none.jpg"]);
  drawBoxes(library, [
    [1, DOG, RED],
    [1, "own:Rex", [0, 0, 1, 1]],
    [2, DOG, [0.5, 0.5, 0.6251, 1]],
  ]);
  const file = join(temporaryFolder(), "boxes.json");
  await run(library, queryOf("coco", file));
  const script = `
import contextlib, io, json, sys
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
with contextlib.redirect_stdout(io.StringIO()):
    coco = COCO(sys.argv[1])
    results = coco.loadRes([{k: a[k] for k in ("image_id", "category_id", "bbox", "score")} for a in coco.dataset["annotations"]])
    evaluation = COCOeval(coco, results, "bbox")
    evaluation.evaluate(); evaluation.accumulate(); evaluation.summarize()
dogs = coco.getAnnIds(catIds=coco.getCatIds(catNms=["dog"]))
print(json.dumps([[coco.loadImgs(a["image_id"])[0]["file_name"], a["bbox"]] for a in coco.loadAnns(dogs)] + [evaluation.stats[0]]))`;
  expect(JSON.parse(execFileSync(PYTHON, ["-c", script, file], { encoding: "utf8" }))).toEqual([
    ["a.jpg", [12, 20, 36, 40]],
    ["sub/b.jpg", [60, 40, 15.012, 40]],
    1, // each box is found by itself
  ]);
});

test("YOLO and VOC folders name their classes, follow the split, and take photos along if asked", async () => {
  const library = libraryOf(["a.jpg", "sub/a.jpg", "sub/a.png", "none.jpg", "b.jpg"]);
  const { store } = library;
  for (const path of ["a.jpg", "sub/a.jpg", "sub/a.png", "none.jpg"]) writeFileSync(join(store.folder, path), path);
  drawBoxes(
    library,
    [1, 2, 3, 5].map((photo) => [photo, photo === 2 ? "own:a: #b" : DOG, RED]),
  );
  const out = temporaryFolder();
  const done = await run(library, {
    ...whatever,
    format: "yolo",
    folder: join(out, "yolo"),
    boxes: "accepted",
    images: "copies",
  });
  expect(done).toMatchObject({
    rows: 2,
    refused: [
      { path: "b.jpg", reason: "Can’t read the file (ENOENT)." },
      { path: "sub/a.png", reason: "It shares its annotation file with sub/a.jpg. Rename one of them." },
    ],
  });
  expect(readdirSync(join(out, "yolo"), { recursive: true }).sort()).toEqual([
    ...["classes.txt", "data.yaml", "images", "images/a.jpg", "images/sub", "images/sub/a.jpg"],
    ...["labels", "labels/a.txt", "labels/sub", "labels/sub/a.txt"],
  ]);
  expect(readFileSync(join(out, "yolo/data.yaml"), "utf8")).toContain(
    'train: images\nval: images\nnames:\n  0: "dog"\n  1: "a: #b"\n',
  );
  storeSplit(
    store,
    { train: 0.5, validation: 0.5, test: 0 },
    1,
    new Map([
      [1, "train"],
      [2, "validation"],
    ]),
  );
  await run(library, { ...whatever, format: "yolo", folder: join(out, "split"), boxes: "accepted", images: "links" });
  const inSplit = (name: string) => readFileSync(join(out, "split", name), "utf8");
  expect(inSplit("data.yaml")).toContain("train: train.txt\nval: val.txt\nnames:");
  expect([inSplit("train.txt"), inSplit("val.txt")]).toEqual(["./images/a.jpg\n", "./images/sub/a.jpg\n"]);
  await run(library, { ...whatever, format: "voc", folder: join(out, "voc"), boxes: "accepted", images: "links" });
  expect(readFileSync(join(out, "voc/ImageSets/Main/val.txt"), "utf8")).toBe("sub/a\n");
  expect(readFileSync(join(out, "voc/JPEGImages/sub/a.jpg"), "utf8")).toBe("sub/a.jpg");
  const refused = (folder: string) =>
    run(library, { ...whatever, format: "voc", folder, boxes: "accepted", images: "none" });
  await expect(refused(join(store.folder, "voc"))).rejects.toMatchObject({ code: "inside-library" });
  await expect(refused(join(out, "voc"))).rejects.toMatchObject({ code: "not-empty" });
});

test("a cancelled export of boxes leaves nothing", async () => {
  const library = libraryOf(Array.from({ length: 250 }, (_, i) => `${i}.jpg`));
  drawBoxes(
    library,
    Array.from({ length: 250 }, (_, i) => [i + 1, DOG, RED]),
  );
  const out = temporaryFolder();
  const jobs = createJobs(() => undefined);
  const folder = join(out, "sub", "yolo");
  const query = { ...whatever, format: "yolo", folder, boxes: "accepted", images: "none" } as const;
  const exporting = exportLabels(library, jobs, query).catch((error: unknown) => error);
  while (readdirSync(out).length === 0) await setImmediate(); // until it has begun to write
  for (const { job } of jobs.list()) jobs.cancel(job);
  expect(await exporting).toMatchObject({ code: "cancelled" });
  expect(readdirSync(out)).toEqual([]);
});

test("a CSV has the boxes of each label, in fractions of the upright photo", async () => {
  const library = libraryOf(["a.jpg"]);
  await importFrom(library, { from: "csv", file: put(library, "labels.csv", "path,label\na.jpg,dog\na.jpg,beach\n") });
  drawBoxes(library, [
    [1, DOG, RED],
    [1, DOG, [0.5, 0, 1, 1]],
    [1, "own:face", [0, 0, 0.5, 0.5]],
  ]);
  const file = join(temporaryFolder(), "labels.csv");
  await run(library, {
    ...whatever,
    format: "csv",
    file,
    overwrite: false,
    text: "id",
    escapeFormulas: true,
    boxes: "accepted",
  });
  const rows = readFileSync(file, "utf8").trimEnd().split("\r\n");
  expect(rows[0]).toBe("path,label,score,source,model,boxes");
  expect(rows.slice(1).sort()).toEqual([
    'a.jpg,own:face,1,box,,"[[0,0,0.5,0.5,1,""drawn""]]"',
    `a.jpg,${DOG},1,added,,"[[0.1,0.25,0.4,0.75,1,""drawn""],[0.5,0,1,1,1,""drawn""]]"`,
    expect.stringMatching(/^a\.jpg,wn:\d+,1,added,,\[\]$/),
  ]);
  // A face's label isn't one of the photo, and the export replaces itself.
  expect(await planFrom(library, { from: "csv", file })).toMatchObject({ alreadySet: 2, given: 0 });
  await run(library, { ...whatever, format: "csv", file, overwrite: true, text: "id", escapeFormulas: true });
});

function put({ store }: OpenLibrary, name: string, content: string): string {
  const file = join(store.folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}
