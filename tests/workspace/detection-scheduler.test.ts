import { rmSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { createJobs, type Jobs } from "../../src-main/base/jobs";
import { decode } from "../../src-main/images/decode-client";
import { closeStore, openStore } from "../../src-main/store/database";
import { detectionsOf, storeDetections } from "../../src-main/store/detections";
import { photosWithFeatures } from "../../src-main/store/features";
import { photosToRank } from "../../src-main/store/predictions";
import { changeSettings } from "../../src-main/store/settings";
import { loadDetector } from "../../src-main/vision/detector";
import { readPack } from "../../src-main/vision/pack";
import type { PackDetector } from "../../src-main/vision/pack-detectors";
import { createDetectionScheduler, type DetectionScheduler } from "../../src-main/workspace/detection-scheduler";
import { labelFolder } from "../../src-main/workspace/label-folder";
import { type OpenFolder, openFolder } from "../../src-main/workspace/open-folder";
import type { PhotoId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { semblance } from "../fixtures/command-line";
import { writeFindingPack } from "../fixtures/finding-pack";
import { type Engine, openEngine } from "../fixtures/open-engine";
import { temporaryFolder } from "../fixtures/photo-folder";

vi.mock(import("../../src-main/images/decode-client"), async (original) => {
  const module = await original();
  return { ...module, decode: vi.fn(module.decode) };
});
beforeEach(() => {
  vi.mocked(decode).mockClear();
});

interface Opened {
  open: OpenFolder;
  jobs: Jobs;
  folder: string;
  changed: PhotoId[][];
}

/** A folder of bright photos, opened with a pack that finds two persons, a dog and a face in each. */
async function openPhotos(n: number, options: { objects?: boolean; faces?: boolean } = {}): Promise<Opened> {
  const folder = temporaryFolder();
  for (let i = 0; i < n; i++) await addPhoto(folder, i);
  const open = await openFolder(temporaryFolder(), folder, { pack: writeFindingPack(temporaryFolder()), ...options });
  const jobs = createJobs(() => undefined);
  onTestFinished(async () => {
    open.objects.close();
    await jobs.cancelAll();
    await open.dispose();
    closeStore(open.library.store);
  });
  return { open, jobs, folder, changed: [] };
}

const addPhoto = (folder: string, i: number) =>
  sharp({ create: { width: 96, height: 64, channels: 3, background: { r: 255, g: 255, b: 200 + i } } })
    .png()
    .toFile(join(folder, `${String(i).padStart(3, "0")}.png`));

const label = ({ open, jobs, changed }: Opened, objects: DetectionScheduler = open.objects) =>
  labelFolder(
    open.library,
    jobs,
    { visual: () => open.visual(), objects },
    { changed: (photos) => changed.push(photos) },
  );

const idOf = ({ open }: Opened, name: string) =>
  open.library.pack.detection!.detectors.find((detector) => detector.name === name)!.id;
/** How many photos each detector has processed. */
const processed = (opened: Opened) => {
  const { store, pack } = opened.open.library;
  const photos = photosWithFeatures(store, pack.visualId);
  return Object.fromEntries(
    ["things", "faces"].map((name) => [name, detectionsOf(store, idOf(opened, name), photos).size]),
  );
};
const outcomes = ({ jobs }: Opened) =>
  jobs
    .list()
    .filter(({ kind }) => kind === "embed" || kind === "detect")
    .map(({ kind, state, message }) => `${kind} ${state}: ${message}`);
const waitingForLabels = ({ open: { library } }: Opened) =>
  photosToRank(library.store, library.pack.visualId, library.model.model);

/** Detectors in this process, which wait for `turn` before each photo if it is given. */
function localDetectors(
  { open: { library } }: Opened,
  turn: (index: number) => Promise<void> = () => Promise.resolve(),
) {
  let count = 0;
  return async (detector: PackDetector) => {
    const { detect, dispose } = await loadDetector(library.pack, detector, 1);
    return {
      dispose,
      detect: async (pixels: Parameters<typeof detect>[0]) => {
        await turn(count++);
        return detect(pixels);
      },
    };
  };
}

test("photos get their first labels before detection, from the same decode, and are labelled again after it", async () => {
  const opened = await openPhotos(5);
  await label(opened).finished;
  expect(outcomes(opened)).toEqual(["embed done: 5 labelled", "detect done: 5 photos checked"]);
  expect(processed(opened)).toEqual({ things: 5, faces: 5 });
  const { scores, classes } = detectionsOf(opened.open.library.store, idOf(opened, "things"), [1]).get(1)!;
  expect([...classes]).toEqual([0, 0, 1]);
  expect(scores[0]).toBeGreaterThan(0.8);
  expect(vi.mocked(decode)).toHaveBeenCalledTimes(5);
  expect(waitingForLabels(opened)).toEqual([]);
  const received = opened.changed.flat();
  // Photos are found, labelled, and labelled again with the detections; then all at once if the new prior changes their
  // labels.
  const ranked = opened.jobs.list().filter(({ kind }) => kind === "rank").length;
  for (const photo of [1, 2, 3, 4, 5]) expect(received.filter((each) => each === photo)).toHaveLength(3 + ranked);
  // A second scan has nothing left to do.
  await label(opened).finished;
  expect(outcomes(opened)).toHaveLength(2);
});

test("if memory is full, detectors run alongside labelling, and nothing is decoded twice", async () => {
  const opened = await openPhotos(40);
  const most = { kept: 0 };
  const finder = createDetectionScheduler(opened.open.library, localDetectors(opened), 3 * 64 * 48 * 3);
  const keep = finder.keep.bind(finder);
  let waits = 0;
  finder.keep = async (photos) => {
    most.kept = Math.max(most.kept, ++waits);
    await keep(photos);
    waits--;
  };
  await label(opened, finder).finished;
  expect(outcomes(opened)).toEqual(["embed done: 40 labelled", "detect done: 40 photos checked"]);
  expect(processed(opened)).toEqual({ things: 40, faces: 40 });
  expect(vi.mocked(decode)).toHaveBeenCalledTimes(40);
  expect(most.kept).toBeLessThanOrEqual(2); // batches that wait for memory
});

test("disabled detectors do not run; once enabled, they process the existing photos", async () => {
  const opened = await openPhotos(6, { objects: false, faces: false });
  await label(opened).finished;
  expect(outcomes(opened)).toEqual(["embed done: 6 labelled"]);
  expect(vi.mocked(decode).mock.calls.map(([, , detection]) => detection)).toEqual(Array(6).fill(null));
  changeSettings(opened.open.library.store, { faces: true });
  await label(opened).finished;
  expect(processed(opened)).toEqual({ things: 0, faces: 6 });
  changeSettings(opened.open.library.store, { objects: true });
  opened.open.objects.begin();
  await opened.open.objects.settled();
  expect(processed(opened)).toEqual({ things: 6, faces: 6 });
  expect(outcomes(opened).slice(1)).toEqual(["detect done: 6 photos checked", "detect done: 6 photos checked"]);
  expect(
    vi
      .mocked(decode)
      .mock.calls.slice(6)
      .map(([, preprocess]) => preprocess),
  ).toEqual(Array(12).fill(null)); // for the detectors only
  expect(waitingForLabels(opened)).toEqual([]);
});

test("a cancelled detection job keeps its results, is not restarted automatically, and resumes with the next scan", async () => {
  const opened = await openPhotos(40);
  const finder = createDetectionScheduler(
    opened.open.library,
    localDetectors(opened, async (index) => {
      if (index === 2 * 32)
        opened.jobs
          .list()
          .filter(({ kind }) => kind === "detect")
          .forEach(({ job }) => opened.jobs.cancel(job));
    }),
  );
  await label(opened, finder).finished;
  const { things, faces } = processed(opened);
  expect([things, faces]).toEqual([things, things]);
  expect(things).toBeGreaterThan(0);
  expect(outcomes(opened)[0]).toBe("embed done: 40 labelled");
  const ended = opened.jobs.list().filter(({ kind }) => kind === "detect");
  expect(ended).toHaveLength(1);
  if (things < 40) expect(ended[0].state).toBe("cancelled");
  await label(opened, finder).finished;
  expect(processed(opened)).toEqual({ things: 40, faces: 40 });
});

test("new photos get their first labels while detection is paused, and detection catches up later", async () => {
  const opened = await openPhotos(30);
  const finder = createDetectionScheduler(
    opened.open.library,
    localDetectors(opened, async (index) => {
      if (index === 0)
        opened.jobs
          .list()
          .filter(({ kind }) => kind === "detect")
          .forEach(({ job }) => opened.jobs.pause(job));
    }),
    1,
  );
  const started = label(opened, finder);
  expect(await started.embedded).toMatchObject({ state: "done", message: "30 labelled" });
  const [paused] = opened.jobs.list().filter(({ kind }) => kind === "detect");
  expect(paused.state).toBe("paused");
  opened.jobs.resume(paused.job);
  await started.finished;
  expect(processed(opened)).toEqual({ things: 30, faces: 30 });
});

test("a failing detector fails only its own job and reports the reason", async () => {
  const opened = await openPhotos(3);
  const finder = createDetectionScheduler(opened.open.library, () =>
    Promise.reject(new Refusal("bad-pack", "the detector can't be run")),
  );
  await label(opened, finder).finished;
  expect(outcomes(opened)).toEqual(["embed done: 3 labelled", "detect failed: the detector can't be run"]);
  expect(processed(opened)).toEqual({ things: 0, faces: 0 });
});

test("detection skips a photo that can no longer be read and processes the others", async () => {
  const opened = await openPhotos(4, { objects: false, faces: false });
  await label(opened).finished;
  rmSync(join(opened.folder, "002.png"));
  changeSettings(opened.open.library.store, { objects: true, faces: true });
  opened.open.objects.begin();
  await opened.open.objects.settled();
  expect(outcomes(opened)[1]).toBe("detect done: 3 photos checked, 1 couldn’t be read");
  expect(processed(opened)).toEqual({ things: 3, faces: 3 });
});

test("photos whose detections were stored before the program was killed are labelled by the next run", async () => {
  const opened = await openPhotos(3);
  await label(opened).finished;
  const { store } = opened.open.library;
  const nothing = { boxes: new Float32Array(0), scores: new Float32Array(0), classes: new Uint16Array(0) };
  storeDetections(store, idOf(opened, "things"), [{ photo: 2, detections: nothing }]);
  expect(waitingForLabels(opened)).toEqual([2]);
  await label(opened).finished;
  expect(waitingForLabels(opened)).toEqual([]);
});

test("no detection starts in a library that is closing", async () => {
  const opened = await openPhotos(3, { objects: false, faces: false });
  await label(opened).finished;
  changeSettings(opened.open.library.store, { objects: true });
  opened.open.objects.close();
  opened.open.objects.begin();
  await opened.open.objects.settled();
  expect(opened.jobs.list().some(({ kind }) => kind === "detect")).toBe(false);
});

test("the command line disables and enables detectors, and the library stores the setting", async () => {
  const [folder, home, pack] = [temporaryFolder(), temporaryFolder(), writeFindingPack(temporaryFolder())];
  for (let i = 0; i < 3; i++) await addPhoto(folder, i);
  const tag = async (...args: string[]) => {
    expect(await semblance(home, ["tag", folder, ...args])).toMatchObject({ code: 0 });
    const store = openStore({ home, folder });
    const found = readPack(pack).detection!.detectors.map(({ id }) => detectionsOf(store, id, [1, 2, 3]).size);
    closeStore(store);
    return found;
  };
  expect(await tag("--pack", pack, "--no-objects", "--no-faces")).toEqual([0, 0]);
  expect(await tag()).toEqual([0, 0]);
  expect(await tag("--objects")).toEqual([3, 0]);
  expect(await tag("--faces")).toEqual([3, 3]);
});

test("a client gets a photo's boxes, finds photos by the people in them, and gets new counts when the pack's thresholds change", async () => {
  const folder = temporaryFolder();
  await addPhoto(folder, 0);
  await sharp({ create: { width: 96, height: 64, channels: 3, background: "#202020" } })
    .png()
    .toFile(join(folder, "dark.png"));
  const engine = await openEngine();
  const pack = writeFindingPack(temporaryFolder());
  await openedBy(engine, folder, pack);
  await engine.idle();
  const find = async (words: string) =>
    (await engine.api.browse({ words, sort: "name", descending: false, group: "none" })).photos;
  const [bright, dark] = await find("name:*.png");
  const boxes = await engine.api.boxes({ photo: bright });
  const [things, faces] = readPack(pack).detection!.detectors;
  expect(boxes!.map(({ name, box, kind, detector }) => ({ name, box, kind, detector }))).toEqual([
    { name: "face", box: [0.125, 0.125, 0.25, 0.25], kind: "faces", detector: faces.id },
    { name: "person", box: [0, 0, 0.5, 1], kind: "objects", detector: things.id },
    { name: "person", box: [0.5, 0, 1, 1], kind: "objects", detector: things.id },
    { name: "dog", box: [0.25, 0.5, 0.75, 1], kind: "objects", detector: things.id },
  ]);
  for (const { confidence } of boxes!) expect(confidence > 0.5 && confidence < 1).toBe(true);
  expect(await Promise.all([bright, dark].map(async (photo) => (await engine.api.photo({ photo })).people))).toEqual([
    { people: 2, faces: 1 },
    { people: 0, faces: 0 },
  ]);
  expect(await engine.api.boxes({ photo: dark })).toEqual([]); // processed, but too dark to count
  expect([await find("people:2"), await find("people:>2"), await find("people:0"), await find("faces:1")]).toEqual([
    [bright],
    [],
    [dark],
    [bright],
  ]);
  await engine.api.closeLibrary();

  writeFindingPack(pack, { personFrom: 0.85 });
  await engine.api.openLibrary({ folder });
  expect([await find("people:2"), await find("people:1")]).toEqual([[], [bright]]);
  await engine.idle();
  expect(engine.of("job").filter(({ kind, state }) => kind === "detect" && state === "done")).toHaveLength(1);
});

/** Opens a folder in an engine with a separate pack. */
async function openedBy(engine: Engine, folder: string, pack: string): Promise<void> {
  const { library, dispose } = await openFolder(engine.home, folder, { pack });
  await dispose();
  closeStore(library.store);
  await engine.api.openLibrary({ folder });
}

test("detectors that are enabled in the settings process all photos", async () => {
  const folder = temporaryFolder();
  for (let i = 0; i < 3; i++) await addPhoto(folder, i);
  const engine = await openEngine();
  await openedBy(engine, folder, writeFindingPack(temporaryFolder()));
  await engine.idle();
  expect(await engine.api.settings()).toMatchObject({ objects: true, faces: true });
  const searches = () =>
    engine
      .of("job")
      .filter(({ kind, state }) => kind === "detect" && state === "done")
      .map(({ message }) => message);
  expect(searches()).toEqual(["3 photos checked"]);
  await engine.api.changeSettings({ faces: false });
  await addPhoto(folder, 3);
  await engine.ended((await engine.api.rescan()).job);
  await engine.idle();
  expect(searches()).toHaveLength(2);
  await engine.api.changeSettings({ faces: true });
  await engine.until("job", ({ kind, state }) => kind === "detect" && state === "done" && searches().length === 3);
  expect(searches()[2]).toBe("1 photo checked"); // the one added while they were disabled
});
