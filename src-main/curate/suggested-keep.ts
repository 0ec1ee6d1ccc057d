/** What tells a better shot from a worse one of the same motif. */
export interface Shot {
  /** Higher is sharper; shots of one size. */
  sharpness: number;
  /** Mean luminance, 0..1. */
  brightness: number;
  /** Share of pixels that are black or burnt out, 0..1. */
  clipped: number;
  pixels: number;
  bytes: number;
}

/** A fault of exposure that is larger by more spoils a photo, however sharp it is… */
const MAX_EXPOSURE_FAULT = 0.12;
/** … and one that is larger by less than this is none. */
const EXPOSURE_TOLERANCE = 0.06;
/** Less sharp than this share of the sharpest is visibly less. */
const MIN_RELATIVE_SHARPNESS = 0.8;
/** Mean luminance of a photo that is neither dark nor pale lies within this of the middle. */
const BRIGHTNESS_TOLERANCE = 0.2;

/** 0 for a fair exposure; what is black or burnt out and what is too dark or pale on the whole adds to it. */
const fault = ({ brightness, clipped }: Shot): number =>
  clipped + Math.max(0, Math.abs(brightness - 0.5) - BRIGHTNESS_TOLERANCE);

/** The criteria in their order: `of` is better where it is higher, and as good as the best from `asGood` on. */
const CRITERIA: { why: string; of(shot: Shot): number; asGood(best: number): number }[] = [
  { why: "better exposed", of: (shot) => -fault(shot), asGood: (best) => best - MAX_EXPOSURE_FAULT },
  { why: "sharpest", of: ({ sharpness }) => sharpness, asGood: (best) => MIN_RELATIVE_SHARPNESS * best },
  { why: "better exposed", of: (shot) => -fault(shot), asGood: (best) => best - EXPOSURE_TOLERANCE },
  { why: "largest", of: ({ pixels }) => pixels, asGood: (best) => best },
  { why: "least compressed", of: ({ bytes }) => bytes, asGood: (best) => best },
];

/**
 * Which of several shots to keep: of those that exposure did not spoil the sharp ones, of them the well exposed, of
 * them the largest,
 * of them the least compressed.
 * @returns the shots best first, by row, and in words what the first has before all others, else before most of them
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

/** What is as good as the best goes on to the next criterion; the first row where all are alike. */
function bestOf(shots: readonly Shot[], rows: readonly number[]): number {
  let left = rows;
  for (const { of, asGood } of CRITERIA) {
    const enough = asGood(left.reduce((best, row) => Math.max(best, of(shots[row])), -Infinity));
    left = left.filter((row) => of(shots[row]) >= enough);
  }
  return left[0];
}
