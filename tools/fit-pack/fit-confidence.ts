/**
 * Fits confidence as a function of evidence, on everyday photos with boxes and captions and on photos of single
 * objects.
 */
import { fitLogistic, type Logistic, logit } from "../../src-main/devise/calibration";
import {
  type BoxLogistic,
  boxLogOdds,
  type ObjectConfidence,
  PEOPLE_GROUPS,
  peopleLogOdds,
} from "../../src-main/devise/concepts";
import { zScore, zScoreRows } from "../../src-main/devise/hubness";
import {
  classMass,
  type ConceptEvidence,
  conceptEvidence,
  confidenceOf,
  coveredEvidence,
  topClassLogOdds,
} from "../../src-main/devise/label-evidence";
import type { Confidence, LabelSpace } from "../../src-main/devise/ranking-numbers";
import { indexRows } from "../../src-main/math/nearest";
import type { LabelId } from "../../src-shared/contract";
import type { KnownPhotos } from "./everyday-photos";

/** Semantic candidates, as many as in the labeller. */
const CANDIDATES = 40;
/** Prior standard deviation of a class's bias from the common one: most classes are in a few photos only. */
const CLASS_SPREAD = 0.7;
/** The same for scenes, which are in many photos but mentioned for some only. */
const SCENE_SPREAD = 1.5;

/** Classes below this probability never become labels; they would pull the fit to where nothing is shown. */
const MIN_MASS = 0.01;

/**
 * Threshold for everyday photos. Captions name 86% of the labels above it, and two thirds of those between 50% and it.
 */
const KEPT_FROM = 0.7;

export interface Row {
  x: number[];
  right: boolean;
  weight: number;
}

/** @throws RangeError of `fitLogistic` */
export function fit(rows: Row[], ridge = 1e-3): Logistic {
  const d = rows[0].x.length;
  const numbers = new Float64Array(rows.length * d);
  rows.forEach(({ x }, i) => numbers.set(x, i * d));
  return fitLogistic(
    numbers,
    d,
    Uint8Array.from(rows, ({ right }) => Number(right)),
    Float64Array.from(rows, ({ weight }) => weight),
    ridge,
  );
}

/**
 * Logistic models for boxes, from the best box of each class in each photo.
 * @param labels `[O]` of the detector's classes
 * @param groups labels of `PEOPLE`
 * @param person the person class
 * @param rows photos to fit on
 */
export function fitObjects(
  photos: KnownPhotos,
  labels: LabelId[],
  groups: LabelId[],
  person: number,
  rows: number[],
): ObjectConfidence {
  const O = labels.length;
  const zero: BoxLogistic = { score: 1, area: 0, biases: new Array<number>(O).fill(0) };
  const area: BoxLogistic = { score: 0, area: 1, biases: zero.biases };
  const boxes = rows.flatMap((i) => {
    const { found, present } = photos.boxes[i];
    const counted = new Set<number>();
    return Array.from(found.scores.keys())
      .filter((b) => !counted.has(found.classes[b]) && counted.add(found.classes[b]))
      .map((b) => ({
        c: found.classes[b],
        x: [boxLogOdds(zero, found, b), boxLogOdds(area, found, b)],
        right: present.has(found.classes[b]),
        said: photos.said[i].has(labels[found.classes[b]]),
      }));
  });
  const fitted = (of: "right" | "said"): BoxLogistic => {
    const oneHot = (c: number) => Array.from({ length: O }, (_, k) => (k === c ? CLASS_SPREAD : 0));
    const { bias, weights } = fit(
      boxes.map((box) => ({ x: [...box.x, ...oneHot(box.c)], right: box[of], weight: 1 })),
      1,
    );
    return {
      score: weights[0],
      area: weights[1],
      biases: weights.slice(2).map((weight) => bias + CLASS_SPREAD * weight),
    };
  };
  const right = fitted("right");
  const people = PEOPLE_GROUPS.map((_, group) =>
    fit(
      rows.map((i) => ({
        x: [peopleLogOdds(photos.boxes[i].found, right, person)[group]],
        right: photos.said[i].has(groups[group]),
        weight: 1,
      })),
      0.1,
    ),
  );
  return { right, said: fitted("said"), people };
}

/**
 * Logistic models for whether a person would mention each scene; see `Confidence.scenes`.
 * @param scenes `[n]` probabilities of every scene
 * @param labels of the scenes
 */
