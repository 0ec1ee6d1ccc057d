import { zScore } from "./hubness";
import { classMass } from "./label-evidence";
import type { PrototypePredictor } from "./predicted-prototypes";
import type { LabelSpace } from "./ranking-numbers";
import type { VisualOutput } from "./semantic-embedding";

/** Weights of labels that no class names, relative to classes, in units of log-probability. */
export interface Balance {
  /**
   * For labels that classes support: a bias, the weight of the log of these classes' total probability, and how fast
   * the score falls with the log of their number.
   */
  vouched: { bias: number; mass: number; classes: number };
  /**
   * For all labels: a bias, and the weights of the log of their classes' mean probability, the z-score, the closeness
   * to the predicted prototype, and the classifier's uncertainty in nats.
   */
  looked: { bias: number; share: number; words: number; prototype: number; uncertainty: number };
  /**
   * The exponent with which both biases fall as the ratio of such labels to classes grows: longer lists contain more
   * labels that no photo shows.
   */
  length: number;
}

/**
 * Fitted by log-loss on one photo of each class of ImageNet-1K and two each of 150 of them. Fifty labels above the
 * classes in WordNet were drawn 24 times; a third of the classes below each were removed from the classifier and from
 * M, and all photos below them were given the label. Both biases were then lowered equally until hit@1 on seen classes
 * was within 3 points of the classifier's. `classes` balances calling photos by the more general label against keeping
 * their class's name. `length` comes close to the best harmonic mean of seen and unseen hit@1 with 150 to 1,450
 * additional synsets. None of the drawn labels is among those reported in docs/evaluation.
 */
export const BALANCE: Balance = {
  vouched: { bias: 3, mass: 2.1, classes: 1.8 },
  looked: { bias: -11, share: 0.7, words: 0.65, prototype: 0.4, uncertainty: 1.4 },
  length: 0.5,
};

/**
 * Keeps the logarithm finite for impossible classes, and lets words and prototypes decide between labels that no class
 * supports.
 */
const MIN_PROBABILITY = 1e-3;

/** What photos are scored with: L labels, C classes, D features, E word dimensions. */
export interface ZeroShotParts {
  space: LabelSpace;
  /** `[L]` the visual model's class for the label; −1 if there is none */
  ofClass: Int32Array;
  predictor: Pick<PrototypePredictor, "scores">;
  /** `[L]` predicted prototypes `[D]` of labels without a class; null for the others */
  prototypes: readonly (Float32Array | null)[];
  output: VisualOutput;
  /** `[n, E]` */
  embeddings: Float32Array;
}

/**
 * Scores all labels of a space for one photo, with and without a class, on one scale of log-probability.
 *
 * A class scores its log-probability under the classifier. A label above n classes shares out their total probability:
 * if the photo showed the label, it would look like each of the n classes with probability 1/n. A label above many
 * classes therefore scores lower than the most probable of them unless the classifier is undecided, and a label above
 * few is preferred to them, as horse is to sorrel. Independently, a label can score by its word and its predicted
 * prototype: by how much closer than other photos the semantic embedding is to the word and the features are to the
 * prototype, with more weight the less certain the classifier is. z-scores correct for hubness (Dinu et al. 2015); the
 * biases keep seen classes from always winning (calibrated stacking, Chao et al. 2016).
 * @returns a function that gives a photo's scores `[L]`
 */
export function zeroShotScorer(
  { space, ofClass, predictor, prototypes, output, embeddings }: ZeroShotParts,
  { vouched, looked, length } = BALANCE,
): (photo: number) => Float32Array {
  const E = space.vectors.length / ofClass.length;
  const n = embeddings.length / E;
  const [K, D] = [output.classes.length / n, output.features.length / n];
  const classesUnder = new Uint32Array(ofClass.length);
  for (const over of space.labelsOver) for (const label of over) classesUnder[label]++;
  const unseen = Array.from(ofClass.keys()).filter((label) => ofClass[label] < 0);
  const predicted = unseen.map((label) => prototypes[label] ?? new Float32Array(D));
  const prior = length * Math.log(space.labelsOver.length / unseen.length);
  return (photo) => {
    const embedding = embeddings.subarray(photo * E, (photo + 1) * E);
    const mass = classMass(space, output, K, photo);
    const unsure = looked.uncertainty * uncertainty(output, K, space.labelsOver.length, photo);
    const own = new Map<number, number>();
    for (let k = photo * K; k < (photo + 1) * K; k++) own.set(output.classes[k], output.probabilities[k]);
    const scores = Float32Array.from(ofClass, (c) => (c < 0 ? 0 : Math.log((own.get(c) ?? 0) + MIN_PROBABILITY)));
    const looks = predictor.scores(output.features.subarray(photo * D, (photo + 1) * D), predicted);
    unseen.forEach((label, i) => {
      const [ofClasses, number] = [
        Math.log((mass.get(label) ?? 0) + MIN_PROBABILITY),
        Math.log(Math.max(1, classesUnder[label])),
      ];
      const byClasses = vouched.bias + vouched.mass * ofClasses - vouched.classes * number;
      const byLooks =
        looked.bias +
        looked.share * (ofClasses - number) +
        looked.words * zScore(space, label, embedding) +
        looked.prototype * looks[i] +
        unsure;
      scores[label] = Math.log(Math.exp(byClasses) + Math.exp(byLooks)) + prior;
    });
    return scores;
  };
}

/**
 * Entropy of a photo's classes in nats, 0 (certain) to log C. The probability beyond its K most probable classes is
 * spread evenly over the others.
 */
export function uncertainty(
  { probabilities }: Pick<VisualOutput, "probabilities">,
  K: number,
  C: number,
  photo: number,
): number {
  let [entropy, rest] = [0, 1];
  for (const p of probabilities.subarray(photo * K, (photo + 1) * K)) {
    if (p > 0) entropy -= p * Math.log(p);
    rest -= p;
  }
  return rest > 0 && C > K ? entropy - rest * Math.log(rest / (C - K)) : entropy;
}
