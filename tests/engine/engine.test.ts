import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import type { LabelId, PhotoDetails, PhotoId, View } from "../../src-shared/contract";
import { semblance, stateOf } from "../fixtures/command-line";
import { type Engine, openEngine } from "../fixtures/open-engine";
import { paint, temporaryFolder, waves } from "../fixtures/photo-folder";
import { preparedFolder } from "../fixtures/prepared-folder";

const EVERYTHING: View = { sort: "name", descending: false, group: "none" };
const search = (words: string): View => ({ words, sort: "relevance", descending: true, group: "none" });
const DOG: LabelId = "wn:02086723";

async function photosIn(folder: string, n: number, size = 64): Promise<string> {
  for (let i = 0; i < n; i++) await paint(join(folder, `${i}.jpg`), i, size, size);
  return folder;
}

/** A labelled folder of n different photos. */
async function labelled(n: number, engine?: Engine): Promise<Engine & { folder: string; photos: PhotoId[] }> {
  const open = engine ?? (await openEngine());
  const folder = await photosIn(temporaryFolder(), n);
  await open.api.openLibrary({ folder });
  await open.api.changeSettings({ threshold: 0.05 }); // painted photos get low confidences
  await open.idle();
  const { photos } = await open.api.browse(EVERYTHING);
  return { ...open, folder, photos };
}

const labelsOf = async ({ api }: Engine, photo: PhotoId) => {
  const { labels, rejected } = await api.photo({ photo });
  return {
    labels: labels.map(({ label, score, source }) => ({ label, score, source })),
    rejected: rejected.map(({ label }) => label),
  };
};
const allLabels = (engine: Engine, photos: PhotoId[]) => Promise.all(photos.map((photo) => labelsOf(engine, photo)));
const predicted = ({ labels }: PhotoDetails) => labels.filter(({ source }) => source === "predicted");

test("a scan fills the library, sends events for jobs, photos and counts, and leaves the photos unchanged", async () => {
  const engine = await openEngine();
  const { api } = engine;
  const folder = await photosIn(temporaryFolder(), 150, 24);
  await paint(join(folder, "sub/deep/last.png"), 999);
  writeFileSync(join(folder, "text.jpg"), "no picture");
  const before = stateOf(folder);
  expect(await api.library()).toBeNull();
  const info = await api.openLibrary({ folder });
  expect(info).toMatchObject({
    folder,
    photos: 0,
    labelSet: { name: "everyday" },
    pack: { name: "seed" },
    model: { kind: "bundled", current: true },
  });
  const some = await engine.until("photos", ({ changed }) => changed !== null && changed.length > 0);
  const scan = (await api.jobs()).find(({ kind }) => kind === "scan")!;
  expect(scan.state).toBe("running"); // photos appear before the scan ends
  expect((await api.tiles({ photos: some.changed! })).length).toBe(some.changed!.length);
  await engine.idle();

  expect(await engine.until("library", ({ embedded }) => embedded === 151)).toMatchObject({ photos: 152, failed: 1 });
  const jobs = await api.jobs();
  expect(jobs.map(({ kind, state }) => `${kind} ${state}`)).toEqual(["scan done", "embed done", "rank done"]); // ranked again, because the prior changed
  expect(jobs[0].message).toBe("152 files");
  expect(jobs[1]).toMatchObject({ done: 152, total: 152, message: "151 labelled, 1 couldn’t be read" });
  const received = new Set(engine.of("photos").flatMap(({ changed }) => changed ?? []));
  const { photos, scores, unknown } = await api.browse(EVERYTHING);
  expect([...received].sort((a, b) => a - b)).toEqual([...photos].sort((a, b) => a - b));
  expect({ scores, unknown }).toEqual({ scores: null, unknown: [] });
  expect(await api.folders()).toEqual([
    { folder: "", photos: 151 },
    { folder: "sub/deep", photos: 1 },
  ]);
  expect(await api.failures()).toMatchObject([{ path: "text.jpg", code: "not-an-image" }]);
  expect((await api.welcome()).recent).toMatchObject([{ folder, exists: true }]);
  expect(stateOf(folder)).toEqual(before);
});

