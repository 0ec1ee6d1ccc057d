import { dot, normalise, unitRows } from "../vectors";
import { unwhiten, whiten, type Whitening } from "./scatter";

/** Photos that a person gave a label, and photos that they said it is wrong for, as features. */
export interface Examples {
  /** `[a, D]`, row-major */
  accepted: Float32Array;
  /** `[r, D]` */
  rejected: Float32Array;
}

/** Labels learned from examples alone: T of them, as one direction each among features. */
export interface Taught {
  /** `[T, D]` around `centre`; a row of zeros for a label without examples */
  vectors: Float32Array;
  /** `[T]` accepted photos */
  examples: Uint32Array;
  /** `[D]` mean of the unit prototypes: what all photos have in common says nothing */
  centre: Float32Array;
}

/** What rejected photos count against accepted ones (Rocchio 1971 gives them less). */
const REJECTED = 0.5;

/**
 * Each label's direction: the mean of its accepted photos less half the mean of its rejected ones, at unit length, among features measured
 * in units of what a class scatters (linear discriminant analysis with Rocchio's feedback: a nearest class mean that needs few examples
 * because it knows from other classes which differences mean nothing).
 * @param prototypes `[C, D]` of the visual model's classes, which stand for all that a photo may show
 * @param whitening of the pack's features; without it all differences count alike
 */
export function teachLabels(examples: Examples[], prototypes: Float32Array, D: number, whitening: Whitening | null): Taught {
  const centre = centreOf(prototypes, D);
  const unit = chance(whitening ? whiten(whitening, centred(prototypes, centre)) : centred(prototypes, centre), D);
  const meanOf = (photos: Float32Array) => meanRow(measured(photos, centre, whitening), D);
  const vectors = new Float32Array(examples.length * D);
  examples.forEach(({ accepted, rejected }, t) => {
    if (accepted.length === 0) return;
    const vector = meanOf(accepted);
    if (rejected.length > 0) {
      const away = meanOf(rejected);
      for (let d = 0; d < D; d++) vector[d] -= REJECTED * away[d];
    }
    normalise(vector);
    if (whitening) unwhiten(whitening, vector);
    vectors.set(vector.map((x) => x / unit), t * D);
  });
  return { vectors, centre, examples: Uint32Array.from(examples, ({ accepted }) => accepted.length / D) };
}

/** Classes that are compared with each other. */
const COMPARED = 200;

/** What the product of a class's row with the direction of another class usually is, row by row of `[C, D]`: the unit of `taughtScores`. */
function chance(rows: Float32Array, D: number): number {
  const C = rows.length / D;
  const some = Array.from({ length: Math.min(C, COMPARED) }, (_, i) => Math.floor((i * C) / Math.min(C, COMPARED)));
  const directions = unitRows(rows, D);
  let [squares, pairs] = [0, 0];
  for (const a of some) {
    for (const b of some) {
      if (a === b) continue;
      squares += dot(rows, a * D, directions, b * D, D) ** 2;
      pairs++;
    }
  }
  return squares > 0 ? Math.sqrt(squares / pairs) : 1;
}

/** For each taught label, how near a photo stands to it, `[T]`: in units of how near classes stand to each other by chance; 0 without examples. */
export function taughtScores({ vectors, examples, centre }: Taught, feature: Float32Array): Float32Array {
  const D = centre.length;
  const photo = centred(feature, centre);
  return Float32Array.from(examples, (_, t) => dot(vectors, t * D, photo, 0, D));
}

/** What all photos have in common, `[D]`: the mean of the classes' prototypes `[C, D]` at unit length. */
export const centreOf = (prototypes: Float32Array, D: number): Float32Array => meanRow(unitRows(prototypes, D), D);

/** Features `[n, D]` as labels are learned from them, at unit length: less the centre, in units of what a class scatters. Their inner product is photos' likeness. */
export function measured(features: Float32Array, centre: Float32Array, whitening: Whitening | null): Float32Array {
  const rows = centred(features, centre);
  return whitening ? unitRows(whiten(whitening, rows), centre.length) : rows;
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
