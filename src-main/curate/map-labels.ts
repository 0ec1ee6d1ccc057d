/** A label on the map, placed where its photos are densest. */
export interface MapLabel {
  /** Index of the label in the input. */
  label: number;
  x: number;
  y: number;
  /** Photos with this label on the whole map. */
  photos: number;
  /**
   * How well the label describes its region, 0..1: the F-score of the fraction of its photos that lie there and the
   * fraction of the photos there that have it.
   */
  worth: number;
}

/** Cells per side of the grid in which photos are counted. */
const CELLS = 48;
/** Radius of a label's region around the centre of its densest cell, in map units. */
const RADIUS = 0.09;

/**
 * Places labels on the map, most descriptive first. A label whose photos are scattered all over the map describes no
 * region well and comes late.
 * @param positions `[n, 2]` in the square from −1 to 1
 * @param carriers the photos with each label, as indices of positions
 * @param least labels with fewer photos are not placed
 */
export function placeMapLabels(
  positions: Float32Array,
  carriers: readonly ArrayLike<number>[],
  least: number,
  limit: number,
): MapLabel[] {
  const everywhere = countNear(
    positions,
    Array.from({ length: positions.length / 2 }, (_, i) => i),
  );
  const words = carriers.flatMap((photos, label): MapLabel[] => {
    if (photos.length < least) return [];
    const cell = densest(countNear(positions, photos), everywhere);
    const near = within(positions, photos, ...middleOf(cell));
    const [x, y] = meanOf(positions, near);
    const nearby = Math.max(1, near.length);
    const around = Math.max(nearby, everywhere[cell]);
    // Harmonic mean of both fractions, as of precision and recall.
    const worth = (2 * nearby) / (photos.length + around);
    return [{ label, x, y, photos: photos.length, worth }];
  });
  // Among labels that describe their regions equally well, larger regions come first, so that they are named when
  // zoomed out.
  const rank = ({ worth, photos }: MapLabel) => worth * Math.sqrt(photos);
  return words.sort((a, b) => rank(b) - rank(a) || a.label - b.label).slice(0, limit);
}

const cellOf = (x: number): number => Math.min(CELLS - 1, Math.max(0, Math.floor(((x + 1) / 2) * CELLS)));
const middleOf = (cell: number): [number, number] => [
  ((cell % CELLS) + 0.5) * (2 / CELLS) - 1,
  (Math.floor(cell / CELLS) + 0.5) * (2 / CELLS) - 1,
];

/** For every cell, the photos in it and in the surrounding cells. */
function countNear(positions: Float32Array, photos: ArrayLike<number>): Uint32Array {
  const counts = new Uint32Array(CELLS * CELLS);
  for (let i = 0; i < photos.length; i++)
    counts[cellOf(positions[2 * photos[i] + 1]) * CELLS + cellOf(positions[2 * photos[i]])]++;
  const near = new Uint32Array(CELLS * CELLS);
  for (let cell = 0; cell < counts.length; cell++) {
    if (counts[cell] === 0) continue;
    const [column, row] = [cell % CELLS, Math.floor(cell / CELLS)];
    for (let y = Math.max(0, row - 1); y <= Math.min(CELLS - 1, row + 1); y++) {
      for (let x = Math.max(0, column - 1); x <= Math.min(CELLS - 1, column + 1); x++)
        near[y * CELLS + x] += counts[cell];
    }
  }
  return near;
}

/** The cell with the most of these photos; ties go to the cell with the fewest others. */
function densest(counts: Uint32Array, everywhere: Uint32Array): number {
  let best = 0;
  for (let cell = 1; cell < counts.length; cell++) {
    if (
      counts[cell] > counts[best] ||
      (counts[cell] === counts[best] && counts[cell] > 0 && everywhere[cell] < everywhere[best])
    )
      best = cell;
  }
  return best;
}

function within(positions: Float32Array, photos: ArrayLike<number>, x: number, y: number): number[] {
  return Array.from(photos).filter(
    (photo) => (positions[2 * photo] - x) ** 2 + (positions[2 * photo + 1] - y) ** 2 <= RADIUS ** 2,
  );
}

function meanOf(positions: Float32Array, photos: number[]): [number, number] {
  const sum = (d: number) => photos.reduce((total, photo) => total + positions[2 * photo + d], 0) / photos.length;
  return [sum(0), sum(1)];
}
