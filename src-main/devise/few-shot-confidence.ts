import { type Logistic, probability } from "./calibration";
import { whitenedRows } from "./feature-space";
import { type FewShotClassifier, fewShotScores } from "./few-shot";
import type { VisualOutput } from "./semantic-embedding";

/** What a person taught, set against a list of labels. */
export interface FewShotLabels {
  /** `[T]` labels that were given to photos */
  rows: Int32Array;
  /** For each label that was rejected, the labels that it takes with it: what is not a dog is no beagle either. */
  denied: Int32Array[];
  /** What was learned of the former, then of the latter: of the photos that a label was rejected on. */
  of: FewShotClassifier;
}

/** Of scores below this all say as little. */
export const MIN_SCORE = 0.5;

/** What speaks for a label that was taught, see `Confidence.taught`. @param score of `taughtScores` */
export function fewShotEvidence(score: number, examples: number): number[] {
  const [near, many] = [Math.log(Math.max(MIN_SCORE, score)), Math.log(1 + examples)];
  return [near, many, near * many];
}

/**
 * How sure a person's examples make each label of photo i of those seen, and how surely it is like the photos that
 * labels were rejected on; 0..1 by label.
 */
export function fewShotConfidences(
  learned: FewShotLabels | null,
  model: Logistic,
  output: VisualOutput,
  i: number,
): { taught: Map<number, number>; denied: Map<number, number> } {
  const [taught, denied] = [new Map<number, number>(), new Map<number, number>()];
  if (!learned) return { taught, denied };
  const { rows, of } = learned;
  const scores = fewShotScores(of, whitenedRows(of.space, photoOf(output, i, of.space.D)));
  const sure = (t: number) => (scores[t] === 0 ? 0 : probability(model, fewShotEvidence(scores[t], of.examples[t])));
  rows.forEach((label, t) => taught.set(label, sure(t)));
  learned.denied.forEach((labels, at) => {
    const by = sure(rows.length + at);
    for (const label of labels) denied.set(label, Math.max(denied.get(label) ?? 0, by));
  });
  return { taught, denied };
}

function photoOf({ features, classes, probabilities }: VisualOutput, i: number, D: number): VisualOutput {
  const K = (classes.length * D) / features.length;
  const those = [i * K, (i + 1) * K] as const;
  return {
    features: features.subarray(i * D, (i + 1) * D),
    classes: classes.subarray(...those),
    probabilities: probabilities.subarray(...those),
  };
}
