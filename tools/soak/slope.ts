/** Least-squares slope with the half width of its 95% confidence interval. */
export interface Slope {
  perUnit: number;
  within: number;
}

/** @throws RangeError with fewer than three points, or a single x */
export function slopeOf(points: readonly { x: number; y: number }[]): Slope {
  const n = points.length;
  if (n < 3) throw new RangeError(`${n} points are too few for a slope with an interval`);
  const mean = (of: (point: { x: number; y: number }) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / n;
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)];
  const spread = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
  if (spread === 0) throw new RangeError("points with a single x have no slope");
  const perUnit = points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) / spread;
  const left = points.reduce((sum, point) => sum + (point.y - y - perUnit * (point.x - x)) ** 2, 0);
  return { perUnit, within: studentT(n - 2) * Math.sqrt(left / (n - 2) / spread) };
}

/**
 * The 97.5% quantile of Student's t: exact for one and two degrees of freedom, else by Hill's expansion (CACM 13,
 * 1970).
 */
function studentT(degrees: number): number {
  if (degrees === 1) return 12.706;
  if (degrees === 2) return 4.303;
  const z = 1.959964;
  const [g1, g2, g3] = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
  ];
  return z + g1 / degrees + g2 / degrees ** 2 + g3 / degrees ** 3;
}
