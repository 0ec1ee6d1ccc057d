import { choleskyOrNull, solve } from "../math/cholesky";
import { blur, halve, picture } from "./grey-picture";

/** How well one picture matches another once it has been stretched and shifted to fit. */
export interface Fit {
  /** Correlation of luminance where the pictures overlap, −1..1. */
  light: number;
  /** Correlation of fine structure only (each picture minus its blurred copy), −1..1. */
  detail: number;
  mirrored: boolean;
  warp: Warp;
}

/** x′ = scale·x + shift, in half pictures from the centre. */
export interface Warp {
  scaleX: number;
  shiftX: number;
  scaleY: number;
  shiftY: number;
}

/** A slightly blurred greyscale square: `[side, side]`. */
interface Sheet {
  side: number;
  light: Float32Array;
}
type FineSheet = Sheet & { fine: Float32Array };

const COARSE_STEPS = 8;
const FULL_STEPS = 4;
/** Gauss–Newton has converged when no parameter moves by more than this, in half pictures. */
const CONVERGED_STEP = 0.002;
/** Limits of stretch and shift. What is cropped by more is a detail rather than a copy. */
const MAX_STRETCH = 0.35;
const MAX_SHIFT = 0.35;
/** Fraction of the picture that must overlap the other one. */
const MIN_OVERLAP = 1 / 3;
/** Minimum correlation before alignment… */
const MIN_START_CORRELATION = 0.3;
/** … and after the coarse steps. */
const MIN_COARSE_CORRELATION = 0.7;
/** Straight and mirrored are both aligned unless their correlations differ by more than this. */
const MIRROR_MARGIN = 0.2;

/**
 * Aligns pictures at half resolution first, then, if they match, at full resolution.
 * @param greys `[n, side, side]`
 * @returns a function that says how well picture j matches picture i, straight or mirrored; null if it clearly does not
 */
export function createAligner(greys: Uint8Array, side: number): (i: number, j: number) => Fit | null {
  const half = side >> 1;
  const n = greys.length / (side * side);
  const halves = new Uint8Array(n * half * half);
  for (let i = 0; i < n; i++) halves.set(blur(halve(greys, i * side * side, side), half), i * half * half);
  const coarse = (i: number, mirrored: boolean): Sheet => ({ side: half, light: picture(halves, i, half, mirrored) });
  const full = (i: number, mirrored: boolean): FineSheet => {
    const light = blur(picture(greys, i, side, mirrored), side);
    const soft = blur(blur(light, side), side);
    return { side, light, fine: light.map((value, at) => value - soft[at]) };
  };
  // Calls come row by row, so the last row's pictures are kept for all its candidates.
  let last: { i: number; coarse: Sheet; full: FineSheet | null } | null = null;

  return (i, j) => {
    if (last?.i !== i) last = { i, coarse: coarse(i, false), full: null };
    const still = last.coarse;
    const tries = [false, true].map((mirrored) => {
      const moving = coarse(j, mirrored);
      return { mirrored, moving, alike: correlation(still.light, moving.light) };
    });
    const most = Math.max(...tries.map(({ alike }) => alike));
    if (most < MIN_START_CORRELATION) return null;
    let [best, rough]: [{ mirrored: boolean; warp: Warp } | null, number] = [null, MIN_COARSE_CORRELATION];
    for (const { mirrored, moving, alike } of tries) {
      if (alike < most - MIRROR_MARGIN) continue;
      const warp: Warp = { scaleX: 1, shiftX: 0, scaleY: 1, shiftY: 0 };
      const reached = approach(still, moving, warp, COARSE_STEPS);
      if (reached >= rough) [best, rough] = [{ mirrored, warp }, reached];
    }
    if (!best) return null;
    const { mirrored, warp } = best;
    last.full ??= full(i, false);
    const moving = full(j, mirrored);
    approach(last.full, moving, warp, FULL_STEPS);
    return { ...compare(last.full, moving, warp), mirrored, warp };
  };
}

/**
 * Where the pixels along one side of a picture fall on the other picture. Pixels `first` to `end` − 1 fall on it: pixel
 * i at `place[i]` (−1..1), a fraction `share[i]` of the way from pixel `low[i]` to the next.
 */
interface Axis {
  first: number;
  end: number;
  place: Float64Array;
  low: Int32Array;
  share: Float64Array;
}

const axis = (side: number): Axis => ({
  first: 0,
  end: side,
  place: Float64Array.from({ length: side }, (_, i) => (2 * i + 1) / side - 1),
  low: new Int32Array(side),
  share: new Float64Array(side),
});

/** Applies scale and shift to an axis. */
function lay(along: Axis, scale: number, shift: number): void {
  const side = along.place.length;
  [along.first, along.end] = [side, side];
  for (let i = 0; i < side; i++) {
    const at = ((scale * along.place[i] + shift + 1) * side - 1) / 2;
    if (at > side - 1) {
      along.end = i;
      break; // the scale is positive, so the rest lies outside too
    }
    if (at < 0) continue;
    along.first = Math.min(along.first, i);
    along.low[i] = Math.min(side - 2, Math.floor(at));
    along.share[i] = at - along.low[i];
  }
}

const P = 6;
/**
 * Gauss–Newton over scale, shift, and gain and offset of luminance (Baker & Matthews 2004). Changes `warp`.
 * @returns the correlation before the last step; −1 if the pictures no longer overlap enough
 */