test("tiles, photos, labels and suggestions agree with each other", async () => {
  const engine = await labelled(6);
  const { api, photos } = engine;
  const tiles = await api.tiles({ photos: [...photos, 999] });
  expect(tiles.map(({ photo }) => photo)).toEqual(photos);
  const details = await Promise.all(photos.map((photo) => api.photo({ photo })));
  details.forEach((photo, i) => {
    expect(photo).toMatchObject({ paths: [`${i}.jpg`], width: 64, height: 64, format: "jpeg", error: null });
    expect(tiles[i]).toMatchObject({ name: `${i}.jpg`, version: photo.version, labels: photo.labels.slice(0, 3) });
    for (const { score } of photo.labels) expect(score >= 0.05 && score <= 1).toBe(true);
  });
  const counts = await api.labels();
  for (const { label, predicted: n } of counts)
    expect(details.filter((photo) => predicted(photo).some((each) => each.label === label))).toHaveLength(n);
  const carried = new Set(details.flatMap((photo) => predicted(photo).map(({ label }) => label)));
  expect(new Set(counts.map(({ label }) => label))).toEqual(carried);
  expect(counts.length).toBeGreaterThan(0);
  const of = await api.browse({ ...EVERYTHING, label: counts[0].label, sort: "relevance" });
  expect(of.photos).toHaveLength(counts[0].predicted);

  const dogs = await api.suggestLabels({ text: "dog", limit: 5 });
  expect(dogs[0]).toMatchObject({ label: DOG, name: "dog" });
  expect(dogs.length).toBeLessThanOrEqual(5);
  expect((await api.suggestLabels({ text: "Xqzzwk", limit: 5 })).at(-1)).toEqual({
    label: "own:Xqzzwk",
    name: "Xqzzwk",
    parent: null,
    synonym: null,
    own: true,
    near: false,
  });
  expect(await api.suggestLabels({ text: "  ", limit: 5 })).toEqual([]);
  await expect(api.photo({ photo: 999 })).rejects.toMatchObject({ code: "no-photo" });
  await expect(engine.picture(999, "thumbnail")).rejects.toMatchObject({ code: "no-photo" });
  expect((await engine.picture(photos[0], "thumbnail")).type).toBe("image/jpeg");
});

// guarantee: undo
test("verdicts can be undone and redone, and are kept after closing", async () => {
  const engine = await labelled(3);
  const {
    api,
    photos: [one, two],
    folder,
  } = engine;
  const first = predicted(await api.photo({ photo: one }))[0];
  expect(await api.annotate({ photos: [one], label: first.label, verdict: "accept" })).toEqual({ photos: 1 });
  expect((await labelsOf(engine, one)).labels[0]).toEqual({ label: first.label, score: 1, source: "accepted" });
  await api.annotate({ photos: [one], label: DOG, verdict: "accept" });
  expect((await labelsOf(engine, one)).labels[1]).toEqual({ label: DOG, score: 1, source: "added" });
  await api.annotate({ photos: [one, two], label: first.label, verdict: "reject" });
  expect((await labelsOf(engine, one)).rejected).toEqual([first.label]);
  expect(await api.library()).toMatchObject({
    verdicts: 3,
    newVerdicts: 3,
    undo: `Reject “${first.name}” on 2 photos`,
    redo: null,
  });

  expect(await api.undo()).toEqual({ undone: `Reject “${first.name}” on 2 photos` });
  expect(
    (await labelsOf(engine, one)).labels
      .map(({ label }) => label)
      .slice(0, 2)
      .sort(),
  ).toEqual([first.label, DOG].sort());
  expect(await api.redo()).toEqual({ redone: `Reject “${first.name}” on 2 photos` });
  expect(await api.redo()).toEqual({ redone: null });
  const labelsBefore = await allLabels(engine, [one, two]);
  await api.closeLibrary();
  await expect(api.labels()).rejects.toMatchObject({ code: "no-library" });

  const again = await openEngine(engine.home);
  expect(await again.api.openLibrary({ folder })).toMatchObject({
    verdicts: 3,
    undo: `Reject “${first.name}” on 2 photos`,
  });
  expect(await allLabels(again, [one, two])).toEqual(labelsBefore);
  await again.api.undo();
  await again.api.undo();
  await again.api.undo();
  expect(await again.api.undo()).toEqual({ undone: null });
  expect(await again.api.library()).toMatchObject({ verdicts: 0 });
});

