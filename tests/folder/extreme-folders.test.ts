import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { scan } from "../../src-main/folder/scan";
import type { Store } from "../../src-main/store/database";
import { countPhotos, folders, pathsOf, photoAt } from "../../src-main/store/photos";
import { annotate, currentAnnotations } from "../../src-main/store/verdicts";
import { openEngine } from "../fixtures/open-engine";
import { emptyLibrary, paint, temporaryFolder } from "../fixtures/photo-folder";

async function look(store: Store): Promise<number> {
  let files = 0;
  for await (const batch of scan(store)) files = batch.files;
  return files;
}

const accept = (store: Store, path: string) =>
  annotate(store, { photos: [photoAt(store, path)!], label: "own:dog", verdict: "accept", name: "dog" });

// guarantee: names-exact
test("a photo below 200 folders is found, labelled, shown and exported", async () => {
  const folder = join(temporaryFolder(), "photos");
  const deep = Array.from({ length: 200 }, (_, i) => `level ${i}`).join("/");
  await paint(join(folder, deep, "photo.jpg"), 1);
  await paint(join(folder, "top.jpg"), 2);
  const engine = await openEngine();
  const { photos } = await engine.api.openLibrary({ folder });
  expect(photos).toBeLessThanOrEqual(2);
  await engine.idle();
  expect(await engine.api.library()).toMatchObject({ photos: 2, embedded: 2, failed: 0 });
  expect(await engine.api.folders()).toContainEqual({ folder: deep, photos: 1 });
  const {
    photos: [photo],
  } = await engine.api.browse({ folder: deep, sort: "name", descending: false, group: "folder" });
  expect(await engine.api.photo({ photo })).toMatchObject({ paths: [`${deep}/photo.jpg`], width: 96 });
  await engine.api.annotate({ photos: [photo], label: "own:deep", verdict: "accept" });
  const file = join(temporaryFolder(), "labels.csv");
  await engine.api.exportLabels({
    format: "csv",
    file,
    overwrite: false,
    photos: null,
    labels: "accepted",
    threshold: 0,
    text: "name",
    escapeFormulas: true,
  });
  await engine.idle();
  expect(readFileSync(file, "utf8")).toContain(`${deep}/photo.jpg`);
});

test("each of 100,000 files in one folder is found exactly once, also on the second scan", async () => {
  const store = emptyLibrary();
  const CONTENTS = 500;
  const many = 100_000;
  const picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: "#446688" } })
    .jpeg()
    .toBuffer();
  const sources = join(temporaryFolder(), "sources");
  mkdirSync(sources);
  for (let i = 0; i < CONTENTS; i++)
    writeFileSync(join(sources, String(i)), Buffer.concat([picture, Buffer.from(String(i))]));
  // In a separate process: calls that change files are logged here, to tell the tests' changes from the program's.
  execFileSync(process.execPath, [
    "-e",
    `for (let i = 0; i < ${many}; i++) fs.linkSync(${JSON.stringify(sources)} + "/" + i % ${CONTENTS}, ${JSON.stringify(store.folder)} + "/IMG_" + i + ".jpg")`,
  ]);
  expect(await look(store)).toBe(many);
  expect(countPhotos(store)).toEqual({ photos: CONTENTS, failed: 0 });
  expect(pathsOf(store, photoAt(store, "IMG_99999.jpg")!)).toHaveLength(many / CONTENTS);
  expect(folders(store)).toEqual([{ folder: "", photos: CONTENTS }]);
  accept(store, "IMG_7.jpg");
  expect(await look(store)).toBe(many);
  expect(countPhotos(store)).toEqual({ photos: CONTENTS, failed: 0 });
  expect(currentAnnotations(store)).toHaveLength(1);
}, 240_000);

const NAMES = [
  "line\nbreak.jpg",
  "tab\tand\rreturn.jpg",
  "🐈‍⬛ кот 猫.jpg",
  "\u202Egpj.exe\u202C.jpg",
  "صورة القطة.jpg",
  "e\u0301 and \u00E9.jpg",
  "\"quoted\", 'so'.jpg",
  " begins with a space.jpg",
  "-rf.jpg",
  "=HYPERLINK(1).jpg",
  "<b>bold<script>.jpg",
  "%00 %2e%2e.jpg",
  "back\\slash.jpg",
  `${"x".repeat(251)}.jpg`,
  `${"ü".repeat(125)}x.jpg`,
];

// guarantee: names-exact
test("names with line breaks, emoji, right-to-left text and 255 bytes stay exact from the scan to each export", async () => {
  const folder = join(temporaryFolder(), "photos");
  for (const [i, name] of NAMES.entries()) await paint(join(folder, name), i + 1);
  expect(
    readdirSync(folder)
      .map((name) => Buffer.byteLength(name))
      .sort((a, b) => b - a)
      .slice(0, 2),
  ).toEqual([255, 255]);
  const engine = await openEngine();
  await engine.api.openLibrary({ folder });
  await engine.idle();
  expect(await engine.api.library()).toMatchObject({ photos: NAMES.length, embedded: NAMES.length, failed: 0 });
  const { photos } = await engine.api.browse({ sort: "name", descending: false, group: "none" });
  const details = await engine.api.photosDetails({ photos });
  expect(details.flatMap(({ paths }) => paths).sort()).toEqual([...NAMES].sort());
  await engine.api.annotate({ photos, label: "own:named", verdict: "accept" });
  const choice = { photos: null, labels: "accepted" as const, threshold: 0 };
  const out = temporaryFolder();
  await engine.api.exportLabels({ ...choice, format: "jsonl", file: join(out, "labels.jsonl"), overwrite: false });
  await engine.api.exportLabels({ ...choice, format: "folders", folder: join(out, "classes"), as: "links" });
  await engine.idle();
  const lines = readFileSync(join(out, "labels.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { path: string });
  expect(lines.map(({ path }) => path).sort()).toEqual([...NAMES].sort());
  expect(readdirSync(join(out, "classes", "named"))).toHaveLength(NAMES.length);
});

// guarantee: names-exact
test("a file renamed only in case is the same photo with its verdicts", async () => {
  const store = emptyLibrary();
  await paint(join(store.folder, "Sub", "IMG_1.JPG"), 1);
  await look(store);
  accept(store, "Sub/IMG_1.JPG");
  const photo = photoAt(store, "Sub/IMG_1.JPG");
  renameSync(join(store.folder, "Sub", "IMG_1.JPG"), join(store.folder, "Sub", "img_1.jpg"));
  renameSync(join(store.folder, "Sub"), join(store.folder, "sub"));
  await look(store);
  expect(photoAt(store, "sub/img_1.jpg")).toBe(photo);
  expect(pathsOf(store, photo!)).toEqual(["sub/img_1.jpg"]);
  expect(currentAnnotations(store)).toHaveLength(1);
});
