import { gaussian, random } from "../math/random";
import { createRowMatrix } from "../math/row-products";
import { dot, normalise } from "../math/vectors";

/** 64-bit words per code. */
export const CODE_WORDS = 4;
const BITS = 64 * CODE_WORDS;
/**
 * The mean counts half at this many photos: in a small library, photos must not be compared with little but their own
 * mean.
 */
const MEAN_PRIOR_PHOTOS = 100;

/** Subtracts the mean of all features. Photos have much in common, and differ in direction from the mean. */
export interface Centring {
  /** Scales rows to unit length and adds them to the mean. @param rows `[n, D]`, overwritten */
  take(rows: Float32Array): void;
  /**
   * Subtracts the mean from rows that were passed to `take`. @param rows `[n, D]`, overwritten with rows of unit length
   */
  centre(rows: Float32Array): void;
}

export function createCentring(D: number): Centring {
  const sum = new Float64Array(D);
  let n = 0;
  const each = (rows: Float32Array, work: (from: number) => void) => {
    if (rows.length % D !== 0) throw new RangeError(`${rows.length} numbers do not make rows of ${D}`);
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
 * 256-bit sign codes: the sides of random hyperplanes on which each row lies (Charikar 2002). Rows at an angle a differ
 * in about 256·a/π bits.
 * @param rows `[n, D]` @returns `[n, CODE_WORDS]`
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
 * Bits in which two rows of this cosine hardly ever differ more: the expected number plus three standard deviations.
 */
export function codeDistance(cosine: number): number {
  const share = Math.acos(cosine) / Math.PI;
  return Math.round(BITS * share + 3 * Math.sqrt(BITS * share * (1 - share)));
}

/** Cosine of two rows of unit length. */
export const cosine = (rows: Float32Array, D: number, i: number, j: number): number => dot(rows, i * D, rows, j * D, D);
