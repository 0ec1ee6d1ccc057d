import { bytesOf } from "../../base/bytes-of";
import type { Logistic } from "../../devise/calibration";
import { CLASS_WEIGHT, type FeatureSpace } from "../../devise/feature-space";
import type { FewShotClassifier } from "../../devise/few-shot";
import { MIN_SCORE } from "../../devise/few-shot-confidence";
import { zScoreRows } from "../../devise/hubness";
import { minShownConfidence } from "../../devise/label-ranking";
import type { LabelSpace, RankingNumbers } from "../../devise/ranking-numbers";
import type { Composition } from "../../vision/onnx-compose";
import { TYPE } from "../../vision/onnx-messages";
import {
  columns,
  complement,
  composeCapGuess,
  logisticOf,
  logOdds,
  one,
  times,
  transposed,
  withColumns,
} from "./labeller-arithmetic";
import { composeCombinedConcepts, composeWorth, type LabelConcepts } from "./labeller-concept-evidence";
import { marked, unitLength, type VisualValues } from "./labeller-visual-output";

/** Names of the confidences of L labels on n photos: the graph's counterpart of the first half of `rankLabels`. */
export interface EvidenceValues {
  /** `[n, L]` confidences, as doubles */
  confidence: string;
  /** `[n, L]` what the labels are ordered by, as doubles */
  worth: string;
  /** `[n, L]` above 0 for labels that the app considers at all */
  candidates: string;
}

/**
 * Confidences of every label from classes, nearest words, concepts and examples. Matrix products are in single
 * precision, as in the app, and everything after them in double precision.
 * @param concepts null if the pack has none
 * @param share fraction of the library's photos that show a class
 */
export function composeConfidence(
  g: Composition,
  seen: VisualValues,
  { M, classVectors, prototypes, space, confidence, candidates }: RankingNumbers,
  concepts: LabelConcepts | null,
  share: number,
): EvidenceValues {
  const L = space.mean.length;
  const E = space.vectors.length / L;
  const D = M.length / E;
  const C = classVectors.length / E;
  const place = composeEmbedding(g, seen, M, classVectors, { C, D, E });
  const near = composeScores(g, place, space, E);
  const score = g.node("Cast", [near], { to: TYPE.double });
  const known = logOdds(g, seen.likeliest);
  const { apart } = confidence;
  const inDistribution = apart
    ? composeInDistribution(g, seen, known, apart.inDistribution, prototypes, { share, D })
    : null;
  const either = (a: string, b: string) =>
    g.node("Add", [g.node("Mul", [inDistribution!, a]), g.node("Mul", [complement(g, inDistribution!), b])]);

  const specific = g.constant(Float64Array.from(space.specificity), [1, L]);
  const byMeaning = logisticOf(g, apart ? apart.uncovered : confidence.uncovered, [score, known, specific]);
  let sure = inDistribution ? g.node("Mul", [complement(g, inDistribution), byMeaning]) : byMeaning;
  let looked = marked(g, near, g.largest(near, Math.min(candidates, L)).indices);

  const covered = Array.from(space.covered.keys()).filter((label) => space.covered[label] === 1);
  if (covered.length > 0) {
    const over = g.constant(overClasses(space.labelsOver, covered), [C, covered.length]);
    const mass = g.node("MatMul", [
      g.node("Cast", [seen.kept], { to: TYPE.double }),
      g.node("Cast", [over], { to: TYPE.double }),
    ]);
    const bounded = g.node("Min", [mass, one(g)]);
    const unvouched = g.node("Mul", [complement(g, bounded), columns(g, specific, covered)]);
    const evidence = [logOdds(g, bounded), columns(g, score, covered), known, unvouched];
    const byClasses = apart
      ? either(logisticOf(g, apart.known, evidence), logisticOf(g, apart.unknown, evidence))
      : logisticOf(g, confidence.covered, evidence);
    sure = withColumns(g, sure, byClasses, covered, L);
    const counted = g.node("MatMul", [seen.isKept, g.node("Cast", [over], { to: TYPE.float })]);
    looked = withColumns(g, looked, g.node("Add", [columns(g, looked, covered), counted]), covered, L);
  }
  const byClasses = sure;
  if (concepts) {
    sure = withColumns(
      g,
      sure,
      composeCombinedConcepts(g, columns(g, sure, concepts.labels), concepts, space, confidence),
      concepts.labels,
      L,
    );
    looked = g.node("Add", [looked, ones(g, concepts.labels, L)]);
  }
  const predicted = composeCapGuess(g, sure, [minShownConfidence(confidence, share)]);
  let [shown, left]: [string, string | null] = [predicted, null];
  if (space.fewShot) {
    const { rejected, of } = space.fewShot;
    const rows = Array.from(space.fewShot.rows);
    const byExamples = composeFewShot(g, seen, of, confidence.fewShot);
    if (rows.length > 0) {
      const others = columns(g, predicted, rows);
      shown = withColumns(
        g,
        predicted,
        combineExamples(
          g,
          others,
          columns(g, byExamples, [...rows.keys()]),
          rows.map((row) => space.covered[row]),
        ),
        rows,
        L,
      );
      looked = g.node("Add", [looked, ones(g, rows, L)]);
    }
    left = composeNotRejected(g, shown, byExamples, rows.length, rejected, L);
  }
  const worth = composeWorth(g, { byClasses, predicted, shown }, concepts, space, share);
  return {
    confidence: left ? g.node("Mul", [shown, left]) : shown,
    worth: left ? g.node("Mul", [worth, left]) : worth,
    candidates: looked,
  };
}

