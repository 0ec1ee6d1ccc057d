import { setImmediate } from "node:timers/promises";

/**
 * Out-of-sample predicted probabilities of example i, `[C]`; 0 for classes that it cannot have. May return the same
 * array each time.
 */
export type PredictedProbabilities = (i: number) => ArrayLike<number>;

/** The result of confident learning. */
export interface ConfidentLearning {
  /** `[C]` mean self-confidence of the examples given each class; NaN for a class without examples */
  thresholds: Float64Array;
  /** `[n]` predicted probability of the given class */
  selfConfidence: Float32Array;
  /** `[n]` the most probable class other than the given one */
  likeliestOther: Int32Array;
  /**
   * `[n]` the class that an example is counted under in the confident joint: the most probable of those that reach
   * their thresholds; −1 if none does
   */
  counted: Int32Array;
}

/** Examples processed between yields. */
const EXAMPLES_PER_YIELD = 100;

/**
 * Confident learning (Northcutt, Jiang & Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels", JAIR
 * 2021). An example is counted under class j when its probability of j reaches the average among examples given j. An
 * example that is counted under a class other than its given one is off the diagonal of the confident joint: a label
 * issue.
 * @param given `[n]` given classes
 */
export async function confidentLearning(
  probabilitiesOf: PredictedProbabilities,
  given: ArrayLike<number>,
  C: number,
): Promise<ConfidentLearning> {
  const n = given.length;
  const found: ConfidentLearning = {
    thresholds: new Float64Array(C),
    selfConfidence: new Float32Array(n),
    likeliestOther: new Int32Array(n),
    counted: new Int32Array(n),
  };
  const examples = new Float64Array(C);
  await eachExample(n, (i) => {
    const p = probabilitiesOf(i)[given[i]];
    found.selfConfidence[i] = p;
    found.thresholds[given[i]] += p;
    examples[given[i]]++;
  });
  for (let c = 0; c < C; c++) found.thresholds[c] /= examples[c];
  await eachExample(n, (i) => {
    const p = probabilitiesOf(i);
    found.likeliestOther[i] = likeliest(p, (c) => c !== given[i]);
    found.counted[i] = likeliest(p, (c) => p[c] >= found.thresholds[c]);
  });
  return found;
}

/**
 * The confident joint, `[C, C]`: the number of examples given each class (row) that are counted under each class
 * (column). The paper calibrates it into the joint distribution of given and true labels.
 */
export function confidentJoint(given: ArrayLike<number>, counted: ArrayLike<number>, C: number): Uint32Array {
  const joint = new Uint32Array(C * C);
  for (let i = 0; i < given.length; i++) if (counted[i] >= 0) joint[given[i] * C + counted[i]]++;
  return joint;
}

/** The most probable class, with a probability above 0, among those that `may` admits; −1 if there is none. */
function likeliest(p: ArrayLike<number>, may: (c: number) => boolean): number {
  let best = -1;
  for (let c = 0; c < p.length; c++) if (p[c] > (best < 0 ? 0 : p[best]) && may(c)) best = c;
  return best;
}

async function eachExample(n: number, work: (i: number) => void): Promise<void> {
  for (let i = 0; i < n; i++) {
    work(i);
    if (i % EXAMPLES_PER_YIELD === EXAMPLES_PER_YIELD - 1) await setImmediate();
  }
}
