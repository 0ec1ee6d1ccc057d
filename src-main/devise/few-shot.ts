import { dot, normalise, unitRows } from "../vectors";

/** Photos that a person gave a label, and photos that they said it is wrong for, as features. */
export interface Examples {
  /** `[a, D]`, row-major */
  accepted: Float32Array;
  /** `[r, D]` */
  rejected: Float32Array;
}

/** Labels learned from examples alone: T of them, as one vector each among features. */
export interface Taught {
  /** `[T, D]`, of unit length, around `centre` */
  vectors: Float32Array;
  /** `[T]` mean and standard deviation of each vector's cosine over the classes' prototypes */
  mean: Float32Array;
  deviation: Float32Array;
  /** `[T]` accepted photos */
  examples: Uint32Array;
  /** `[D]` mean of the unit prototypes: what all photos have in common says nothing */
  centre: Float32Array;
}

/** What rejected photos count against accepted ones (Rocchio 1971 gives them less). */
const REJECTED = 0.5;

/**
 * Each label's prototype: the mean of its accepted photos less half the mean of its rejected ones, at unit length (a nearest-class-mean
 * classifier with Rocchio's feedback). A label with no accepted photo has a row of zeros.
 * @param prototypes `[C, D]` of the visual model's classes, which stand for all that a photo may show
 */
export function teachLabels(examples: Examples[], prototypes: Float32Array, D: number): Taught {
  const centre = meanRow(unitRows(prototypes, D), D);
  const background = centred(prototypes, centre);
  const T = examples.length;
  const taught: Taught = { vectors: new Float32Array(T * D), mean: new Float32Array(T), deviation: new Float32Array(T), examples: new Uint32Array(T), centre };
  examples.forEach(({ accepted, rejected }, t) => {
    taught.examples[t] = accepted.length / D;
    if (accepted.length === 0) return;
    const vector = meanRow(centred(accepted, centre), D);
    if (rejected.length > 0) {
      const away = meanRow(centred(rejected, centre), D);
      for (let d = 0; d < D; d++) vector[d] -= REJECTED * away[d];
    }
    taught.vectors.set(normalise(vector), t * D);
    const cosines = Float32Array.from({ length: background.length / D }, (_, c) => dot(background, c * D, taught.vectors, t * D, D));
    const mean = cosines.reduce((a, b) => a + b, 0) / cosines.length;
    taught.mean[t] = mean;
    taught.deviation[t] = Math.sqrt(cosines.reduce((sum, cosine) => sum + (cosine - mean) ** 2, 0) / cosines.length);
  });
  return taught;
}

/** For each taught label, how many standard deviations nearer a photo stands to it than the classes' prototypes do: `[T]`; 0 without examples. */
export function taughtScores({ vectors, mean, deviation, centre }: Taught, feature: Float32Array): Float32Array {
  const D = centre.length;
  const photo = centred(feature, centre);
  return Float32Array.from(mean, (m, t) => (deviation[t] === 0 ? 0 : (dot(vectors, t * D, photo, 0, D) - m) / deviation[t]));
}

/** Rows `[n, D]` at unit length, less the centre, at unit length again. */
function centred(rows: Float32Array, centre: Float32Array): Float32Array {
  const D = centre.length;
  const unit = unitRows(rows, D);
  for (let i = 0; i < unit.length; i++) unit[i] -= centre[i % D];
  return unitRows(unit, D);
}

function meanRow(rows: Float32Array, D: number): Float32Array {
  const mean = new Float32Array(D);
  for (let i = 0; i < rows.length; i++) mean[i % D] += rows[i];
  return mean.map((sum) => sum / (rows.length / D));
}