/** `[1, L]` 1 at these labels. */
function ones(g: Composition, labels: number[], L: number): string {
  const marks = new Float32Array(L);
  for (const label of labels) marks[label] = 1;
  return g.constant(marks, [1, L]);
}

/** See `semanticEmbeddings`. */
function composeEmbedding(
  g: Composition,
  seen: VisualValues,
  M: Float32Array,
  classVectors: Float32Array,
  { C, D, E }: Record<"C" | "D" | "E", number>,
): string {
  const projected = unitLength(g, g.node("MatMul", [seen.features, g.constant(transposed(M, D), [D, E])]), E);
  const conse = unitLength(g, g.node("MatMul", [seen.averaged, g.constant(classVectors, [C, E])]), E);
  return unitLength(g, g.node("Add", [projected, conse]), E);
}

/** `[n, L]` z-scores. Labels with equal vectors share a row, so that their scores are equal to the last digit. */
function composeScores(g: Composition, place: string, space: LabelSpace, E: number): string {
  const { rows, of } = distinctRows(zScoreRows(space), E + 1);
  const U = rows.length / (E + 1);
  const columnwise = transposed(rows, E + 1);
  const products = g.node("MatMul", [place, g.constant(columnwise.slice(0, E * U), [E, U])]);
  return columns(g, g.node("Add", [products, g.constant(columnwise.slice(E * U), [1, U])]), of);
}

/** `[n, 1]` probability that a photo shows a class; see devise/in-distribution.ts. @param prototypes `[C, D]` */
function composeInDistribution(
  g: Composition,
  { unit }: VisualValues,
  known: string,
  { bias, weights }: Logistic,
  prototypes: Float32Array,
  { share, D }: { share: number; D: number },
): string {
  const cosines = g.node("MatMul", [unit, g.constant(transposed(prototypes, D), [D, prototypes.length / D])]);
  const nearness = g.node("Cast", [g.largest(cosines, 1).values], { to: TYPE.double });
  return logisticOf(g, { bias: bias + Math.log(share / (1 - share)), weights }, [known, nearness]);
}

/**
 * `[n, T]` confidences of few-shot labels, followed by the probabilities that a photo resembles those on which labels
 * were rejected; see `fewShotConfidences`.
 */
function composeFewShot(
  g: Composition,
  seen: VisualValues,
  { space, vectors, examples }: FewShotClassifier,
  { bias, weights }: Logistic,
): string {
  const { D, C, width } = space;
  const T = examples.length;
  const { rows, of } = distinctRows(vectors, width);
  const columnwise = transposed(rows, width);
  const U = rows.length / width;
  const looks = g.node("MatMul", [
    composeWhitened(g, seen.features, space),
    g.constant(columnwise.slice(0, D * U), [D, U]),
  ]);
  const shows = g.node("MatMul", [
    g.node("Sqrt", [seen.kept]),
    g.constant(
      columnwise.slice(D * U).map((x) => x * CLASS_WEIGHT),
      [C, U],
    ),
  ]);
  const score = g.node("Cast", [columns(g, g.node("Add", [looks, shows]), of)], { to: TYPE.double });
  const byNumber = g.constant(
    Float64Array.from(examples, (n) => bias + weights[1] * Math.log(1 + n)),
    [1, T],
  );
  const near = g.node("Log", [g.node("Max", [score, g.constant(Float64Array.of(MIN_SCORE), [1, 1])])]);
  const slope = g.constant(
    Float64Array.from(examples, (n) => weights[0] + weights[2] * Math.log(1 + n)),
    [1, T],
  );
  const confidence = g.node("Sigmoid", [g.node("Add", [g.node("Mul", [near, slope]), byNumber])]);
  const hasExamples = Float64Array.from(examples, (_, t) =>
    vectors.subarray(t * width, (t + 1) * width).some((x) => x !== 0) ? 1 : 0,
  );
  return g.node("Mul", [confidence, g.constant(hasExamples, [1, T])]);
}