test("a verdict on many photos is one step, and is refused whole if one photo is wrong", async () => {
  const engine = await labelled(80);
  const { api, photos } = engine;
  expect(await api.annotate({ photos, label: "own:Holiday", verdict: "accept" })).toEqual({ photos: 80 });
  expect(await api.labels()).toContainEqual({
    label: "own:Holiday",
    name: "Holiday",
    parent: null,
    predicted: 0,
    accepted: 80,
    colour: null,
  });
  expect((await api.browse({ ...EVERYTHING, state: "reviewed" })).photos).toEqual(photos);
  await expect(api.annotate({ photos: [photos[0], 4711], label: DOG, verdict: "accept" })).rejects.toMatchObject({
    code: "no-photo",
  });
  await expect(api.annotate({ photos, label: "wn:00000001", verdict: "accept" })).rejects.toMatchObject({
    code: "no-label",
  });
  expect(await api.library()).toMatchObject({ verdicts: 80 });
  await api.undo();
  expect(await api.library()).toMatchObject({ verdicts: 0 });
});

// guarantee: annotations-durable
test("verdicts sent together are stored in order, each as a step; if one is wrong, none is stored", async () => {
  const {
    api,
    photos: [one, two],
  } = await labelled(3);
  const verdicts = [
    { photos: [one], label: DOG, verdict: "accept" },
    { photos: [one], label: DOG, verdict: "reject" },
    { photos: [two], label: "own:Rex", verdict: "accept" },
  ] as const;
  const given = verdicts.map((verdict) => ({ ...verdict, photos: [...verdict.photos] }));
  await expect(
    api.annotateEach({ verdicts: [...given, { photos: [4711], label: DOG, verdict: "accept" }] }),
  ).rejects.toMatchObject({ code: "no-photo" });
  expect(await api.library()).toMatchObject({ verdicts: 0, undo: null });
  expect(await api.annotateEach({ verdicts: given })).toEqual({ photos: 3 });
  const steps = [];
  for (let i = 0; i < 4; i++) steps.push((await api.undo()).undone);
  expect(steps).toEqual(["Accept “Rex” on 1 photo", "Reject “dog” on 1 photo", "Accept “dog” on 1 photo", null]);
});

/** A library of ten photos that look alike, and thirty others. */
const lookAlikes = preparedFolder(async (root) => {
  const folder = await photosIn(join(root, "photos"), 30);
  const draw = (i: number) =>
    sharp(waves(4.5, 96, 96), { raw: { width: 96, height: 96, channels: 3 } }).tint({ r: 250 - i, g: 200, b: 30 + i });
  mkdirSync(join(folder, "alike"));
  for (let i = 0; i < 10; i++)
    await draw(i)
      .rotate(i - 5, { background: "#3a1" })
      .toFile(join(folder, `alike/${i}.png`));
  const engine = await openEngine(join(root, "data"));
  await engine.api.openLibrary({ folder });
  await engine.idle();
  await engine.close();
});

