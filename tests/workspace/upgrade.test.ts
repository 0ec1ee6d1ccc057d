import { cpSync, existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { BUNDLED_PACK } from "../../src-main/base/default-pack";
import { sampleFolder } from "../../src-main/base/resources";
import { deleteCache } from "../../src-main/store/cache";
import { closeStore, openStore, type Store } from "../../src-main/store/database";
import { countFeatures } from "../../src-main/store/features";
import { libraryDirectory } from "../../src-main/store/home";
import { beginRelabelling } from "../../src-main/store/label-snapshot";
import { addModel, currentModel, listModels } from "../../src-main/store/models";
import { readPack } from "../../src-main/vision/pack";
import { openFolder } from "../../src-main/workspace/open-folder";
import type { Events, PhotoId, View } from "../../src-shared/contract";
import { startDoomed } from "../../tools/soak/doomed-engine";
import { jsonLines, semblance } from "../fixtures/command-line";
import { type Engine, openEngine } from "../fixtures/open-engine";
import { paint, temporaryFolder } from "../fixtures/photo-folder";
import { preparedFolder } from "../fixtures/prepared-folder";
import { copySeed, makeAnother, SEED } from "../fixtures/seed-packs";

const EVERYTHING: View = { sort: "name", descending: false, group: "none" };
const REX = "own:Rex";

/**
 * The packs of a test: the one that labels its library first, and a better one, whose features differ because it does
 * not mirror photos.
 */
let old: string;
let better: string;

beforeEach(() => {
  [old, better] = [temporaryFolder(), temporaryFolder()];
  copySeed(old);
  copySeed(better);
  makeAnother(better, "Better seed", { mirror: false });
  vi.stubEnv("SEMBLANCE_PACK", old);
});

interface Opened extends Engine {
  folder: string;
  photos: PhotoId[];
}

interface Place {
  home: string;
  folder: string;
}

/** A folder of real photographs labelled by the old pack, and the data folder, in an empty folder; the engine is closed. */
async function labelIn(root: string, painted = 0): Promise<Place> {
  const [home, folder] = [join(root, "data"), join(root, "photos")];
  const engine = await openEngine(home);
  cpSync(sampleFolder(engine.home), folder, { recursive: true });
  for (let i = 0; i < painted; i++) await paint(join(folder, `painted ${i}.jpg`), i, 64, 64);
  await engine.api.openLibrary({ folder });
  await engine.api.changeSettings({ threshold: 0.05, watchFolder: false });
  await engine.idle();
  await engine.close();
  return { home, folder };
}

const prepared = (painted: number) =>
  preparedFolder(async (root) => {
    usePackIn(root);
    await labelIn(root, painted);
  });
const [few, many] = [prepared(0), prepared(80)];

/** Makes the pack in a folder the old one. */
function usePackIn(root: string): void {
  old = join(root, "pack");
  if (!existsSync(old)) copySeed(old);
  vi.stubEnv("SEMBLANCE_PACK", old);
}

/** The same, with the old pack. @param painted 80 or none */
async function labelledByOldPack(painted: 0 | 80 = 0): Promise<Place> {
  const root = await (painted === 0 ? few : many)();
  usePackIn(root);
  return { home: join(root, "data"), folder: join(root, "photos") };
}

/** The same library, opened with the better pack as the default. */
async function opened({ home, folder }: Place): Promise<Opened> {
  vi.stubEnv("SEMBLANCE_PACK", better);
  const engine = await openEngine(home);
  await engine.api.openLibrary({ folder });
  await engine.idle();
  return { ...engine, folder, photos: (await engine.api.browse(EVERYTHING)).photos };
}

const labelsOf = ({ api, photos }: Opened) =>
  Promise.all(
    photos.map(async (photo) =>
      (await api.photo({ photo })).labels.map(({ label, score, source }) => ({ label, score, source })),
    ),
  );

async function relabelled(engine: Opened): Promise<void> {
  const { job } = await engine.api.relabelWithBetterPack();
  expect(await engine.ended(job)).toMatchObject({ kind: "upgrade", state: "done" });
  await engine.idle();
}

/** Reads from a library that no engine has open. */
function inLibrary<T>({ home, folder }: Place, look: (store: Store) => T): T {
  const store = openStore({ home, folder });
  try {
    return look(store);
  } finally {
    closeStore(store);
  }
}

/** The labels that the old pack gave. */
async function oldLabels(of: Place) {
  vi.stubEnv("SEMBLANCE_PACK", old);
  const engine = await openEngine(of.home);
  await engine.api.openLibrary({ folder: of.folder });
  await engine.idle();
  const labels = await labelsOf({ ...engine, folder: of.folder, photos: (await engine.api.browse(EVERYTHING)).photos });
  await engine.close();
  return labels;
}

for (const gone of [false, true]) {
  const title = gone ? "an older pack that is gone" : "an older pack";

  // guarantee: model-upgrade
  test(`a library of ${title} opens with its labels and embeds nothing; relabelling keeps and learns verdicts and own labels, and can be reverted`, async () => {
    const at = await labelledByOldPack();
    const before = await oldLabels(at);
    expect(before.flat().length).toBeGreaterThan(0);
    if (gone) rmSync(old, { recursive: true });

    const engine = await opened(at);
    const {
      api,
      photos: [one, two, three],
    } = engine;
    expect(await labelsOf(engine)).toEqual(before);
    expect((await api.jobs()).map(({ kind }) => kind)).not.toContain("embed");
    const offer = {
      pack: { name: "seed" },
      embedded: 7,
      upgrade: { from: "Seed: 335 classes, 64x64 pixels", to: "Better seed", photos: 7 },
    };
    expect(await api.library()).toMatchObject(offer);
    await api.changeSettings({ liveLearning: false });

    const [first] = before[2];
    await api.annotate({ photos: [one, two], label: REX, verdict: "accept" });
    await api.annotate({ photos: [three], label: first.label, verdict: "reject" });
    const annotated = await labelsOf(engine);
    await relabelled(engine);
    const info = (await api.library())!;
    expect(info).toMatchObject({
      pack: { title: "Better seed" },
      upgrade: null,
      embedded: 7,
      verdicts: 3,
      newVerdicts: 0,
      model: { kind: "retrained", verdicts: 3 },
      notices: [],
    });
    const after = await labelsOf(engine);
    expect(after).not.toEqual(annotated);
    for (const i of [0, 1]) expect(after[i]).toContainEqual({ label: REX, score: 1, source: "added" });
    expect((await api.photo({ photo: three })).rejected.map(({ label }) => label)).toEqual([first.label]);
    expect(after[2].map(({ label }) => label)).not.toContain(first.label);
    expect((await api.explain({ photo: three, label: REX })).photos.map(({ photo }) => photo).sort()).toEqual(
      [one, two].sort(),
    ); // by their new features
    await expect(api.relabelWithBetterPack()).rejects.toMatchObject({ code: "no-upgrade" });

    await engine.close();
    const again = await opened(at);
    expect(await labelsOf(again)).toEqual(after);
    await again.api.annotate({ photos: [three], label: REX, verdict: "accept" });
    await again.api.goBack();
    await again.idle();
    expect(await again.api.library()).toMatchObject({ ...offer, verdicts: 4, model: { kind: "bundled" } });
    const back = await labelsOf(again);
    expect(back.slice(0, 2)).toEqual(annotated.slice(0, 2));
    expect(back.slice(3)).toEqual(annotated.slice(3));
    const [given, ...others] = back[2];
    // added, or accepted if its two photos were enough for the old pack to predict it
    expect(given).toMatchObject({ label: REX, score: 1 });
    expect(others).toEqual(annotated[2]);
    await expect(again.api.goBack()).rejects.toMatchObject({ code: "no-upgrade" });

    await relabelled(again); // the better pack is offered again
    expect(await again.api.library()).toMatchObject({
      pack: { title: "Better seed" },
      verdicts: 4,
      model: { verdicts: 4 },
    });
  });
}

// guarantee: model-upgrade
test("cancelling leaves the library as it was, and the next attempt reuses the features already computed", async () => {
  const at = await labelledByOldPack(80);
  rmSync(old, { recursive: true });
  const engine = await opened(at);
  const { api } = engine;
  const [labels, info] = [await labelsOf(engine), await api.library()];
  const { job } = await api.relabelWithBetterPack();
  await expect(api.relabelWithBetterPack()).rejects.toMatchObject({ code: "busy" });
  await expect(api.goBack()).rejects.toMatchObject({ code: "busy" });
  await engine.until("job", (received) => received.job === job && received.done > 0);
  await api.cancelJob({ job });
  expect(await engine.ended(job)).toMatchObject({ state: "cancelled" });
  expect(await labelsOf(engine)).toEqual(labels);
  expect(await api.library()).toEqual(info);
  await engine.close();

  const embedded = inLibrary(at, (store) => countFeatures(store, readPack(better).visualId));
  expect(embedded).toBeGreaterThan(0);
  expect(embedded).toBeLessThan(87);
  const again = await opened(at);
  expect(await labelsOf(again)).toEqual(labels);
  const { job: second } = await again.api.relabelWithBetterPack();
  await again.ended(second);
  const totals = again
    .of("job")
    .filter((received) => received.job === second && received.message === null && received.total > 0)
    .map(({ total }) => total);
  expect(Math.max(...totals)).toBe(87 - embedded);
  expect(await again.api.library()).toMatchObject({ embedded: 87, pack: { title: "Better seed" } });
});

// guarantee: model-upgrade
test("an engine that is closed while relabelling keeps the old labels, and resumes only when asked", async () => {
  const at = await labelledByOldPack(80);
  const engine = await opened(at);
  const labels = await labelsOf(engine);
  const { job } = await engine.api.relabelWithBetterPack();
  await engine.until("job", (received) => received.job === job && received.done > 0);
  await engine.close();
  const again = await opened(at);
  expect(await labelsOf(again)).toEqual(labels);
  expect(await again.api.library()).toMatchObject({ upgrade: { photos: 87 }, embedded: 87 });
  await relabelled(again);
  expect(await again.api.library()).toMatchObject({ upgrade: null, pack: { title: "Better seed" } });
});

// guarantee: model-upgrade
test("an engine that is killed while embedding or learning keeps the old labels and versions, and does not resume unasked", async () => {
  const at = await labelledByOldPack(80);
  rmSync(old, { recursive: true });
  const engine = await opened(at);
  const {
    photos: [one],
  } = engine;
  await engine.api.annotate({ photos: [one], label: REX, verdict: "accept" });
  const [labels, models] = [await labelsOf(engine), await engine.api.models()];
  await engine.close();
  for (const killedAt of ["embedding", "retraining on your verdicts"]) {
    const doomed = await startDoomed(at.home);
    const reached = new Promise<void>((resolve) =>
      doomed.on((event, payload) => {
        if (event !== "job") return;
        const { kind, done, message } = payload as Events["job"];
        if (kind === "upgrade" && (killedAt === "embedding" ? done > 0 : message === killedAt)) resolve();
      }),
    );
    await doomed.call("openLibrary", { folder: at.folder });
    await doomed.call("relabelWithBetterPack");
    await reached;
    await doomed.kill();
    const again = await opened(at);
    expect(await labelsOf(again)).toEqual(labels);
    expect(await again.api.models()).toEqual(models);
    expect(again.of("job").map(({ kind }) => kind)).not.toContain("upgrade");
    expect(await again.api.library()).toMatchObject({ upgrade: { to: "Better seed" }, verdicts: 1 });
    await again.close();
  }
  // the second engine was killed after embedding
  expect(inLibrary(at, (store) => countFeatures(store, readPack(better).visualId))).toBe(87);
});

// guarantee: model-upgrade
test("nothing remains of an attempt that was killed after it added models", async () => {
  const at = await labelledByOldPack();
  const models = inLibrary(at, (store) => {
    const { model } = currentModel(store)!;
    const before = listModels(store);
    beginRelabelling(store, model);
    addModel(store, {
      kind: "bundled",
      visualId: "other",
      wordsId: "w",
      projection: new Float32Array(1),
      E: 1,
      D: 1,
      settings: {},
      verdicts: 0,
      loss: null,
      seconds: 0,
    });
    return before;
  });
  const engine = await opened(at);
  expect(await engine.api.models()).toEqual(models);
  expect(await engine.api.library()).toMatchObject({ upgrade: { to: "Better seed" } });
});

test("without the old pack, similar and labelled photos are still found, new photos wait, and calls that need the pack are refused with the reason", async () => {
  const at = await labelledByOldPack();
  rmSync(old, { recursive: true });
  await paint(join(at.folder, "new.jpg"), 5);
  const engine = await opened(at);
  const { api, photos } = engine;
  expect(await api.library()).toMatchObject({
    photos: 8,
    embedded: 7,
    liveLearning: "waits",
    notices: [
      expect.stringMatching(
        /^New photos can’t be labelled: Seed: .* no longer on this computer\. Relabel all photos with Better seed\.$/,
      ),
    ],
  });
  const sailing = (await labelsOf(engine)).flat()[0];
  const counted = (await api.labels()).find(({ label }) => label === sailing.label)!;
  const found = await api.browse({ words: counted.name, sort: "relevance", descending: true, group: "none" });
  expect(found.photos.length).toBeGreaterThanOrEqual(counted.predicted);
  expect((await api.browse({ ...EVERYTHING, similar: { like: [photos[0]], unlike: [] } })).photos).toHaveLength(6);
  expect((await api.explain({ photo: photos[0], label: sailing.label })).classes).toEqual([]);
  await api.annotate({ photos: [photos[0]], label: sailing.label, verdict: "accept" });
  await api.reviewQueue({ limit: 5 });
  await api.labelIssues({ limit: 5 });
  for (const { job } of [await api.findDuplicates(), await api.makeEmbeddingMap()])
    expect(await engine.ended(job)).toMatchObject({ state: "done" });
  expect((await api.embeddingMap())?.photos).toHaveLength(7);
  expect(await api.browse({ words: "xylophone", sort: "relevance", descending: true, group: "none" })).toMatchObject({
    photos: [],
    unknown: [],
  });
  await expect(api.retrain()).rejects.toMatchObject({
    code: "pack-gone",
    message: expect.stringContaining("Relabel them with Better seed first") as string,
  });
  await expect(api.useModel({ model: 1 })).rejects.toMatchObject({ code: "pack-gone" });
  await expect(
    api.exportLabeller({ file: join(temporaryFolder(), "l.onnx"), overwrite: false, top: 5, threshold: 0 }),
  ).rejects.toMatchObject({ code: "pack-gone" });
  await api.changeSettings({ labelSet: "pack-classes" });
  await engine.idle();
  expect((await labelsOf(engine)).flat().length).toBeGreaterThan(0);
  await relabelled(engine);
  expect(await api.library()).toMatchObject({ photos: 8, embedded: 8, notices: [] });
});

test("offers the bundled pack to a library of an earlier version's seed pack, whether or not that pack was chosen", async () => {
  old = SEED;
  const at = await labelIn(temporaryFolder());
  inLibrary(at, ({ db }) => db.exec("DELETE FROM meta WHERE key LIKE 'pack %'"));
  better = BUNDLED_PACK;
  const engine = await opened(at);
  const labels = await labelsOf(engine);
  expect(await engine.api.library()).toMatchObject({
    pack: { name: "seed" },
    upgrade: { from: "Seed: 335 classes, 64x64 pixels", to: "EfficientNet-Lite2, ImageNet-1K", photos: 7 },
  });
  await relabelled(engine);
  expect(await engine.api.library()).toMatchObject({ pack: { name: BUNDLED_PACK }, upgrade: null });
  expect(await labelsOf(engine)).not.toEqual(labels);
  await engine.api.goBack();
  await engine.idle();
  expect(await labelsOf(engine)).toEqual(labels);
  await engine.close();

  const chosen = await openFolder(at.home, at.folder, { pack: SEED });
  await chosen.dispose();
  closeStore(chosen.library.store);
  expect(await (await opened(at)).api.library()).toMatchObject({
    pack: { name: "seed" },
    notices: [],
    upgrade: { to: "EfficientNet-Lite2, ImageNet-1K" },
  });
}, 120_000);

test("a library without stored labels is labelled by the better pack at once", async () => {
  const at = await labelledByOldPack();
  rmSync(old, { recursive: true });
  deleteCache(libraryDirectory(at.home, at.folder));
  const engine = await opened(at);
  expect(await engine.api.library()).toMatchObject({
    upgrade: null,
    pack: { title: "Better seed" },
    embedded: 7,
    notices: [],
  });
});

test("a library with a chosen pack is offered no other unless that pack is missing; relabelling follows the default, and reverting returns to the chosen pack", async () => {
  makeAnother(old, "A person's own", {
    mirror: false,
    input: {
      ...(JSON.parse(readFileSync(join(SEED, "pack.json"), "utf8")) as { visual: { input: object } }).visual.input,
      std: [0.25, 0.25, 0.25],
    },
  });
  const at = await labelIn(temporaryFolder());
  vi.stubEnv("SEMBLANCE_PACK", better);
  const chosen = await openFolder(at.home, at.folder, { pack: old });
  await chosen.dispose();
  closeStore(chosen.library.store);
  const first = await opened(at);
  expect(await first.api.library()).toMatchObject({ pack: { title: "A person's own" }, upgrade: null });
  await first.close();
  renameSync(old, `${old} away`);
  const engine = await opened(at);
  expect(await engine.api.library()).toMatchObject({ upgrade: { to: "Better seed" } });
  await relabelled(engine);
  await engine.close();
  const after = await opened(at);
  expect(await after.api.library()).toMatchObject({ pack: { title: "Better seed" }, upgrade: null, notices: [] });
  await after.api.goBack();
  await after.idle();
  expect(await after.api.library()).toMatchObject({
    upgrade: { to: "Better seed" },
    liveLearning: "waits",
    notices: [],
  });
  await after.close();
  renameSync(`${old} away`, old);
  expect(await (await opened(at)).api.library()).toMatchObject({
    pack: { title: "A person's own" },
    upgrade: null,
    liveLearning: "on",
    notices: [],
  });
});

test("semblance tag reports a better pack in one line, --relabel relabels, and models --back reverts", async () => {
  const at = await labelledByOldPack();
  const env = { SEMBLANCE_PACK: better };
  const first = await semblance(at.home, ["tag", at.folder], { env });
  expect(first).toMatchObject({
    code: 0,
    stderr:
      "These photos were labelled by Seed: 335 classes, 64x64 pixels. A better model is available: Better seed. --relabel labels all photos with it and keeps your verdicts.\n",
  });
  renameSync(old, `${old} away`);
  expect(await semblance(at.home, ["tag", at.folder], { env })).toMatchObject({
    code: 0,
    stdout: first.stdout,
    stderr: expect.stringContaining("is no longer on this computer, so new photos can't be labelled") as string,
  });
  expect(await semblance(at.home, ["retrain", at.folder], { env })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("Relabel them with Better seed first") as string,
  });
  renameSync(`${old} away`, old);
  const again = await semblance(at.home, ["tag", at.folder, "--relabel"], { env });
  expect(again).toMatchObject({ code: 0, stderr: "" });
  expect(jsonLines(again.stdout)).toHaveLength(7);
  expect(again.stdout).not.toBe(first.stdout);
  expect((await semblance(at.home, ["tag", at.folder, "--relabel"], { env })).stdout).toBe(again.stdout);
  expect(await semblance(at.home, ["models", at.folder, "--back"], { env })).toMatchObject({ code: 0 });
  expect(await semblance(at.home, ["tag", at.folder], { env })).toEqual(first);
  expect(await semblance(at.home, ["tag", at.folder, "--relabel", "--pack", old], { env })).toMatchObject({ code: 2 });
});
