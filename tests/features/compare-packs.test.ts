import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createJobs, runJobIn } from "../../src-main/base/jobs";
import type { JudgedPhoto } from "../../src-main/evaluation/verdict-truth";
import { heldOutLabels } from "../../src-main/features/learn/held-out-labels";
import { foldsOf, unitsOf } from "../../src-main/features/learn/judged-photos";
import { decode } from "../../src-main/images/decode-client";
import { closeStore } from "../../src-main/store/database";
import { openFolder } from "../../src-main/workspace/open-folder";
import type { LabelId, PackComparison, PhotoId } from "../../src-shared/contract";
import { drawPhotos, KINDS, UNKNOWN_WORDS } from "../fixtures/drawn-photos";
import { type Engine, startEngine } from "../fixtures/open-engine";
import { blindPack, copySeed } from "../fixtures/seed-packs";

vi.mock("../../src-main/images/decode-client", async (original) => {
  const real = await original<typeof import("../../src-main/images/decode-client")>();
  return { ...real, decode: vi.fn(real.decode) };
});

const EACH = 8;
const PHOTOS = KINDS.length * EACH;
const OWN_LABELS = Object.values(UNKNOWN_WORDS).map((word): LabelId => `own:${word}`);
const root = realpathSync(mkdtempSync(join(tmpdir(), "semblance-comparing-")));
const [folder, home] = [join(root, "photos"), join(root, "home")];
const [seed, blind] = [join(root, "seed"), join(root, "blind")];
let engine: Engine;
/** By kind: chequers, discs, stripes. */
let byKind: PhotoId[][];

beforeAll(async () => {
  await drawPhotos(folder, EACH);
  blindPack(blind);
  vi.stubEnv("SEMBLANCE_PACK", copySeed(seed));
  engine = await startEngine(home);
  await engine.api.openLibrary({ folder });
  await engine.api.changeSettings({ liveLearning: false, watchFolder: false, labelSet: "pack-classes" });
  await engine.idle();
  const { photos } = await engine.api.browse({ sort: "name", descending: false, group: "none" });
  byKind = KINDS.map((_, kind) => photos.slice(kind * EACH, (kind + 1) * EACH));
}, 120_000);