test.each(["Xqzzwk", "Fluffy", "Aunt May, at home"])(
  "an own label on five of ten look-alikes finds the other five first, before and after learning: %s",
  async (name) => {
    const root = await lookAlikes();
    const engine = await openEngine(join(root, "data"));
    const { api } = engine;
    await api.openLibrary({ folder: join(root, "photos") });
    await engine.idle();
    const { photos: alike } = await api.browse({ ...EVERYTHING, folder: "alike" });
    const [given, others] = [alike.slice(0, 5), alike.slice(5)];
    expect(alike).toHaveLength(10);
    await api.annotate({ photos: given, label: `own:${name}`, verdict: "accept" });
    const found = async () => {
      const { photos, scores, unknown } = await api.browse(search(name.toLowerCase()));
      expect(unknown).toEqual([]);
      expect(new Set(photos.slice(0, 5))).toEqual(new Set(given));
      expect(scores!.slice(0, 5)).toEqual([1, 1, 1, 1, 1]);
      expect(new Set(photos.slice(5, 10))).toEqual(new Set(others));
    };
    await found();
    expect(await api.suggestLabels({ text: name.slice(0, 4), limit: 9 })).toContainEqual(
      expect.objectContaining({ label: `own:${name}`, own: true }),
    );
    await engine.ended((await api.retrain()).job);
    await engine.idle();
    await found();
    await api.changeSettings({ threshold: 0.05 }); // the tests' small pack gives low confidences
    const carries = (await Promise.all(others.map((photo) => api.photo({ photo })))).filter(({ labels }) =>
      labels.some(({ label }) => label === `own:${name}`),
    );
    expect(carries.length).toBeGreaterThan(2); // it is also predicted
  },
);

// guarantee: models-keep-annotations
test("learning reports progress and adds a model with its loss; going back restores the earlier labels; verdicts survive both", async () => {
  const engine = await labelled(40);
  const { api, photos } = engine;
  await expect(engine.ended((await api.retrain()).job)).resolves.toMatchObject({
    state: "failed",
    message: expect.stringContaining("no corrections") as string,
  });
  const before = await allLabels(engine, photos);
  const first = predicted(await api.photo({ photo: photos[0] }))[0].label;
  await api.annotate({ photos: photos.slice(0, 5), label: DOG, verdict: "accept" });
  await api.annotate({ photos: photos.slice(5, 10), label: first, verdict: "reject" });
  const { job } = await api.retrain();
  await expect(api.retrain()).rejects.toMatchObject({ code: "busy" });
  expect(await engine.ended(job)).toMatchObject({ state: "done" });
  await engine.idle();

  const losses = engine.of("loss").flat();
  expect(losses.map(({ step }) => step)).toEqual(Array.from({ length: losses[0].steps }, (_, i) => i + 1));
  expect(losses.every((point) => point.job === job && point.loss >= 0 && Number.isFinite(point.loss))).toBe(true);
  const [learned, bundled, ...more] = await api.models();
  expect(more).toEqual([]);
  expect(learned).toMatchObject({ kind: "retrained", current: true, verdicts: 10 });
  expect(learned.loss!.after).toBeLessThan(learned.loss!.before);
  expect(bundled).toMatchObject({ kind: "bundled", current: false, verdicts: 0, loss: null });
  expect(await api.library()).toMatchObject({ newVerdicts: 0, verdicts: 10, model: { model: learned.model } });
  const expectVerdictsKept = async () => {
    for (const photo of photos.slice(0, 5))
      expect((await labelsOf(engine, photo)).labels[0]).toMatchObject({ label: DOG, score: 1 });
    for (const photo of photos.slice(5, 10)) {
      expect((await labelsOf(engine, photo)).rejected).toEqual([first]);
      expect((await labelsOf(engine, photo)).labels.map(({ label }) => label)).not.toContain(first);
    }
    expect(
      (await api.browse({ ...EVERYTHING, label: first })).photos.filter((photo) => photos.slice(5, 10).includes(photo)),
    ).toEqual([]);
  };
  await expectVerdictsKept();
  const after = await allLabels(engine, photos);
  expect(after.slice(10)).not.toEqual(before.slice(10));

  await api.useModel({ model: bundled.model });
  await engine.idle();
  expect((await api.library())!.model.model).toBe(bundled.model);
  expect((await allLabels(engine, photos)).slice(10)).toEqual(before.slice(10));
  await expectVerdictsKept();
  await api.useModel({ model: learned.model });
  await engine.idle();
  expect(await allLabels(engine, photos)).toEqual(after);
  await expect(api.useModel({ model: 99 })).rejects.toMatchObject({ code: "no-model" });

  // With all verdicts undone, the next version has forgotten them.
  for (let i = 0; i < 2; i++) await api.undo();
  expect(await api.library()).toMatchObject({ verdicts: 0 });
  expect(await allLabels(engine, photos.slice(0, 10))).toEqual(
    after.slice(0, 10).map(() => ({ labels: expect.any(Array) as unknown, rejected: [] })),
  );
});

