import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, onTestFinished, test } from "vitest";
import { BUNDLED_PACK } from "../../src-main/base/default-pack";
import { createJobs, type Jobs } from "../../src-main/base/jobs";
import { exportLabeller } from "../../src-main/exchange/export-labeller";
import { deleteLabels } from "../../src-main/features/labels/manage-labels";
import { closeStore } from "../../src-main/store/database";
import { exportedLabeller } from "../../src-main/store/labellers";
import { changeSettings } from "../../src-main/store/settings";
import { recordAll } from "../../src-main/store/verdicts";
import type { VisualModel } from "../../src-main/vision/visual-model";
import { labelFolder, rankAll } from "../../src-main/workspace/label-folder";
import { openFolder, type OpenOptions } from "../../src-main/workspace/open-folder";
import type { OpenLibrary } from "../../src-main/workspace/open-library";
import { retrain } from "../../src-main/workspace/retrain";
import type { LabelId, LabellerQuery } from "../../src-shared/contract";
import { writeCalibratedPack } from "../fixtures/calibrated-pack";
import {
  labelWithOnnxRuntime,
  type Pictures,
  type PictureSize,
  picturesOf,
  type Scored,
  shownOn,
} from "../fixtures/label-with-onnxruntime";
import { labelledByApp } from "../fixtures/labeller-pixels";
import { paint, temporaryFolder } from "../fixtures/photo-folder";
import { SAMPLE_PHOTOS, samplePhoto } from "../fixtures/sample-photos";
import { writeColourPack } from "../fixtures/small-onnx";

const SCRIPT = new URL("../fixtures/run-labeller.mjs", import.meta.url).pathname;
const quiet = { changed: () => undefined };

/** Photographs, n painted waves and an image that is not a photo: n + 8 images. */
async function testPhotos(n: number): Promise<string> {
  const folder = temporaryFolder();
  for (const name of SAMPLE_PHOTOS) copyFileSync(samplePhoto(name), join(folder, `${name}.jpg`));
  for (let i = 0; i < n; i++)
    await paint(join(folder, `waves ${i}.${["jpg", "png", "webp"][i % 3]}`), i, 60 + 7 * i, 200 - 5 * i);
  await sharp({ create: { width: 80, height: 50, channels: 4, background: "#ff000080" } })
    .png()
    .toFile(join(folder, "clear.png"));
  return folder;
}

/** Single-colour images, bright and dark, large and small, whose pixels no resizing changes. */
async function plainPhotos(): Promise<string> {
  const folder = temporaryFolder();
  const colours = Array.from({ length: 16 }, (_, i) => ({
    r: (97 * i) % 256,
    g: (31 * i * i) % 256,
    b: (59 * i + 120) % 256,
  }));
  const bright = [
    { r: 255, g: 255, b: 250 },
    { r: 240, g: 255, b: 255 },
    { r: 180, g: 220, b: 255 },
    { r: 190, g: 255, b: 190 },
    { r: 90, g: 110, b: 240 },
    { r: 4, g: 5, b: 9 },
  ];
  for (const [i, background] of [...bright, ...colours].entries())
    await sharp({ create: { width: 40 + 41 * i, height: 700 - 30 * i, channels: 3, background } })
      .png()
      .toFile(join(folder, `${String(i).padStart(2, "0")}.png`));
  return folder;
}

async function labelled(
  folder: string,
  options: OpenOptions = {},
  size?: PictureSize,
): Promise<{ library: OpenLibrary; jobs: Jobs; visual: () => Promise<VisualModel> } & Pictures> {
  const { library, visual, objects, dispose } = await openFolder(temporaryFolder(), folder, options);
  const jobs = createJobs(() => undefined);
  onTestFinished(async () => {
    objects.close();
    await dispose();
    closeStore(library.store);
  });
  await labelFolder(library, jobs, { visual, objects }, quiet).finished;
  await objects.settled();
  return { library, jobs, visual, ...(await picturesOf(library, size)) };
}

const exported = (library: OpenLibrary, jobs: Jobs, query: Partial<LabellerQuery> = {}) =>
  exportLabeller(library, jobs, {
    file: join(temporaryFolder(), "labeller.onnx"),
    overwrite: false,
    top: 12,
    threshold: 0,
    ...query,
  });

/**
 * Labels every photo in another process and compares with the app's labels, those that it shows without `here`.
 * @returns the number of labels
 */
async function expectSame(
  { store }: OpenLibrary,
  { photos, pictures }: Pictures,
  file: string,
  top: number,
  here: Scored[] = photos.map((photo) => shownOn(store, photo, top)),
): Promise<number> {
  const elsewhere = await labelWithOnnxRuntime(SCRIPT, file, pictures, temporaryFolder());
  expect(elsewhere.photos.map((labels) => labels.map(({ id }) => id))).toEqual(
    here.map((labels) => labels.map(({ id }) => id)),
  );
  here.forEach((labels, i) =>
    labels.forEach(({ score }, k) => expect(Math.abs(elsewhere.photos[i][k].score - score)).toBeLessThan(1e-4)),
  );
  return here.flat().length;
}

