/** A spatial index of the map: the point nearest to a position, and those inside a lasso or rectangle. */
export interface PointIndex {
  /** The point nearest to a position within a distance, or −1. */
  nearest(x: number, y: number, within: number): number;
  /** The points inside a closed polygon of corners `[m, 2]`, by the even-odd rule, ascending. */
  inside(lassoPoints: number[]): number[];
  /** The points inside a rectangle, ascending. */
  between(low: [number, number], high: [number, number]): number[];
}

/** Average number of points per grid cell. */
const PER_CELL = 8;

/** @param xs, ys positions of n points in the square from −1 to 1 */
export function indexPoints(xs: ArrayLike<number>, ys: ArrayLike<number>): PointIndex {
  const n = xs.length;
  const side = Math.max(1, Math.floor(Math.sqrt(n / PER_CELL)));
  const cellOf = (value: number) => Math.min(side - 1, Math.max(0, Math.floor(((value + 1) / 2) * side)));
  // Points sorted by cell: those of cell c are at begins[c] to begins[c + 1].
  const begins = new Uint32Array(side * side + 1);
  const cells = new Uint32Array(n);
  for (let i = 0; i < n; i++) begins[(cells[i] = cellOf(ys[i]!) * side + cellOf(xs[i]!)) + 1]!++;
  for (let c = 0; c < side * side; c++) begins[c + 1]! += begins[c]!;
  const next = begins.slice();
  const sorted = new Uint32Array(n);
  for (const [i, cell] of cells.entries()) sorted[next[cell]!++] = i;

  function* near(low: [number, number], high: [number, number]): Generator<number> {
    for (let row = cellOf(low[1]); row <= cellOf(high[1]); row++) {
      const [from, to] = [row * side + cellOf(low[0]), row * side + cellOf(high[0])];
      yield* sorted.subarray(begins[from], begins[to + 1]);
    }
  }

  return {
    nearest(x, y, within) {
      let [best, least] = [-1, within * within];
      for (const i of near([x - within, y - within], [x + within, y + within])) {
        const square = (xs[i]! - x) ** 2 + (ys[i]! - y) ** 2;
        if (square > least) continue;
        [best, least] = [i, square];
      }
      return best;
    },
    inside(lassoPoints) {
      const [low, high] = boundsOf(lassoPoints);
      return [...near(low, high)].filter((i) => isInside(lassoPoints, xs[i]!, ys[i]!)).sort((a, b) => a - b);
    },
    between(low, high) {
      return [...near(low, high)]
        .filter((i) => xs[i]! >= low[0] && xs[i]! <= high[0] && ys[i]! >= low[1] && ys[i]! <= high[1])
        .sort((a, b) => a - b);
    },
  };
}

function boundsOf(lassoPoints: number[]): [[number, number], [number, number]] {
  const low: [number, number] = [Infinity, Infinity],
    high: [number, number] = [-Infinity, -Infinity];
  lassoPoints.forEach((value, at) => {
    low[at % 2] = Math.min(low[at % 2]!, value);
    high[at % 2] = Math.max(high[at % 2]!, value);
  });
  return [low, high];
}

/** Even-odd rule: a ray to the right crosses the polygon an odd number of times. */
function isInside(lassoPoints: number[], x: number, y: number): boolean {
  let inside = false;
  for (let i = 0, j = lassoPoints.length - 2; i < lassoPoints.length; j = i, i += 2) {
    const [ax, ay, bx, by] = [lassoPoints[i]!, lassoPoints[i + 1]!, lassoPoints[j]!, lassoPoints[j + 1]!];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}