test("another threshold or label set relabels every photo; an unreadable set changes nothing", async () => {
  const engine = await labelled(12);
  const { api, photos } = engine;
  const before = await allLabels(engine, photos);
  const change = async (settings: Parameters<typeof api.changeSettings>[0]) => {
    await api.changeSettings(settings);
    await engine.idle();
    return (await allLabels(engine, photos)).flatMap(({ labels }) => labels);
  };
  expect(await change({ threshold: 1 })).toEqual([]);
  expect(await api.library()).toMatchObject({ labelled: 0 });
  for (const { score } of await change({ threshold: 0.25 })) expect(score).toBeGreaterThanOrEqual(0.25);
  const list = join(temporaryFolder(), "mine.txt");
  writeFileSync(list, "insect\nanimal\n");
  const few = await change({ threshold: 0.05, labelSet: list });
  expect(new Set(few.map(({ label }) => label)).size).toBeLessThanOrEqual(2);
  expect(await api.library()).toMatchObject({ labelSet: { name: list, size: 2 } });
  await expect(api.changeSettings({ labelSet: "/nowhere.txt" })).rejects.toMatchObject({ code: "bad-label-set" });
  expect((await api.settings()).labelSet).toBe(list);
  await change({ labelSet: "everyday" });
  expect(await allLabels(engine, photos)).toEqual(before);
});

test("photos of an excluded folder disappear, and return when it is included", async () => {
  const engine = await openEngine();
  const { api } = engine;
  const folder = await photosIn(temporaryFolder(), 2);
  await paint(join(folder, "private/p.jpg"), 77);
  await api.openLibrary({ folder });
  await engine.idle();
  for (const [excludedFolders, photos] of [
    [["private"], 2],
    [[], 3],
  ] as const) {
    await api.changeSettings({ excludedFolders: [...excludedFolders] });
    await engine.idle();
    expect((await api.browse(EVERYTHING)).photos).toHaveLength(photos);
  }
});

const embedding = ({ kind, state, done }: { kind: string; state: string; done: number }) =>
  kind === "embed" && state === "running" && done > 0;

/** Enough for six batches after the first, in which a job can be stopped. */
const PHOTOS = 100;

test("a paused job does nothing until it is resumed", async () => {
  const engine = await openEngine();
  const { api } = engine;
  await api.openLibrary({ folder: await photosIn(temporaryFolder(), PHOTOS) });
  const { job } = await engine.until("job", embedding);
  await api.pauseJob({ job });
  await engine.until("job", (received) => received.job === job && received.state === "paused");
  const embedded = async () => {
    await new Promise((resolve) => setTimeout(resolve, 400));
    return (await api.library())!.embedded;
  };
  let count = await embedded();
  // the batch in progress is finished
  for (let later = await embedded(); later > count; later = await embedded()) count = later;
  expect(count).toBeLessThan(PHOTOS);
  expect(await embedded()).toBe(count);
  await api.resumeJob({ job });
  expect(await engine.ended(job)).toMatchObject({ state: "done", done: PHOTOS });
  await engine.idle();
  expect(await api.library()).toMatchObject({ embedded: PHOTOS });
});

