import { setImmediate } from "node:timers/promises";
import type { LabelId, LabelIssue, PhotoId } from "../../../src-shared/contract";
import { confidentLearning } from "../../curate/confident-learning";
import { leaveOneOut } from "../../curate/leave-one-out";
import { fitInverseTemperature } from "../../curate/temperature-scaling";
import { softmax } from "../../math/softmax";
import { takeRows } from "../../math/take-rows";
import { currentAnnotations, lastVerdictEvent } from "../../store/verdicts";
import type { WordNet } from "../../words/wordnet";
import { cacheSlot } from "../../workspace/library-caches";
import type { OpenLibrary } from "../../workspace/open-library";
import { readWhitenedFeatures } from "../../workspace/whitened-features";

/** A label with fewer photos doesn't show what the label looks like. */
const MIN_PHOTOS = 3;
/** Examples that the temperature is fitted to, taken at even distances. */
export const CALIBRATION_EXAMPLES = 500;

/** An accepted label that its photo's features contradict. */
interface IssueCandidate {
  photo: PhotoId;
  given: LabelId;
  suggested: LabelId;
  score: number;
}

/** Accepted labels, one per photo and label, as row numbers. */
interface AcceptedExamples {
  /** `[C]` */
  labels: LabelId[];
  /** `[n]` */
  photos: PhotoId[];
  /** `[n]` rows of `labels` */
  given: number[];
  /** `[n]` lists of rows of `labels` that can't be the right label instead of the given one */
  masked: number[][];
}

const issues = cacheSlot<Promise<IssueCandidate[]>>("label issues");

/**
 * Accepted and imported labels that are probably wrong, most suspicious first: those that confident learning counts
 * under another label, see `confidentLearning`. Probabilities come from the label's other photos (leave one out).
 * Nothing changes until the user decides; a suggestion that they reject isn't made again.
 * @returns empty if fewer than two labels have three photos each
 */
export async function findLabelIssues(library: OpenLibrary, limit: number): Promise<LabelIssue[]> {
  const { store, lexicon, caches } = library;
  const candidates = caches.reuse(issues, [lastVerdictEvent(store)], () => {
    const found = issueCandidates(library);
    found.catch(() => caches.delete(issues)); // this caller gets the error; the next one tries again
    return found;
  });
  const named = (label: LabelId) => ({ label, ...lexicon.named(label) });
  return (await candidates)
    .slice(0, limit)
    .map(({ photo, given, suggested, score }) => ({ photo, given: named(given), suggested: named(suggested), score }));
}

async function issueCandidates(library: OpenLibrary): Promise<IssueCandidate[]> {
  const { store, pack, lexicon } = library;
  const verdicts = currentAnnotations(store);
  const accepted = verdicts.filter(({ verdict }) => verdict === "accept");
  const seen = await readWhitenedFeatures(
    library,
    accepted.map(({ photo }) => photo),
  );
  const rowOf = new Map(seen.photos.map((photo, row) => [photo, row]));
  const { labels, photos, given, masked } = examplesOf(
    verdicts.filter(({ photo }) => rowOf.has(photo)),
    lexicon.wordnet,
  );
  const [n, C, D] = [photos.length, labels.length, pack.dimensions];
  if (C < 2) return [];
  const labelled = [...new Set(photos)];
  const position = new Map(labelled.map((photo, at) => [photo, at]));
  const classes = labelled.map((): number[] => []);
  photos.forEach((photo, i) => classes[position.get(photo)!]!.push(given[i]!));
  await setImmediate(); // copying the features below takes tens of milliseconds for 10,000 photos
  const leaveOneOutScores = await leaveOneOut({
    rows: takeRows(
      seen.rows,
      D,
      labelled.map((photo) => rowOf.get(photo)!),
    ),
    classes,
    C,
  });
  const scoresOf = (i: number) => {
    const scores = leaveOneOutScores(position.get(photos[i]!)!);
    for (const c of masked[i]!) scores[c] = -Infinity;
    return scores;
  };
  const calibrating = Array.from({ length: Math.min(n, CALIBRATION_EXAMPLES) }, (_, i) =>
    Math.floor((i * n) / Math.min(n, CALIBRATION_EXAMPLES)),
  );
  const inverseTemperature = await fitInverseTemperature(scoresOf, given, calibrating);
  const into = new Float32Array(C);
  const { counted, selfConfidence, likeliestOther } = await confidentLearning(
    (i) => softmax(scoresOf(i), inverseTemperature, into),
    given,
    C,
  );
  return photos
    .map((photo, i) => ({
      photo,
      given: labels[given[i]!]!,
      suggested: labels[likeliestOther[i]!]!,
      score: selfConfidence[i]!,
      counted: counted[i]! >= 0 && counted[i] !== given[i],
    }))
    .filter((example) => example.counted)
    .sort((a, b) => a.score - b.score)
    .map(({ counted: _, ...suspect }) => suspect);
}

/**
 * The alternatives to a given label leave out the photo's other labels, labels it rejects, and everything more general
 * or more specific than a label it has: nobody mistakes a poodle for a dog.
 */
function examplesOf(verdicts: ReturnType<typeof currentAnnotations>, wordnet: WordNet): AcceptedExamples {
  const accepted = verdicts.filter(({ verdict }) => verdict === "accept");
  const counts = new Map<LabelId, number>();
  for (const { label } of accepted) counts.set(label, (counts.get(label) ?? 0) + 1);
  const labels = [...counts.keys()].filter((label) => counts.get(label)! >= MIN_PHOTOS);
  const rows = new Map(labels.map((label, c) => [label, c]));
  const related = relatedLabels([...counts.keys()], rows, wordnet);
  const maskedOn = new Map<PhotoId, Set<number>>();
  for (const { photo, label, verdict } of verdicts) {
    let masked = maskedOn.get(photo);
    if (!masked) maskedOn.set(photo, (masked = new Set()));
    const row = rows.get(label);
    if (row !== undefined) masked.add(row);
    if (verdict === "accept") for (const c of related.get(label)!) masked.add(c);
  }
  const examples = accepted
    .filter(({ label }) => rows.has(label))
    .map(({ photo, label }) => ({ photo, given: rows.get(label)! }));
  return {
    labels,
    photos: examples.map(({ photo }) => photo),
    given: examples.map(({ given }) => given),
    masked: examples.map(({ photo, given }) => [...maskedOn.get(photo)!].filter((c) => c !== given)),
  };
}

/** For each label, the rows of its ancestors and descendants. */
function relatedLabels(
  labels: LabelId[],
  rows: ReadonlyMap<LabelId, number>,
  wordnet: WordNet,
): Map<LabelId, number[]> {
  const relatives = new Map<LabelId, number[]>(labels.map((label) => [label, []]));
  for (const label of labels) {
    for (const ancestor of wordnet.ancestors(label).keys()) {
      const [above, below] = [rows.get(ancestor), rows.get(label)];
      if (above !== undefined) relatives.get(label)!.push(above);
      if (below !== undefined) relatives.get(ancestor)?.push(below);
    }
  }
  return relatives;
}
