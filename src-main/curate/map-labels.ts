/** One word of a map, where the photos that carry it stand closest together. */
export interface MapLabel {
  /** Index of the label, as given. */
  label: number;
  x: number;
  y: number;
  /** Photos of the whole map that carry it. */
  photos: number;
  /**
   * How much it says about its place, 0..1: the share of its photos that stand there, and of the photos there that
   * carry it.
   */
  worth: number;
}

/** Cells of the square from −1 to 1, a side, in which photos are counted. */
const CELLS = 48;
/** A word belongs to the photos this near to the middle of its densest cell, in units of the map. */
const RADIUS = 0.09;

/**
 * Words for a map: each label at the densest place of its photos, most telling first. A label whose photos are all over
 * the map says little about any place and comes late.
 * @param places `[n, 2]` in the square from −1 to 1
 * @param carriers for each label the photos that carry it, as indices of places
 * @param least labels of fewer photos have no word
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
    const there = Math.max(1, near.length);
    const around = Math.max(there, everywhere[cell]);
    // Both shares count, as the harmonic mean of precision and recall does.
    const worth = (2 * there) / (photos.length + around);
    return [{ label, x, y, photos: photos.length, worth }];
  });
  // Of two words that say as much about their place the one of more photos comes first, so that a far view names large
  // regions.
  const rank = ({ worth, photos }: MapLabel) => worth * Math.sqrt(photos);
  return words.sort((a, b) => rank(b) - rank(a) || a.label - b.label).slice(0, limit);
}

const cellOf = (x: number): number => Math.min(CELLS - 1, Math.max(0, Math.floor(((x + 1) / 2) * CELLS)));
const middleOf = (cell: number): [number, number] => [
  ((cell % CELLS) + 0.5) * (2 / CELLS) - 1,
  (Math.floor(cell / CELLS) + 0.5) * (2 / CELLS) - 1,
];

/** For every cell the photos in it and in those around it. */
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

/** The cell with the most of them; among equals the one where they are most among themselves. */
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