test("a cancelled job keeps its results, and the next scan continues from them", async () => {
  const engine = await openEngine();
  const { api } = engine;
  await api.openLibrary({ folder: await photosIn(temporaryFolder(), PHOTOS) });
  const { job } = await engine.until("job", embedding);
  await api.cancelJob({ job });
  expect(await engine.ended(job)).toMatchObject({ state: "cancelled" });
  await engine.idle();
  const { embedded } = (await api.library())!;
  expect(embedded > 0 && embedded < PHOTOS).toBe(true);
  await api.rescan();
  await engine.idle();
  expect(await api.library()).toMatchObject({ embedded: PHOTOS });
  expect((await api.jobs()).filter(({ kind }) => kind === "embed").at(-1)).toMatchObject({ done: PHOTOS - embedded });
});

test("a second scan during the first processes no photo twice", async () => {
  const engine = await openEngine();
  const { api } = engine;
  await api.openLibrary({ folder: await photosIn(temporaryFolder(), PHOTOS) });
  await engine.until("job", embedding);
  await api.rescan();
  await engine.idle();
  expect(await api.library()).toMatchObject({ embedded: PHOTOS });
  expect((await api.jobs()).filter(({ kind }) => kind === "embed").reduce((sum, { done }) => sum + done, 0)).toBe(
    PHOTOS,
  );
});

test("closing during a job ends it cleanly and keeps its results", async () => {
  const engine = await openEngine();
  const folder = await photosIn(temporaryFolder(), PHOTOS);
  await engine.api.openLibrary({ folder });
  await engine.until("job", embedding);
  await engine.close();
  const received = engine.emitted.length;
  const again = await openEngine(engine.home); // the lock was released
  const { embedded } = await again.api.openLibrary({ folder });
  expect(embedded > 0 && embedded < PHOTOS).toBe(true);
  await again.idle();
  expect(await again.api.library()).toMatchObject({ photos: PHOTOS, embedded: PHOTOS });
  expect((await again.api.jobs()).find(({ kind }) => kind === "embed")).toMatchObject({ done: PHOTOS - embedded });
  expect(engine.emitted).toHaveLength(received);
});

test("opening another folder replaces the open one, even during a job", async () => {
  const engine = await openEngine();
  await engine.api.openLibrary({ folder: await photosIn(temporaryFolder(), PHOTOS) });
  await engine.until("job", embedding);
  const folder = await photosIn(temporaryFolder(), 2);
  expect(await engine.api.openLibrary({ folder })).toMatchObject({ folder });
  await engine.idle();
  expect(await engine.api.library()).toMatchObject({ folder, photos: 2, embedded: 2 });
  await expect(engine.api.openLibrary({ folder: "/nowhere" })).rejects.toMatchObject({ code: "no-folder" });
  expect(await engine.api.library()).toMatchObject({ folder }); // still open
});

// guarantee: one-process
test("an open library is refused to everyone else, and available once closed", async () => {
  const engine = await labelled(2);
  expect(await semblance(engine.home, ["status", engine.folder])).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringContaining("is already open in another Semblance") as string,
  });
  await engine.api.closeLibrary();
  expect(await semblance(engine.home, ["status", engine.folder])).toMatchObject({ code: 0 });
});

test("the seven sample photos are labelled and can be searched", async () => {
  const engine = await openEngine();
  expect(await engine.api.openSamples()).toMatchObject({ name: "Sample photos" });
  await engine.idle();
  await engine.api.changeSettings({ threshold: 0.05 });
  const info = (await engine.api.library())!;
  expect(info).toMatchObject({ photos: 7, embedded: 7, failed: 0 });
  expect(info.labelled).toBeGreaterThanOrEqual(4);
  expect((await engine.api.browse(search("boats"))).photos).toHaveLength(7);
  expect((await engine.api.about()).backends.length).toBeGreaterThan(2);
});