export function fitScenes(photos: KnownPhotos, scenes: number[][], labels: LabelId[], rows: number[]): Logistic[] {
  const oneHot = (s: number) => labels.map((_, other) => (other === s ? SCENE_SPREAD : 0));
  const { bias, weights } = fit(
    rows.flatMap((i) =>
      labels.map((label, s) => ({
        x: [logit(scenes[i][s]), ...oneHot(s)],
        right: photos.said[i].has(label),
        weight: 1,
      })),
    ),
    1,
  );
  return labels.map((_, s) => ({ bias: bias + SCENE_SPREAD * weights[1 + s], weights: [weights[0]] }));
}

/** Evidence for every label that could be shown on a photo. */
interface LabelEvidence {
  photo: number;
  label: number;
  covered: boolean;
  mass: number;
  score: number;
  known: number;
  right: boolean;
}

export async function evidenceIn(
  photos: KnownPhotos,
  space: LabelSpace,
  labels: readonly LabelId[],
  embeddings: Float32Array,
): Promise<LabelEvidence[]> {
  const n = photos.right.length;
  const E = embeddings.length / n;
  const K = photos.output.classes.length / n;
  const index = await indexRows(zScoreRows(space), E + 1);
  return Array.from({ length: n }, (_, photo) => {
    const mass = classMass(space, photos.output, K, photo);
    const known = topClassLogOdds(photos.output, K, photo);
    const embedding = embeddings.subarray(photo * E, (photo + 1) * E);
    const candidates = new Set([...mass.keys(), ...index.rows(Float32Array.of(...embedding, 1), CANDIDATES)]);
    return [...candidates].map((label): LabelEvidence => ({
      photo,
      label,
      covered: space.covered[label] === 1,
      mass: mass.get(label) ?? 0,
      score: zScore(space, label, embedding),
      known,
      right: photos.right[photo].has(labels[label]),
    }));
  }).flat();
}

/**
 * One source with everything that is computed once.
 * @property weight of the labels of each of its photos
 */
export interface Source {
  photos: KnownPhotos;
  embeddings: Float32Array;
  evidence: LabelEvidence[];
  share: number;
  weight: number;
}

/** @param keep photos to fit on */
export function fitConfidence(
  sources: Source[],
  space: LabelSpace,
  base: Pick<Confidence, "fewShot" | "objects" | "scenes">,
  keep: (source: Source, photo: number) => boolean,
): Confidence {
  const looked = new Map(
    sources.map((source) => [
      source,
      source.photos.right.map((_, photo) => conceptEvidence(space, source.photos.output.concepts, photo)),
    ]),
  );
  const rowsOf = (take: (source: Source, each: LabelEvidence) => number[] | null) =>
    sources.flatMap((source) =>
      source.evidence.flatMap((each): Row[] => {
        const x = keep(source, each.photo) ? take(source, each) : null;
        return x ? [{ x, right: each.right, weight: source.weight }] : [];
      }),
    );
  const isDetectable = (source: Source, { photo, label }: LabelEvidence) =>
    looked.get(source)![photo].get(label)?.itself === true;
  // In everyday photos, labels that detectors look for are not judged by the classes alone: `joined` weighs both.
  const covered = fit(
    rowsOf((source, each) =>
      !each.covered || each.mass < MIN_MASS || (source.photos.boxes.length > 0 && isDetectable(source, each))
        ? null
        : coveredEvidence(space, each.label, each.mass, each.score, each.known),
    ),
  );
  // A label with a detector depends on the detector, whatever words it is close to.
  const uncovered = fit(
    rowsOf((source, each) =>
      each.covered || isDetectable(source, each) ? null : [each.score, each.known, space.specificity[each.label]],
    ),
  );
  const confidence: Confidence = { ...base, covered, uncovered, keptFrom: KEPT_FROM };
  const joined = sources
    .filter(({ photos }) => photos.boxes.length > 0)
    .flatMap((source) => jointRows(source, space, confidence, keep));
  return joined.length === 0 ? confidence : { ...confidence, joined: fit(joined) };
}

/** Labels that classes and concepts support, with the probability from each. */
function jointRows(
  source: Source,
  space: LabelSpace,
  confidence: Confidence,
  keep: (source: Source, photo: number) => boolean,
): Row[] {
  const byPhoto = new Map<number, Map<number, ConceptEvidence>>();
  const concepts = (photo: number) => {
    let found = byPhoto.get(photo);
    if (!found) byPhoto.set(photo, (found = conceptEvidence(space, source.photos.output.concepts, photo)));
    return found;
  };
  return source.evidence
    .filter((each) => each.covered && keep(source, each.photo))
    .flatMap(({ photo, label, mass, score, known, right }) => {
      const byConcepts = concepts(photo).get(label);
      if (byConcepts === undefined) return [];
      const byClasses = confidenceOf(space, confidence, label, mass, score, known);
      return [{ x: [logit(byClasses), logit(Math.max(0.02, byConcepts.right))], right, weight: source.weight }];
    });
}
