import { setImmediate } from "node:timers/promises";

/**
 * Out-of-sample probabilities of example i, `[C]`, over the classes that it may have; 0 for those that it may not. May
 * be the same array each time.
 */
export type PredictedProbabilities = (i: number) => ArrayLike<number>;

/** What confident learning finds in given labels. */
export interface ConfidentLearning {
  /** `[C]` mean probability of a class over the examples that were given it; NaN without any */
  thresholds: Float64Array;
  /** `[n]` probability of the given class */
  selfConfidence: Float32Array;
  /** `[n]` likeliest class but the given one */
  likeliestOther: Int32Array;
  /**
   * `[n]` class that an example is counted under in the confident joint: the likeliest of those at or above their
   * thresholds; −1 for none
   */
  counted: Int32Array;
}

/** Examples worked on between two breaths. */
const EXAMPLES_PER_YIELD = 100;

/**
 * Confident learning (Northcutt, Jiang & Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels", JAIR
 * 2021): an example
 * counts as one of class j when j's probability reaches what is usual for j among those given it. One that counts under
 * another class than its
 * given one lies off the diagonal of the confident joint: a likely mislabel.
 * @param given `[n]` classes
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
 * `[C, C]` how many examples given each class (row) count under each (column): what the paper calibrates into the joint
 * of given and true labels.
 */
export function confidentJoint(given: ArrayLike<number>, counted: ArrayLike<number>, C: number): Uint32Array {
  const joint = new Uint32Array(C * C);
  for (let i = 0; i < given.length; i++) if (counted[i] >= 0) joint[given[i] * C + counted[i]]++;
  return joint;
}

/** Of the classes that may be, the one with the highest probability above 0; −1 where there is none. */
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
