import { type Logistic, probability } from "./calibration";
import { whitenedRows } from "./feature-space";
import { type FewShotClassifier, fewShotScores } from "./few-shot";
import type { VisualOutput } from "./semantic-embedding";

/** The few-shot classifier's labels within a label space. */
export interface FewShotLabels {
  /** `[T]` rows of the labels with accepted photos */
  rows: Int32Array;
  /** For each rejected label, the labels that are rejected with it: what is not a dog is not a beagle. */
  denied: Int32Array[];
  /** The classifier of `rows`, followed by that of the rejected labels: of the photos they were rejected on. */
  of: FewShotClassifier;
}

/** Lower scores all count as this one. */
export const MIN_SCORE = 0.5;

/** Evidence for a few-shot label; see `Confidence.taught`. @param score from `fewShotScores` */
export function fewShotEvidence(score: number, examples: number): number[] {
  const [near, many] = [Math.log(Math.max(MIN_SCORE, score)), Math.log(1 + examples)];
  return [near, many, near * many];
}

/**
 * Confidences that the few-shot classifier gives each label on photo i, and the probabilities that the photo resembles
 * those on which labels were rejected; 0..1, by label.
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
