import type { PhotoGroup, PhotoId } from "../../src-shared/contract";

/** A row of the grid: a heading (`start = end`), or the photos `[start, end)` of the view. */
export interface Row {
  start: number;
  end: number;
  heading: PhotoGroup | null;
  /** The heading of the less certain photos. */
  fold?: true;
}

/**
 * Lays out the photos of a view in rows; each group starts a new one.
 * @param fold index of the first less certain photo, after all groups; null if there are none
 */
export function layOut(
  photos: readonly PhotoId[],
  groups: readonly PhotoGroup[],
  columns: number,
  fold: number | null = null,
): Row[] {
  const rows: Row[] = [];
  const fill = (from: number, to: number) => {
    for (let start = from; start < to; start += columns)
      rows.push({ start, end: Math.min(to, start + columns), heading: null });
  };
  let at = 0;
  for (const group of groups) {
    rows.push({ start: at, end: at, heading: group });
    fill(at, Math.min(photos.length, at + group.count));
    at += group.count;
  }
  if (fold !== null) {
    fill(at, fold);
    rows.push({ start: fold, end: fold, heading: { title: "", count: photos.length - fold }, fold: true });
    at = fold;
  }
  fill(at, photos.length);
  return rows;
}

/** The top of each row in pixels, and last the bottom of all: `[rows + 1]`. */
export function topsOf(
  rows: readonly Row[],
  { row, heading, above }: { row: number; heading: number; /** Space above the first photos. */ above: number },
): Float64Array {
  const tops = new Float64Array(rows.length + 1);
  for (const [i, each] of rows.entries())
    tops[i + 1] = tops[i]! + (each.heading ? heading : row) + (i === 0 && !each.heading ? above : 0);
  return tops;
}

/** The row at `y` pixels from the top; the last one if `y` is below it. */
export const rowAt = (tops: Float64Array, y: number): number => lastRow(tops.length - 1, (row) => tops[row]! <= y);

/** The row that holds the photo at `index`. */
export const rowOf = (rows: readonly Row[], index: number): number =>
  lastRow(rows.length, (row) => rows[row]!.start <= index);

/** The last row for which `begins` holds, given that it holds for all rows before it: a binary search. */
function lastRow(rows: number, begins: (row: number) => boolean): number {
  let low = 0;
  let high = Math.max(0, rows - 1);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (begins(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The position `by` rows of photos below `index` (above if negative), in the same column if there is one. */
export function stepRows(rows: readonly Row[], index: number, by: number): number {
  const from = rowOf(rows, index);
  const column = index - rows[from]!.start;
  const direction = Math.sign(by);
  let target = from;
  let left = Math.abs(by);
  for (let row = from + direction; left > 0 && row >= 0 && row < rows.length; row += direction) {
    if (rows[row]!.heading) continue;
    target = row;
    left--;
  }
  return Math.min(rows[target]!.start + column, rows[target]!.end - 1);
}
