import { classMass, type LabelSpace, zScore } from "./label-ranking";
import type { PrototypePredictor } from "./predicted-prototypes";
import type { VisualOutput } from "./semantic-embedding";

/** How labels without a class of their own are weighed against classes; all in units of log-probability. */
export interface Balance {
  /**
   * For labels that classes vouch for: what is added to the logarithm of these classes' probability, its weight, and
   * how fast the sum falls with the logarithm of their number.
   */
  vouched: { bias: number; mass: number; classes: number };
  /**
   * For all labels: what is added to the weighted sum of the logarithm of their classes' mean probability, of the
   * standard score among the words, of that of the predicted prototype, and of the classifier's uncertainty in nats.
   */
  looked: { bias: number; share: number; words: number; prototype: number; uncertainty: number };
  /**
   * How both biases fall with the number of such labels beside that of classes, as a power: longer lists hold more
   * labels that no photo shows.
   */
  length: number;
}

/**
 * Fitted by log-loss on one photo of each class of ImageNet-1K and two of 150 of them: 24 times 50 labels that are more
 * general than classes
 * were drawn, a third of the classes under each struck from the classifier and from M, and all photos under them called
 * by the label. The
 * biases were then lowered alike until seen hit@1 was within 3 points of the classifier's. `classes` is between what
 * calls photos under a
 * label by it most often and what leaves them their class's name as often. With `length` the harmonic mean of seen and
 * unseen hit@1 is near its
 * best where 150 to 1,450 more synsets are beside. No label drawn is among those that docs/evaluation reports of.
 */
export const BALANCE: Balance = {
  vouched: { bias: 3, mass: 2.1, classes: 1.8 },
  looked: { bias: -11, share: 0.7, words: 0.65, prototype: 0.4, uncertainty: 1.4 },
  length: 0.5,
};

/**
 * Keeps the logarithm of an impossible class finite, and lets words and looks decide among labels that no class vouches
 * for.
 */
const MIN_PROBABILITY = 1e-3;

/** What photos are scored by: L labels, C classes, D features, E word dimensions. */
export interface ZeroShotParts {
  space: LabelSpace;
  /** `[L]` the class of the visual model that is the label, −1 where there is none */
  ofClass: Int32Array;
  predictor: Pick<PrototypePredictor, "scores">;
  /** `[L]` prototypes of `[D]` for labels without a class, null for the others */
  prototypes: readonly (Float32Array | null)[];
  output: VisualOutput;
  /** `[n, E]` */
  embeddings: Float32Array;
}

/**
 * Scores of all labels of a space for one photo, those with a class of their own and others, on one scale of
 * log-probability.
 *
 * A class has the probability that the classifier gives it. A label that classes are kinds of has theirs, shared out:
 * were the label what
 * the photo shows, it would look like any of its n classes, like each with 1/n; a label over many classes thus says
 * less than the likeliest
 * of them unless the classifier wavers, and a label over few is preferred to them, as horse is to sorrel. Whether
 * classes vouch for it or not, a label may also
 * be told by its word and its predicted prototype: by how much nearer than other photos the photo's place (DeViSE and
 * ConSE together)
 * is to the word, its features to the prototype, and all the more as the classifier knows less what it sees. Standard
 * scores take hubs back
 * (Dinu et al. 2015); the biases keep seen classes from always winning (calibrated stacking, Chao et al. 2016).
 * @returns for each photo `[L]`
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
 * Entropy of a photo's classes in nats, 0 (sure) to log C; what is known to lie beyond its K likeliest classes is
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
