import { type Logistic, probability } from "./calibration";
import { whitenedRows } from "./feature-space";
import { type FewShotClassifier, fewShotScores } from "./few-shot";
import type { VisualOutput } from "./semantic-embedding";

/** The few-shot classifier's labels within a label space. */
export interface FewShotLabels {
  /** `[T]` rows of the labels with accepted photos */
  rows: Int32Array;
  /** For each rejected label, the labels that are rejected with it: what is not a dog is not a beagle. */
  rejected: Int32Array[];
  /** The classifier of `rows`, followed by that of the rejected labels: of the photos they were rejected on. */
  of: FewShotClassifier;
}

/** Lower scores all count as this one. */
export const MIN_SCORE = 0.5;

/** Evidence for a few-shot label; see `Confidence.fewShot`. @param score from `fewShotScores` */
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
): { exampleConfidence: Map<number, number>; rejection: Map<number, number> } {
  const [exampleConfidence, rejection] = [new Map<number, number>(), new Map<number, number>()];
  if (!learned) return { exampleConfidence, rejection };
  const { rows, of } = learned;
  const scores = fewShotScores(of, whitenedRows(of.space, photoOf(output, i, of.space.D)));
  const confidenceBy = (t: number) =>
    scores[t] === 0 ? 0 : probability(model, fewShotEvidence(scores[t], of.examples[t]));
  rows.forEach((label, t) => exampleConfidence.set(label, confidenceBy(t)));
  learned.rejected.forEach((labels, at) => {
    const by = confidenceBy(rows.length + at);
    for (const label of labels) rejection.set(label, Math.max(rejection.get(label) ?? 0, by));
  });
  return { exampleConfidence, rejection };
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
