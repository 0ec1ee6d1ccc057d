import type { ComparedPhoto, LabelId, PackComparison, PhotoLabel } from "../../../src-shared/contract";
import { formatCount } from "../../../src-shared/format-count";
import { Refusal } from "../../../src-shared/refusal";
import type { JobHandle } from "../../base/jobs";
import { fitInWorker } from "../../devise/fit-in-worker";
import { concludeFrom, MIN_PHOTOS } from "../../evaluation/compare-conclusion";
import { pairedBootstrap } from "../../evaluation/paired-bootstrap";
import {
  calibrationMeasure,
  firstLabelsRight,
  firstMeasure,
  precisionMeasure,
} from "../../evaluation/verdict-measures";
import type { JudgedPhoto, RankedLabels } from "../../evaluation/verdict-truth";
import { readMeta, writeMeta } from "../../store/database";
import { countToEmbed } from "../../store/decoded-photos";
import { photosWithFeatures } from "../../store/features";
import { openNetworks, standaloneVisualModel } from "../../vision/networks";
import { type NamedPack, namedPack, rememberedPacks, rememberPack } from "../../workspace/choose-pack";
import { embedPhotos } from "../../workspace/embed-photos";
import { type OpenLibrary, requirePack } from "../../workspace/open-library";
import { type PackParts, seenThroughPack } from "../../workspace/prepare-library";
import { heldOutLabels } from "./held-out-labels";
import { evenSample, foldsOf, judgedPhotos, unitsOf } from "./judged-photos";

const FOLDS = 5;
/** With fewer photos with an accepted label, there is nothing to learn from and measure. */
const LEAST_PHOTOS = 5;
/** Photos with verdicts compared at most. */
const MOST_PHOTOS = 2000;
const MOST_EXAMPLES = 60;
/** Key in the `meta` table. */
const COMPARISON_KEY = "comparison of packs";

/** The library's own pack, as `comparePacks` takes it. @throws Refusal `pack-gone` */
export function packInUse(library: OpenLibrary): NamedPack {
  requirePack(library);
  const { store, pack } = library;
  return { pack, from: rememberedPacks(store).get(pack.visualId)?.from ?? pack.folder };
}

/** @throws Refusal `few-verdicts` */
export function refuseFewVerdicts({ store }: OpenLibrary): void {
  const judged = judgedPhotos(store).filter(({ accepted }) => accepted.length > 0).length;
  if (judged < LEAST_PHOTOS)
    throw new Refusal(
      "few-verdicts",
      `${store.folder} has ${formatCount(judged, "photo")} with an accepted label. Comparing models takes at least ` +
        `${LEAST_PHOTOS}, and ${MIN_PHOTOS} to tell which is better. Accept or add labels first.`,
    );
}

/**
 * Compares two packs on the library's verdicts, five-fold: each pack learns from the verdicts on four fifths of the
 * photos and labels the rest. Photos with verdicts that a pack hasn't analysed are analysed first, and their features
 * kept. Changes no label and no version. The result is kept as the library's last comparison.
 * @throws Refusal `few-verdicts`, or of the packs
 */
export async function comparePacks(
  library: OpenLibrary,
  a: NamedPack,
  b: NamedPack,
  job: JobHandle,
): Promise<PackComparison> {
  const { store, lexicon } = library;
  refuseFewVerdicts(library);
  const all = judgedPhotos(store);
  const sample = evenSample(all, MOST_PHOTOS);
  for (const named of [a, b]) {
    rememberPack(store, named);
    await analyse(library, named, sample, job);
  }
  const photos = withFeaturesOf(library, [a, b], sample);
  job.phase("finding near-duplicates");
  const units = await unitsOf({ store, pack: a.pack }, photoIds(photos), job);
  const folds = { fold: foldsOf(units, FOLDS), folds: FOLDS };
  const labels = new Set(photos.flatMap(({ accepted, rejected }) => [...accepted, ...rejected]));
  const labelsOf = async ({ pack }: NamedPack): Promise<RankedLabels[]> => {
    const networks = openNetworks(pack);
    try {
      const parts: PackParts = {
        fit: (data, settings) => fitInWorker(data, settings),
        text: networks.text(),
        within: (work) => work({ signal: job.signal, progress: job.progress }),
      };
      const seen = await seenThroughPack(store, lexicon, pack, parts, []);
      job.phase(`learning with ${pack.title}`);
      return await heldOutLabels(seen, photos, folds, labels, {
        signal: job.signal,
        onFold: (fold) => job.progress(fold, FOLDS),
      });
    } finally {
      await networks.close();
    }
  };
  const ranked = { a: await labelsOf(a), b: await labelsOf(b) };
  await job.yield();
  job.phase("measuring");
  const wordnet = { isA: remembering(lexicon.wordnet.isA) };
  const right = {
    a: firstLabelsRight(photos, ranked.a, wordnet),
    b: firstLabelsRight(photos, ranked.b, wordnet),
  };
  const both = <T>(of: (pack: "a" | "b") => T) => ({ a: of("a"), b: of("b") });
  const measures = await pairedBootstrap(
    {
      first: both((pack) => firstMeasure(right[pack])),
      precision: both((pack) => precisionMeasure(photos, ranked[pack], wordnet)),
      calibration: both((pack) => calibrationMeasure(photos, ranked[pack], wordnet)),
    },
    units,
    { signal: job.signal, onProgress: job.progress },
  );
  const different = units.filter((unit) => unit.some((row) => photos[row]!.accepted.length > 0)).length;
  const comparison: PackComparison = {
    at: new Date().toISOString(),
    a: describe(a),
    b: describe(b),
    photos: photos.length,
    verdicts: photos.reduce((sum, { accepted, rejected }) => sum + accepted.length + rejected.length, 0),
    leftOut: all.length - photos.length,
    measures,
    ...concludeFrom(measures, different, titlesOf(a, b)),
    examples: examplesOf(library, photos, ranked, right),
  };
  writeMeta(store, COMPARISON_KEY, JSON.stringify(comparison));
  return comparison;
}