/** `[n, D]`; see `whitenedFeatures`. */
function composeWhitened(g: Composition, features: string, { D, centre, axes, damping }: FeatureSpace): string {
  const roots = g.node("Mul", [g.node("Sign", [features]), g.node("Sqrt", [g.node("Abs", [features])])]);
  const unit = unitLength(g, g.node("Sub", [roots, g.constant(centre, [1, D])]), D);
  const r = damping.length;
  if (r === 0) return unit;
  const along = g.node("MatMul", [unit, g.constant(transposed(axes, D), [D, r])]);
  const away = g.node("MatMul", [g.node("Mul", [along, g.constant(damping, [1, r])]), g.constant(axes, [r, D])]);
  return unitLength(g, g.node("Sub", [unit, away]), D);
}

/**
 * `[n, L]` the factor by which rejections reduce each label: one minus the highest probability that the photo resembles
 * those on which it, or a label that it is rejected with, was rejected. Null if there are no rejections.
 * @param like a value of the same shape
 * @param from column of the first rejection in `byExamples`
 */
function composeNotRejected(
  g: Composition,
  like: string,
  byExamples: string,
  from: number,
  rejected: Int32Array[],
  L: number,
): string | null {
  const by = new Map<number, number[]>();
  rejected.forEach((under, i) => under.forEach((row) => by.set(row, [...(by.get(row) ?? []), from + i])));
  if (by.size === 0) return null;
  const rows = [...by.keys()];
  const deepest = Math.max(...Array.from(by.values(), (each) => each.length));
  const rejections = Array.from({ length: deepest }, (_, k) =>
    columns(
      g,
      byExamples,
      rows.map((row) => by.get(row)![k] ?? by.get(row)![0]),
    ),
  );
  const most = rejections.reduce((a, b) => g.node("Max", [a, b]));
  const whole = g.node("Add", [times(g, like, 0), one(g)]);
  return withColumns(g, whole, complement(g, most), rows, L);
}

/** See `combineExamples` in devise/label-evidence.ts. @param covered `[T]` 1 where classes can support the label */
function combineExamples(g: Composition, predicted: string, byExamples: string, covered: number[]): string {
  const both = g.node("Sigmoid", [times(g, g.node("Add", [logOdds(g, predicted), logOdds(g, byExamples)]), 0.5)]);
  const share = g.constant(Float64Array.from(covered), [1, covered.length]);
  const combined = g.node("Add", [g.node("Mul", [share, both]), g.node("Mul", [complement(g, share), byExamples])]);
  return g.node("Where", [g.node("Less", [predicted, byExamples]), combined, predicted]);
}

/** `[C, covered]` 1 where a label is a class or a hypernym of it; stored as bytes, because it is large. */
function overClasses(labelsOver: Int32Array[], covered: number[]): Uint8Array {
  const column = new Map(covered.map((label, i) => [label, i]));
  const over = new Uint8Array(labelsOver.length * covered.length);
  labelsOver.forEach((labels, c) => labels.forEach((label) => (over[c * covered.length + column.get(label)!] += 1)));
  return over;
}

/** The distinct rows of `[n, width]`, and for each row which of them it is. */
function distinctRows(rows: Float32Array, width: number): { rows: Float32Array; of: number[] } {
  const places = new Map<string, number>();
  const firsts: number[] = [];
  const of = Array.from({ length: rows.length / width }, (_, row) => {
    const key = Buffer.from(bytesOf(rows.subarray(row * width, (row + 1) * width))).toString("latin1");
    let place = places.get(key);
    if (place === undefined) {
      places.set(key, (place = firsts.length));
      firsts.push(row);
    }
    return place;
  });
  const distinct = new Float32Array(firsts.length * width);
  firsts.forEach((row, i) => distinct.set(rows.subarray(row * width, (row + 1) * width), i * width));
  return { rows: distinct, of };
}