describe("an exported labeller", () => {
  // guarantee: labeller-agrees
  test(
    "gives the app's labels in a process without the app, both untrained and trained with verdicts, thresholds and hidden labels",
    { timeout: 240_000 },
    async () => {
      const { library, jobs, ...pixels } = await labelled(await testPhotos(12));
      const { photos } = pixels;
      changeSettings(library.store, { threshold: 0.03 });
      const untrained = await exported(library, jobs);
      expect(await expectSame(library, pixels, untrained.file, 12)).toBeGreaterThan(photos.length);

      const dog: LabelId = library.lexicon.meant("dog");
      const often = shownOn(library.store, photos[10], 12)[0].id;
      const annotations = [
        ...photos.slice(0, 3).map((photo) => ({ photo, label: "own:Rex" as LabelId, verdict: "accept" as const })),
        ...photos.slice(3, 6).map((photo) => ({ photo, label: dog, verdict: "accept" as const })),
        ...photos.slice(6, 8).map((photo) => ({ photo, label: dog, verdict: "reject" as const })),
        ...photos
          .slice(8, 10)
          .map((photo) => ({ photo, label: "own:our garden" as LabelId, verdict: "accept" as const })),
        // trained on the same photos: equal to the last digit
        ...photos.slice(8, 10).map((photo) => ({ photo, label: "own:at home" as LabelId, verdict: "accept" as const })),
      ];
      recordAll(library.store, annotations, { source: "person", describe: (n) => `${n} verdicts` });
      await jobs.run("retrain", async (job) => {
        await retrain(library, job, () => undefined);
        return rankAll(library, job, quiet);
      }).finished;
      const trained = await exported(library, jobs);
      expect(trained.labeller).not.toBe(untrained.labeller);
      await expectSame(library, pixels, trained.file, 12);
      expect(
        photos.flatMap((photo) => shownOn(library.store, photo, 12)).filter(({ id }) => id.startsWith("own:")).length,
      ).toBeGreaterThan(8);

      deleteLabels(library, [often]);
      changeSettings(library.store, { threshold: 0.08, labelThresholds: { [dog]: 0.9, "own:Rex": 0.04 } });
      const strict = await exported(library, jobs, { top: 3 });
      await expectSame(library, pixels, strict.file, 3);
      expect(exportedLabeller(library.store, strict.labeller)).toMatchObject({ model: library.model.model });
      expect(exportedLabeller(library.store, "0000000000000000")).toBeNull();
    },
  );

  test(
    "gives the app's labels for a pack without calibration, mirror images or statistics, and describes itself",
    { timeout: 120_000 },
    async () => {
      const folder = await testPhotos(3);
      const { library, jobs, ...pixels } = await labelled(folder, {
        pack: writeColourPack(join(temporaryFolder(), "colours")),
        labelSet: "pack-classes",
      });
      const { file, labels } = await exported(library, jobs, { top: 12 });
      expect(await expectSame(library, pixels, file, 12)).toBeGreaterThan(0);
      const { metadata } = await labelWithOnnxRuntime(SCRIPT, file, [], temporaryFolder());
      const captions = JSON.parse(metadata.labels) as { id: string; name: string; parents: string[] }[];
      expect(captions).toHaveLength(labels);
      expect(captions.find(({ name }) => name === "frog")).toMatchObject({
        id: library.lexicon.meant("frog"),
        parents: [expect.stringMatching(/^wn:/)],
      });
      expect(JSON.parse(metadata.preprocessing)).toMatchObject({
        shape: ["n", 8, 8, 3],
        resize: "centre square to 8×8",
        recompress: null,
      });
      expect((await exported(library, jobs)).labeller).toBe(metadata.labeller); // the same labeller has the same fingerprint
      expect((await exported(library, jobs, { threshold: 0.9 })).labeller).not.toBe(metadata.labeller);
    },
  );

  // guarantee: labeller-agrees
  test(
    "gives the app's labels for whole photos with objects, faces and scenes, and accepts batches of any size without detectors",
    { timeout: 120_000 },
    async () => {
      const folder = await plainPhotos();
      const { library, jobs, ...fed } = await labelled(folder, {
        pack: writeCalibratedPack(join(temporaryFolder(), "calibrated")),
        labelSet: "everyday",
      });
      changeSettings(library.store, { threshold: 0.03 });
      await expectSame(library, fed, (await exported(library, jobs)).file, 12);
      const shown = new Set(fed.photos.flatMap((photo) => shownOn(library.store, photo, 12)).map(({ id }) => id));
      for (const name of ["person", "dog", "people", "portrait", "sky", "grass"])
        expect(shown, name).toContain(library.lexicon.meant(name));
      const { metadata } = await labelWithOnnxRuntime(
        SCRIPT,
        (await exported(library, jobs)).file,
        [],
        temporaryFolder(),
      );
      expect(JSON.parse(metadata.preprocessing)).toMatchObject({ shape: [1, "h", "w", 3], longSide: 64, multiple: 16 });

      const dog: LabelId = library.lexicon.meant("dog");
      recordAll(
        library.store,
        [
          ...fed.photos
            .slice(0, 3)
            .map((photo) => ({ photo, label: "own:Rex" as LabelId, verdict: "accept" as const })),
          ...fed.photos.slice(3, 6).map((photo) => ({ photo, label: dog, verdict: "accept" as const })),
          ...fed.photos.slice(6, 8).map((photo) => ({ photo, label: dog, verdict: "reject" as const })),
        ],
        { source: "person", describe: (n) => `${n} verdicts` },
      );
      await jobs.run("retrain", async (job) => {
        await retrain(library, job, () => undefined);
        return rankAll(library, job, quiet);
      }).finished;
      await expectSame(library, fed, (await exported(library, jobs)).file, 12);

      const without = await labelled(
        folder,
        { pack: library.pack.folder, labelSet: "everyday", objects: false, faces: false },
        "square",
      );
      changeSettings(without.library.store, { threshold: 0.1 });
      const { file } = await exported(without.library, without.jobs);
      await expectSame(without.library, without, file, 12);
      expect(
        JSON.parse((await labelWithOnnxRuntime(SCRIPT, file, [], temporaryFolder())).metadata.preprocessing),
      ).toMatchObject({ shape: ["n", 8, 8, 3] });
    },
  );

  // guarantee: labeller-agrees
  test(
    "gives the bundled pack's labels exactly from the app's pixels, and closely from its own",
    { timeout: 240_000 },
    async () => {
      const { library, jobs, visual, ...fed } = await labelled(await testPhotos(2), { pack: BUNDLED_PACK });
      changeSettings(library.store, { threshold: 0.05 });
      const { file } = await exported(library, jobs);
      const here = await labelledByApp(library, await visual(), fed.pictures);
      expect(await expectSame(library, fed, file, 12, here)).toBeGreaterThan(30);
      fed.photos.forEach((photo, i) => {
        const sure = shownOn(library.store, photo, 12).filter(({ score }) => score > 0.55);
        for (const { id, score } of sure)
          expect(Math.abs(here[i].find((each) => each.id === id)!.score - score)).toBeLessThan(0.05);
      });
    },
  );

  // guarantee: export-whole
  test(
    "is exported complete or not at all, and a network that can't be included is refused with the reason",
    { timeout: 120_000 },
    async () => {
      const folder = await testPhotos(1);
      const { library, jobs } = await labelled(folder, {
        pack: writeColourPack(join(temporaryFolder(), "colours")),
        labelSet: "pack-classes",
      });
      const { file } = await exported(library, jobs);
      const before = readFileSync(file);
      await expect(exported(library, jobs, { file })).rejects.toMatchObject({ code: "file-exists" });
      writeFileSync(library.pack.visual.file, Buffer.from([8, 8, 58, 0, 66, 2, 16, 9]));
      await expect(exported(library, jobs, { file, overwrite: true })).rejects.toMatchObject({
        code: "bad-pack",
        message: expect.stringContaining("the network uses operator set 9; only 11 and later") as unknown,
      });
      expect(readFileSync(file)).toEqual(before);
    },
  );

  test(
    "refuses detectors that don't fit into one file with the network, with the reason, and can be exported without them",
    { timeout: 120_000 },
    async () => {
      const folder = await testPhotos(1);
      const { library, jobs } = await labelled(folder, {
        pack: writeCalibratedPack(join(temporaryFolder(), "calibrated")),
        labelSet: "pack-classes",
      });
      const [things] = library.pack.detection!.detectors;
      const kept = readFileSync(things.file);
      // its last field is the operator set's version
      writeFileSync(things.file, Buffer.concat([kept.subarray(0, -1), Buffer.of(17)]));
      await expect(exported(library, jobs)).rejects.toMatchObject({
        code: "bad-pack",
        message: expect.stringContaining("network things uses operator set 17 and the first one 14") as unknown,
      });
      writeFileSync(things.file, kept);
      library.pack.preprocess.recompress = { quality: 90 };
      await expect(exported(library, jobs)).rejects.toMatchObject({
        code: "bad-pack",
        message: expect.stringContaining("needs photos compressed as JPEG") as unknown,
      });
      changeSettings(library.store, { objects: false, faces: false });
      await exported(library, jobs);
    },
  );
});
