import { gaussian, random } from "../math/random";
import { createRowMatrix } from "../math/row-products";
import { dot, normalise } from "../math/vectors";

/** 64-bit words of a code. */
export const CODE_WORDS = 4;
const BITS = 64 * CODE_WORDS;
/** A mean of so many photos counts half: the few photos of a small library are not to be told from their own mean. */
const MEAN_PRIOR_PHOTOS = 100;

/** Features as directions from their mean, in which one photo differs from another: all have much in common. */
export interface Centring {
  /** Takes rows into the mean, and brings them to unit length. @param rows `[n, D]`, overwritten */
  take(rows: Float32Array): void;
  /** Takes the mean off rows that were taken in. @param rows `[n, D]`, overwritten by rows of unit length */
  centre(rows: Float32Array): void;
}

export function createCentring(D: number): Centring {
  const sum = new Float64Array(D);
  let n = 0;
  const each = (rows: Float32Array, work: (from: number) => void) => {
    if (rows.length % D !== 0) throw new RangeError(`${rows.length} numbers are not rows of ${D}`);
    for (let from = 0; from < rows.length; from += D) work(from);
  };
  return {
    take: (rows) =>
      each(rows, (from) => {
        normalise(rows, from, D);
        for (let d = 0; d < D; d++) sum[d] += rows[from + d];
        n++;
      }),
    centre: (rows) =>
      each(rows, (from) => {
        for (let d = 0; d < D; d++) rows[from + d] -= sum[d] / (n + MEAN_PRIOR_PHOTOS);
        normalise(rows, from, D);
      }),
  };
}

/**
 * 256 bits a row: on which side of random planes it lies (Charikar 2002). Rows at an angle of a differ in about 256·a/π
 * bits.
 * @param rows `[n, D]` @returns `[n, WORDS]`
 */
export function signCodes(rows: Float32Array, D: number): BigUint64Array {
  const n = rows.length / D;
  const draw = random(256);
  const planes = createRowMatrix(D);
  for (let bit = 0; bit < BITS; bit++)
    planes.set(
      bit,
      Float32Array.from({ length: D }, () => gaussian(draw)),
      0,
    );
  const codes = new BigUint64Array(n * CODE_WORDS);
  const bits = new Uint8Array(codes.buffer);
  for (let i = 0; i < n; i++) {
    const sides = planes.products(rows.subarray(i * D, (i + 1) * D), BITS);
    for (let bit = 0; bit < BITS; bit++) if (sides[bit] > 0) bits[(i * BITS + bit) >> 3] |= 1 << (bit & 7);
  }
  return codes;
}

/**
 * Bits in which two rows of this cosine differ, nearly always at most: the expected number and three standard
 * deviations.
 */
export function codeDistance(cosine: number): number {
  const share = Math.acos(cosine) / Math.PI;
  return Math.round(BITS * share + 3 * Math.sqrt(BITS * share * (1 - share)));
}

/** Cosine of two rows of unit length. */
export const cosine = (rows: Float32Array, D: number, i: number, j: number): number => dot(rows, i * D, rows, j * D, D);
