import type { LabelId, Mislabel, PhotoId } from "../../../src-shared/contract";
import { confidentLearning } from "../../curate/confident-learning";
import { leaveOneOut } from "../../curate/leave-one-out";
import { fitSharpness } from "../../curate/score-softmax";
import { softmax } from "../../math/softmax";
import { takeRows } from "../../math/take-rows";
import { lastVerdictEvent, standingVerdicts } from "../../store/verdicts";
import type { WordNet } from "../../words/wordnet";
import { measuredFeatures } from "../../workspace/measured-features";
import type { Workbench } from "../../workspace/workbench";

/** A label that fewer photos were given says too little of what it looks like. */
const LEAST_PHOTOS = 3;
/** Examples that tell how sharp probabilities are, evenly taken. */
export const TELLING = 500;

/** An accepted label that its photo speaks against. */
interface Suspect {
  photo: PhotoId;
  given: LabelId;
  suggested: LabelId;
  score: number;
}

/** Accepted labels, each on one photo, as numbers. */
interface Examples {
  /** C */
  labels: LabelId[];
  /** `[n]` */
  photos: PhotoId[];
  /** `[n]` rows of `labels` */
  given: number[];
  /** `[n]` rows of `labels` that the photo cannot have been meant to get in the place of the given one */
  barred: number[][];
}

interface Found {
  event: number;
  visualId: string;
  suspects: Promise<Suspect[]>;
}

const found = new WeakMap<Workbench, Found>();

/**
 * Accepted labels, a person's and imported ones, that are likely to be wrong, most suspicious first: those that
 * confident learning counts under
 * another label, see `confidentLearning`. How likely a label is, the label's other photos say. Nothing is changed: a
 * person rejects the given
 * label, or the suggested one, which is then not suggested again.
 * @returns nothing where fewer than two labels have three photos each
 */
export async function likelyMislabels(bench: Workbench, limit: number): Promise<Mislabel[]> {
  const { library, pack, lexicon } = bench;
  const event = lastVerdictEvent(library);
  let there = found.get(bench);
  if (there?.event !== event || there.visualId !== pack.visualId) {
    const suspects = suspectsOf(bench);
    found.set(bench, (there = { event, visualId: pack.visualId, suspects }));
    suspects.catch(() => found.delete(bench)); // the caller is told; the next one tries again
  }
  const named = (label: LabelId) => ({ label, ...lexicon.named(label) });
  return (await there.suspects)
    .slice(0, limit)
    .map(({ photo, given, suggested, score }) => ({ photo, given: named(given), suggested: named(suggested), score }));
}

async function suspectsOf(bench: Workbench): Promise<Suspect[]> {
  const { library, pack, lexicon } = bench;
  const verdicts = standingVerdicts(library);
  const accepted = verdicts.filter(({ verdict }) => verdict === "accept");
  const seen = await measuredFeatures(
    bench,
    accepted.map(({ photo }) => photo),
  );
  const rowOf = new Map(seen.photos.map((photo, row) => [photo, row]));
  const { labels, photos, given, barred } = examplesOf(
    verdicts.filter(({ photo }) => rowOf.has(photo)),
    lexicon.wordnet,
  );
  const [n, C, D] = [photos.length, labels.length, pack.dimensions];
  if (C < 2) return [];
  const labelled = [...new Set(photos)];
  const place = new Map(labelled.map((photo, at) => [photo, at]));
  const classes = labelled.map((): number[] => []);
  photos.forEach((photo, i) => classes[place.get(photo)!].push(given[i]));
  const likeness = await leaveOneOut({
    rows: takeRows(
      seen.rows,
      D,
      labelled.map((photo) => rowOf.get(photo)!),
    ),
    classes,
    C,
  });
  const scoresOf = (i: number) => {
    const scores = likeness(place.get(photos[i])!);
    for (const c of barred[i]) scores[c] = -Infinity;
    return scores;
  };
  const telling = Array.from({ length: Math.min(n, TELLING) }, (_, i) => Math.floor((i * n) / Math.min(n, TELLING)));
  const sharpness = await fitSharpness(scoresOf, given, telling);
  const into = new Float32Array(C);
  const { counted, selfConfidence, likeliestOther } = await confidentLearning(
    (i) => softmax(scoresOf(i), sharpness, into),
    given,
    C,
  );
  return photos
    .map((photo, i) => ({
      photo,
      given: labels[given[i]],
      suggested: labels[likeliestOther[i]],
      score: selfConfidence[i],
      counted: counted[i] >= 0 && counted[i] !== given[i],
    }))
    .filter((example) => example.counted)
    .sort((a, b) => a.score - b.score)
    .map(({ counted: _, ...suspect }) => suspect);
}

/**
 * A photo's other labels are no alternatives to one of them, nor is what is a kind of them or more general: a poodle is
 * not mistaken for a dog. What
 * was rejected on it is none either.
 */
function examplesOf(verdicts: ReturnType<typeof standingVerdicts>, wordnet: WordNet): Examples {
  const accepted = verdicts.filter(({ verdict }) => verdict === "accept");
  const counts = new Map<LabelId, number>();
  for (const { label } of accepted) counts.set(label, (counts.get(label) ?? 0) + 1);
  const labels = [...counts.keys()].filter((label) => counts.get(label)! >= LEAST_PHOTOS);
  const rows = new Map(labels.map((label, c) => [label, c]));
  const akin = kinOf([...counts.keys()], rows, wordnet);
  const barredOn = new Map<PhotoId, Set<number>>();
  for (const { photo, label, verdict } of verdicts) {
    let barred = barredOn.get(photo);
    if (!barred) barredOn.set(photo, (barred = new Set()));
    const row = rows.get(label);
    if (row !== undefined) barred.add(row);
    if (verdict === "accept") for (const c of akin.get(label)!) barred.add(c);
  }
  const examples = accepted
    .filter(({ label }) => rows.has(label))
    .map(({ photo, label }) => ({ photo, given: rows.get(label)! }));
  return {
    labels,
    photos: examples.map(({ photo }) => photo),
    given: examples.map(({ given }) => given),
    barred: examples.map(({ photo, given }) => [...barredOn.get(photo)!].filter((c) => c !== given)),
  };
}

/** For each label the rows of those that are more general than it or kinds of it. */
function kinOf(labels: LabelId[], rows: ReadonlyMap<LabelId, number>, wordnet: WordNet): Map<LabelId, number[]> {
  const kin = new Map<LabelId, number[]>(labels.map((label) => [label, []]));
  for (const label of labels) {
    for (const ancestor of wordnet.ancestors(label).keys()) {
      const [above, below] = [rows.get(ancestor), rows.get(label)];
      if (above !== undefined) kin.get(label)!.push(above);
      if (below !== undefined) kin.get(ancestor)?.push(below);
    }
  }
  return kin;
}