function approach(still: Sheet, moving: Sheet, warp: Warp, steps: number): number {
  const { side, light: S } = still;
  const A = new Float64Array(P * P),
    b = new Float64Array(P),
    j = new Float64Array(P);
  const across = axis(side),
    down = axis(side);
  let reached = -1;
  for (let step = 0; step < steps; step++) {
    A.fill(0);
    b.fill(0);
    let n = 0,
      sumI = 0,
      sumT = 0,
      squareI = 0,
      squareT = 0,
      product = 0;
    lay(across, warp.scaleX, warp.shiftX);
    lay(down, warp.scaleY, warp.shiftY);
    for (let row = down.first; row < down.end; row++) {
      const y = down.place[row],
        fy = down.share[row],
        top = down.low[row] * side;
      for (let column = across.first; column < across.end; column++) {
        const x = across.place[column],
          fx = across.share[column];
        const at = top + across.low[column];
        const p = S[at],
          q = S[at + 1],
          r = S[at + side],
          s = S[at + side + 1];
        const upper = p + fx * (q - p),
          lower = r + fx * (s - r);
        const I = upper + fy * (lower - upper);
        const gx = ((q - p + fy * (s - r - (q - p))) * side) / 2,
          gy = ((lower - upper) * side) / 2;
        const T = moving.light[row * side + column];
        n++;
        sumI += I;
        sumT += T;
        squareI += I * I;
        squareT += T * T;
        product += I * T;
        // T ≈ I + ∇I·∂W + a·I + b
        j[0] = gx * x;
        j[1] = gx;
        j[2] = gy * y;
        j[3] = gy;
        j[4] = I;
        j[5] = 1;
        const error = T - I;
        for (let k = 0; k < P; k++) {
          b[k] += j[k] * error;
          for (let l = 0; l <= k; l++) A[k * P + l] += j[k] * j[l];
        }
      }
    }
    if (n < side * side * MIN_OVERLAP) return -1;
    reached = correlationOf(n, sumI, sumT, squareI, squareT, product);
    const d = dampedSolution(A, b);
    if (!d) return reached;
    // The gain multiplies the picture, so divide the step by it.
    const gain = 1 + d[4];
    if (gain < 0.2) return reached;
    warp.scaleX = bounded(warp.scaleX + d[0] / gain, 1, MAX_STRETCH);
    warp.shiftX = bounded(warp.shiftX + d[1] / gain, 0, MAX_SHIFT);
    warp.scaleY = bounded(warp.scaleY + d[2] / gain, 1, MAX_STRETCH);
    warp.shiftY = bounded(warp.shiftY + d[3] / gain, 0, MAX_SHIFT);
    if (Math.max(...[0, 1, 2, 3].map((k) => Math.abs(d[k] / gain))) < CONVERGED_STEP) break;
  }
  return reached;
}

function compare(still: FineSheet, moving: FineSheet, warp: Warp): Pick<Fit, "light" | "detail"> {
  const { side } = still;
  let n = 0;
  const light = [0, 0, 0, 0, 0],
    fine = [0, 0, 0, 0, 0];
  const add = (sums: number[], I: number, T: number) => {
    sums[0] += I;
    sums[1] += T;
    sums[2] += I * I;
    sums[3] += T * T;
    sums[4] += I * T;
  };
  const across = axis(side),
    down = axis(side);
  lay(across, warp.scaleX, warp.shiftX);
  lay(down, warp.scaleY, warp.shiftY);
  for (let row = down.first; row < down.end; row++) {
    const fy = down.share[row],
      top = down.low[row] * side;
    for (let column = across.first; column < across.end; column++) {
      const fx = across.share[column];
      const at = top + across.low[column];
      const between = (of: Float32Array) => {
        const upper = of[at] + fx * (of[at + 1] - of[at]),
          lower = of[at + side] + fx * (of[at + side + 1] - of[at + side]);
        return upper + fy * (lower - upper);
      };
      n++;
      add(light, between(still.light), moving.light[row * side + column]);
      add(fine, between(still.fine), moving.fine[row * side + column]);
    }
  }
  const of = ([i, t, ii, tt, it]: number[]) => correlationOf(n, i, t, ii, tt, it);
  return { light: of(light), detail: of(fine) };
}

function correlationOf(
  n: number,
  sumA: number,
  sumB: number,
  squareA: number,
  squareB: number,
  product: number,
): number {
  const a = squareA - (sumA * sumA) / n,
    b = squareB - (sumB * sumB) / n;
  return a <= 1e-9 || b <= 1e-9 ? 0 : (product - (sumA * sumB) / n) / Math.sqrt(a * b);
}

function correlation(a: Float32Array, b: Float32Array): number {
  let [sumA, sumB, squareA, squareB, product] = [0, 0, 0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    sumA += a[i];
    sumB += b[i];
    squareA += a[i] * a[i];
    squareB += b[i] * b[i];
    product += a[i] * b[i];
  }
  return correlationOf(a.length, sumA, sumB, squareA, squareB, product);
}

const bounded = (value: number, middle: number, most: number): number =>
  Math.max(middle - most, Math.min(middle + most, value));

/**
 * Solves `A·x = b` with slight damping, because flat pictures leave the warp undetermined. Changes A. Null if it is
 * singular.
 */
function dampedSolution(A: Float64Array, b: Float64Array): Float64Array | null {
  for (let k = 0; k < P; k++) A[k * P + k] += 1e-6 + 1e-4 * A[k * P + k];
  const factor = choleskyOrNull(A, P);
  return factor && solve(factor, b);
}