afterAll(async () => {
  await engine.close();
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

async function compared(name: string): Promise<PackComparison> {
  const { job } = await engine.api.comparePacks({ name });
  expect(await engine.ended(job)).toMatchObject({ kind: "compare", state: "done" });
  return (await engine.api.packComparison())!;
}

const features = async (title: string) =>
  (await engine.api.libraryPacks()).find((pack) => pack.title === title)?.photos ?? 0;

test("refuses to compare on too few verdicts, and packs that it can't read", async () => {
  await expect(engine.api.comparePacks({ name: blind })).rejects.toMatchObject({
    code: "few-verdicts",
    message: expect.stringContaining(
      "has 0 photos with an accepted label. Comparing models takes at least 5",
    ) as string,
  });
  expect(await engine.api.verdictEvaluation()).toEqual({ evaluation: null, isCurrent: false, judged: 0, needed: 20 });
  const { job } = await engine.api.evaluateVerdicts();
  expect(await engine.ended(job)).toMatchObject({
    kind: "verdicts",
    state: "failed",
    message: expect.stringContaining("0 photos with an accepted label. Evaluating takes at least 20") as string,
  });
  await expect(engine.api.comparePacks({ name: join(root, "none") })).rejects.toMatchObject({ code: "no-pack" });
  expect(await engine.api.packComparison()).toBeNull();
});

test("a cancelled comparison keeps what it analysed, and no result", async () => {
  for (const [kind, photos] of byKind.entries())
    await engine.api.annotate({ photos, label: OWN_LABELS[kind], verdict: "accept" });
  const { job } = await engine.api.comparePacks({ name: blind });
  await engine.until("job", (received) => received.job === job && received.done > 0);
  await expect(engine.api.dropFeatures({ visualId: "any" })).rejects.toMatchObject({ code: "busy" });
  await engine.api.cancelJob({ job });
  expect(await engine.ended(job)).toMatchObject({ state: "cancelled" });
  expect(await features("Blind seed")).toBeGreaterThan(0);
  expect(await engine.api.packComparison()).toBeNull();
});

// guarantee: compare-packs
test("finds that a pack that can't tell photos apart is worse, and changes no label, version or verdict", async () => {
  const state = async () => ({
    info: await engine.api.library(),
    models: await engine.api.models(),
    labels: await Promise.all(byKind.flat().map(async (photo) => (await engine.api.photo({ photo })).labels)),
  });
  const before = await state();
  const result = await compared(blind);
  expect(await state()).toEqual(before);
  expect(result).toMatchObject({
    a: { title: "Seed: 335 classes, 64x64 pixels" },
    b: { title: "Blind seed", from: blind },
    photos: PHOTOS,
    verdicts: PHOTOS,
    leftOut: 0,
    better: "a",
    needed: null,
    sentence: expect.stringMatching(
      /^Seed: 335 classes, 64x64 pixels is better for you: it puts a right label first on \d+% of your photos, Blind seed on \d+% /,
    ) as string,
  });
  const { first, precision } = result.measures;
  for (const measured of [first!, precision!]) {
    expect(measured.difference.value).toBeCloseTo(measured.b.value - measured.a.value, 12);
    expect(measured.difference.interval[1]).toBeLessThan(0);
  }
  expect(first).toMatchObject({ n: PHOTOS });
  expect(precision).toMatchObject({ n: 3 });
  // Photos that the seed pack alone gets right, and those that the other does.
  expect(result.examples.filter(({ right }) => right === "a").length / PHOTOS).toBeCloseTo(
    first!.a.value - first!.b.value + result.examples.filter(({ right }) => right === "b").length / PHOTOS,
    12,
  );
  const [example] = result.examples;
  expect(example.a!.label).toBe(example.accepted[0].label);
  expect(example.b?.label).not.toBe(example.accepted[0].label);
  expect(await features("Blind seed")).toBe(PHOTOS);
});

// guarantee: compare-packs
test("says that equal packs don't differ, and analyses no photo again", async () => {
  vi.mocked(decode).mockClear();
  const result = await compared(copySeed(join(root, "twin")));
  expect(decode).not.toHaveBeenCalled();
  for (const measured of Object.values(result.measures))
    expect(measured!.difference).toEqual({ value: 0, interval: [0, 0] });
  expect(result).toMatchObject({ better: "none", needed: null, examples: [] });
  expect(result.sentence).toMatch(/^No difference: with both models a right label comes first on \d+% of your photos/);
});

test("measures the labels in use on the library's verdicts, as the comparison does, until verdicts change", async () => {
  await engine.api.changeSettings({ threshold: 0.05 });
  const { measures } = (await engine.api.packComparison())!;
  const { job } = await engine.api.evaluateVerdicts();
  expect(await engine.ended(job)).toMatchObject({ kind: "verdicts", state: "done", message: `${PHOTOS} photos` });
  const { evaluation, ...state } = await engine.api.verdictEvaluation();
  expect(state).toEqual({ isCurrent: true, judged: PHOTOS, needed: 0 });
  const { first, precision, calibration, labels } = evaluation!;
  expect({ first, precision, calibration }).toEqual({
    first: { ...measures.first!.a, n: measures.first!.n },
    precision: { ...measures.precision!.a, n: measures.precision!.n },
    calibration: { ...measures.calibration!.a, n: measures.calibration!.n },
  });
  expect(labels.map(({ label }) => label).sort()).toEqual(OWN_LABELS.toSorted());
  for (const { right, missed, wrong } of labels) {
    expect(right + missed).toBe(EACH);
    expect(wrong).toBeLessThanOrEqual(PHOTOS - EACH);
  }
  expect(labels.reduce((sum, { right }) => sum + right, 0)).toBeGreaterThan(0);
  await engine.api.annotate({ photos: byKind[0].slice(0, 1), label: OWN_LABELS[1], verdict: "reject" });
  expect(await engine.api.verdictEvaluation()).toMatchObject({ isCurrent: false, needed: 0 });
  await engine.api.undo();
});

test("drops the other pack's features when asked, but never those in use", async () => {
  const [own, ...others] = await engine.api.libraryPacks();
  expect(own).toMatchObject({ isInUse: true, photos: PHOTOS });
  await expect(engine.api.dropFeatures({ visualId: own.visualId })).rejects.toMatchObject({ code: "pack-in-use" });
  const { visualId } = others.find(({ title }) => title === "Blind seed")!;
  expect(await engine.api.dropFeatures({ visualId })).toMatchObject({ photos: PHOTOS });
  expect(await features("Blind seed")).toBe(0);
  expect(await features(own.title)).toBe(PHOTOS);
});

test("near-duplicates stay on one side, and no photo's verdicts teach the labels that it is measured by", async () => {
  await engine.close();
  for (const width of [60, 130])
    await sharp(join(folder, "discs 0.png"))
      .resize(width)
      .toFile(join(folder, `discs 0 at ${width}.png`));
  engine = await startEngine(home);
  await engine.api.openLibrary({ folder });
  await engine.idle();
  await engine.close();
  const opened = await openFolder(home, folder);
  const { library } = opened;
  try {
    const paths = library.store.db
      .prepare<[], { photo: PhotoId; path: string }>("SELECT photo, path FROM file WHERE missing = 0 ORDER BY photo")
      .all();
    const ids = paths.map(({ photo }) => photo);
    const copies = paths.flatMap(({ path }, row) => (path.startsWith("discs 0") ? [row] : []));
    const units = await runJobIn(createJobs(() => undefined))("compare", (job) => unitsOf(library, ids, job));
    expect(units.flat().sort((a, b) => a - b)).toEqual(ids.map((_, row) => row));
    expect(units.find((unit) => unit.includes(copies[0]))!.toSorted((a, b) => a - b)).toEqual(copies);
    const fold = foldsOf(units, 5);
    expect(new Set(copies.map((row) => fold[row])).size).toBe(1);
    const sizes = Array.from({ length: 5 }, (_, each) => fold.filter((one) => one === each).length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);

    const judged = (turned: ReadonlySet<PhotoId>): JudgedPhoto[] =>
      paths.map(({ photo, path }) => {
        const kind = KINDS.findIndex((each) => path.startsWith(each));
        return { photo, accepted: [OWN_LABELS[turned.has(photo) ? (kind + 1) % 3 : kind]], rejected: [] };
      });
    const half = { fold: Uint8Array.from(ids, (_, row) => row % 2), folds: 2 };
    const labels = new Set(OWN_LABELS);
    const watch = { signal: new AbortController().signal, onFold: () => undefined };
    const turned = new Set(ids.filter((_, row) => half.fold[row] === 0));
    const [one, other] = [
      await heldOutLabels(library, judged(new Set()), half, labels, watch),
      await heldOutLabels(library, judged(turned), half, labels, watch),
    ];
    const held = (row: number) => half.fold[row] === 0;
    expect(other.filter((_, row) => held(row))).toEqual(one.filter((_, row) => held(row)));
    expect(other.filter((_, row) => !held(row))).not.toEqual(one.filter((_, row) => !held(row)));
  } finally {
    await opened.dispose();
    closeStore(library.store);
  }
});
