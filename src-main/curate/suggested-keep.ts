/** What makes one shot of a motif better than another. */
export interface Shot {
  /** Higher is sharper; comparable between shots of equal size. */
  sharpness: number;
  /** Mean luminance, 0..1. */
  brightness: number;
  /** Fraction of pixels that are clipped to black or white, 0..1. */
  clipped: number;
  pixels: number;
  bytes: number;
}

/** An exposure fault worse than the best shot's by more than this rules a shot out, however sharp it is… */
const MAX_EXPOSURE_FAULT = 0.12;
/** … and differences below this are ignored. */
const EXPOSURE_TOLERANCE = 0.06;
/** A shot below this fraction of the best sharpness is visibly less sharp. */
const MIN_RELATIVE_SHARPNESS = 0.8;
/** A photo is neither dark nor pale if its mean luminance is within this distance of 0.5. */
const BRIGHTNESS_TOLERANCE = 0.2;

/** Exposure fault: 0 for a good exposure, plus clipping, plus how far the photo is too dark or too bright overall. */
const fault = ({ brightness, clipped }: Shot): number =>
  clipped + Math.max(0, Math.abs(brightness - 0.5) - BRIGHTNESS_TOLERANCE);

/**
 * Criteria in order of priority. `of` is better when higher; `asGood` gives the value from which a shot counts as equal
 * to the best.
 */
const CRITERIA: { why: string; of(shot: Shot): number; asGood(best: number): number }[] = [
  { why: "better exposed", of: (shot) => -fault(shot), asGood: (best) => best - MAX_EXPOSURE_FAULT },
  { why: "sharpest", of: ({ sharpness }) => sharpness, asGood: (best) => MIN_RELATIVE_SHARPNESS * best },
  { why: "better exposed", of: (shot) => -fault(shot), asGood: (best) => best - EXPOSURE_TOLERANCE },
  { why: "largest", of: ({ pixels }) => pixels, asGood: (best) => best },
  { why: "least compressed", of: ({ bytes }) => bytes, asGood: (best) => best },
];

/**
 * Ranks shots of one motif: those whose exposure is not ruined, then by sharpness, exposure, size, and compression.
 * @returns the rows, best first, and why the first one is best: what sets it apart from all others, or else from most
 * of them
 */
export function rankForKeeping(shots: readonly Shot[]): { order: number[]; why: string } {
  const order: number[] = [];
  const left = new Set(shots.keys());
  while (left.size > 0) {
    const best = bestOf(shots, [...left]);
    order.push(best);
    left.delete(best);
  }
  const [first, ...others] = order;
  const beaten = CRITERIA.map(({ why, of, asGood }) => ({
    why,
    n: others.filter((other) => of(shots[other]) < asGood(of(shots[first]))).length,
  }));
  const all = beaten.filter(({ n }) => n > 0 && n === others.length);
  if (all.length > 0) return { order, why: [...new Set(all.map(({ why }) => why))].slice(0, 2).join(", ") };
  const most = beaten.reduce((a, b) => (b.n > a.n ? b : a));
  return { order, why: most.n > 0 ? most.why : "as good as the others" };
}

/** Shots that count as equal to the best move on to the next criterion; the first row wins a tie. */
function bestOf(shots: readonly Shot[], rows: readonly number[]): number {
  let left = rows;
  for (const { of, asGood } of CRITERIA) {
    const enough = asGood(left.reduce((best, row) => Math.max(best, of(shots[row])), -Infinity));
    left = left.filter((row) => of(shots[row]) >= enough);
  }
  return left[0];
}
