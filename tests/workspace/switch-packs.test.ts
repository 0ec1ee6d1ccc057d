import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { decode } from "../../src-main/images/decode-client";
import { closeStore, openStore } from "../../src-main/store/database";
import { countFeatures } from "../../src-main/store/features";
import { readPack } from "../../src-main/vision/pack";
import type { Events, PhotoId, View } from "../../src-shared/contract";
import { startDoomed } from "../../tools/soak/doomed-engine";
import { drawPhotos, KINDS } from "../fixtures/drawn-photos";
import { type Engine, openEngine } from "../fixtures/open-engine";
import { paint } from "../fixtures/photo-folder";
import { copySeed, makeAnother } from "../fixtures/seed-packs";

vi.mock("../../src-main/images/decode-client", async (original) => {
  const real = await original<typeof import("../../src-main/images/decode-client")>();
  return { ...real, decode: vi.fn(real.decode) };
});

const EACH = 4;
const PHOTOS = KINDS.length * EACH;
const REX = "own:Rex";
const EVERYTHING: View = { sort: "name", descending: false, group: "none" };

const root = realpathSync(mkdtempSync(join(tmpdir(), "semblance-switching-")));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const folder = join(root, "photos");
await drawPhotos(folder, EACH);
const [one, other] = [copySeed(join(root, "one")), copySeed(join(root, "other"))];
makeAnother(other, "Other seed", { mirror: false });
const [ONE, OTHER] = [readPack(one).visualId, readPack(other).visualId];

let home: string;
let homes = 0;
beforeEach(() => {
  home = join(root, `home ${homes++}`);
  mkdirSync(home);
  vi.stubEnv("SEMBLANCE_PACK", one);
});

async function opened(): Promise<Engine & { photos: PhotoId[] }> {
  const engine = await openEngine(home);
  await engine.api.openLibrary({ folder });
  await engine.idle();
  await engine.api.changeSettings({ liveLearning: false, watchFolder: false, threshold: 0.05 });
  return { ...engine, photos: (await engine.api.browse(EVERYTHING)).photos };
}

/** All that a person made, and what the labels say of it. */
const made = async ({ api }: Engine, photos: PhotoId[]) => ({
  verdicts: (await api.library())!.verdicts,
  labels: await Promise.all(
    photos.map(async (photo) => {
      const { labels, rejected } = await api.photo({ photo });
      return [labels.filter(({ source }) => source !== "predicted"), rejected.map(({ label }) => label)];
    }),
  ),
  cards: (await api.labelCards()).filter(({ label }) => label === REX),
  searches: await api.savedSearches(),
  split: { ...(await api.splitState()), stale: null }, // near-duplicates are of one pack's features
});

const predicted = ({ api }: Engine, photos: PhotoId[]) =>
  Promise.all(
    photos.map(async (photo) =>
      (await api.photo({ photo })).labels.filter(({ source }) => source === "predicted").map(({ label }) => label),
    ),
  );

async function use(engine: Engine, name: string): Promise<void> {
  const { job } = await engine.api.usePack({ name });
  expect(await engine.ended(job)).toMatchObject({ kind: "upgrade", state: "done" });
  await engine.idle();
}

const featuresKept = () => {
  const store = openStore({ home, folder });
  try {
    return [ONE, OTHER].map((id) => countFeatures(store, id));
  } finally {
    closeStore(store);
  }
};

// guarantee: switch-packs
test("switching packs and back keeps verdicts, own labels, saved searches and splits, and analyses each photo once per pack", async () => {
  const engine = await opened();
  const { api, photos } = engine;
  const [chequers, discs] = [photos.slice(0, EACH), photos.slice(EACH, 2 * EACH)];
  await api.annotate({ photos: chequers.slice(1), label: REX, verdict: "accept" });
  await api.annotate({ photos: discs.slice(0, 2), label: REX, verdict: "reject" });
  await api.changeLabel({ label: REX, change: { colour: "red" } });
  await api.saveSearch({ name: "Rex", query: "label:Rex", ...EVERYTHING });
  await engine.ended((await api.findDuplicates()).job);
  await api.makeSplit({ train: 0.5, validation: 0, test: 0.5, seed: 3 });
  await engine.ended((await api.retrain()).job);
  await engine.idle();
  const [before, labels] = [await made(engine, photos), await predicted(engine, photos)];
  expect(labels.flat()).toContain(REX);

  await use(engine, other);
  expect(await api.library()).toMatchObject({ pack: { title: "Other seed" }, embedded: PHOTOS, newVerdicts: 0 });
  expect(await made(engine, photos)).toEqual(before);
  expect((await predicted(engine, photos)).flat()).toContain(REX); // learned from the other features
  await engine.close();
  expect(featuresKept()).toEqual([PHOTOS, PHOTOS]);

  vi.mocked(decode).mockClear();
  const again = await opened();
  expect(await again.api.library()).toMatchObject({ pack: { title: "Other seed" }, upgrade: null });
  await use(again, one);
  expect(decode).not.toHaveBeenCalled();
  expect((await again.api.about()).backends[0]).toMatchObject({ why: "starts with the first new photo" });
  expect(await made(again, photos)).toEqual(before);
  expect(await predicted(again, photos)).toEqual(labels);
  await expect(again.api.usePack({ name: one })).rejects.toMatchObject({ code: "no-upgrade" });
  await expect(again.api.usePack({ name: join(root, "nothing") })).rejects.toMatchObject({ code: "no-pack" });

  await paint(join(folder, "late.jpg"), 77);
  await again.api.rescan();
  await again.idle();
  await use(again, other);
  expect(vi.mocked(decode).mock.calls.length).toBe(2); // the new photo, once for each pack
  await again.close();
  rmSync(join(folder, "late.jpg"));
});

// guarantee: switch-packs
test("an engine that is killed while switching keeps its pack, labels and verdicts, and both packs' features", async () => {
  const engine = await opened();
  const { api, photos } = engine;
  await api.annotate({ photos: [photos[0]], label: REX, verdict: "accept" });
  await engine.ended((await api.retrain()).job);
  await engine.idle();
  const [before, labels, models] = [await made(engine, photos), await predicted(engine, photos), await api.models()];
  await engine.close();
  const features = [];
  for (const killedAt of ["embedding", "retraining on your verdicts"]) {
    const doomed = await startDoomed(home);
    const reached = new Promise<void>((resolve) =>
      doomed.on((event, payload) => {
        if (event !== "job") return;
        const { kind, done, message } = payload as Events["job"];
        if (kind === "upgrade" && (killedAt === "embedding" ? done > 0 : message === killedAt)) resolve();
      }),
    );
    await doomed.call("openLibrary", { folder });
    await doomed.call("usePack", { name: other });
    await reached;
    await doomed.kill();
    features.push(featuresKept());
    const after = await opened();
    expect(await after.api.library()).toMatchObject({ pack: { title: "Seed: 335 classes, 64x64 pixels" } });
    expect(await made(after, photos)).toEqual(before);
    expect(await predicted(after, photos)).toEqual(labels);
    expect(await after.api.models()).toEqual(models);
    await after.close();
  }
  expect(features[0][0]).toBe(PHOTOS);
  expect(features[1]).toEqual([PHOTOS, PHOTOS]);
});