/** The library's last comparison; null before the first. */
export function lastPackComparison({ store }: OpenLibrary): PackComparison | null {
  const stored = readMeta(store, COMPARISON_KEY);
  return stored ? (JSON.parse(stored) as PackComparison) : null;
}

/** For the command line. @param names two packs, or one to compare with the library's own @throws Refusal `no-pack` */
export function packsToCompare(library: OpenLibrary, names: readonly string[]): [NamedPack, NamedPack] {
  if (names.length < 1 || names.length > 2)
    throw new Refusal("no-pack", `Name one or two packs to compare, not ${names.length}.`);
  const packs = names.map((name) => namedPack(name, library.store.home));
  return packs.length === 2 ? [packs[0]!, packs[1]!] : [packInUse(library), packs[0]!];
}

async function analyse(
  { store }: OpenLibrary,
  { pack }: NamedPack,
  photos: readonly JudgedPhoto[],
  job: JobHandle,
): Promise<void> {
  const only = photoIds(photos);
  if (countToEmbed(store, pack.visualId, only) === 0) return; // starting the network takes seconds
  job.phase(`analysing photos with ${pack.title}`);
  const model = await standaloneVisualModel(pack);
  try {
    await embedPhotos(store, pack, model, job, () => undefined, { only });
  } finally {
    await model.dispose();
  }
}

/** @throws Refusal `few-verdicts` */
function withFeaturesOf(
  { store }: OpenLibrary,
  packs: readonly NamedPack[],
  photos: readonly JudgedPhoto[],
): JudgedPhoto[] {
  const analysed = packs.map(({ pack }) => new Set(photosWithFeatures(store, pack.visualId)));
  const found = photos.filter(({ photo }) => analysed.every((set) => set.has(photo)));
  if (found.filter(({ accepted }) => accepted.length > 0).length < LEAST_PHOTOS)
    throw new Refusal(
      "few-verdicts",
      `Only ${formatCount(found.length, "photo")} with verdicts can be read in ${store.folder}; comparing models takes ${LEAST_PHOTOS}.`,
    );
  return found;
}

/** Measures ask about the same pairs of labels for every photo. */
function remembering(isA: (label: LabelId, ancestor: LabelId) => boolean): typeof isA {
  const known = new Map<string, boolean>();
  return (label, ancestor) => {
    const pair = `${label}\n${ancestor}`;
    const is = known.get(pair) ?? isA(label, ancestor);
    known.set(pair, is);
    return is;
  };
}

const photoIds = (photos: readonly JudgedPhoto[]) => photos.map(({ photo }) => photo);

const describe = ({ pack: { visualId, name, title }, from }: NamedPack) => ({ visualId, name, title, from });

/** Titles, or names and ids where those are the same. */
function titlesOf(a: NamedPack, b: NamedPack): { a: string; b: string } {
  if (a.pack.title !== b.pack.title) return { a: a.pack.title, b: b.pack.title };
  return { a: `${a.pack.title} (${a.from})`, b: `${b.pack.title} (${b.from})` };
}

/** Photos that one pack gets right and the other doesn't, by turns; those that the right one is surest of first. */
function examplesOf(
  { lexicon }: OpenLibrary,
  photos: readonly JudgedPhoto[],
  ranked: { a: RankedLabels[]; b: RankedLabels[] },
  right: { a: (boolean | null)[]; b: (boolean | null)[] },
): ComparedPhoto[] {
  const predicted = (labels: RankedLabels): PhotoLabel | null =>
    labels[0]
      ? { label: labels[0].label, ...lexicon.named(labels[0].label), score: labels[0].confidence, source: "predicted" }
      : null;
  const nameEach = (labels: LabelId[]) => labels.map((label) => ({ label, name: lexicon.named(label).name }));
  const won = (pack: "a" | "b"): ComparedPhoto[] =>
    photos
      .flatMap(({ photo, accepted, rejected }, i) =>
        right[pack][i] === true && right[pack === "a" ? "b" : "a"][i] === false
          ? [
              {
                photo,
                a: predicted(ranked.a[i]!),
                b: predicted(ranked.b[i]!),
                right: pack,
                accepted: nameEach(accepted),
                rejected: nameEach(rejected),
              },
            ]
          : [],
      )
      .sort((x, y) => y[pack]!.score - x[pack]!.score || x.photo - y.photo);
  const [byA, byB] = [won("a"), won("b")];
  return Array.from({ length: Math.max(byA.length, byB.length) }, (_, i) => [
    ...byA.slice(i, i + 1),
    ...byB.slice(i, i + 1),
  ])
    .flat()
    .slice(0, MOST_EXAMPLES);
}
