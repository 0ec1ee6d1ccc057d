import { type Part, PARTS } from "../../src-shared/split-parts";
import { random } from "../math/random";
import { shuffled } from "../math/shuffle";

/**
 * Splits photos into train, validation and test such that no group spans two parts. Groups are assigned first, largest
 * first, then single photos label by label, each to the part that is furthest below its share. This keeps the shares
 * among all photos and, as far as single photos allow, within each label.
 * @param n photos
 * @param groups disjoint groups of rows 0 to n − 1
 * @param shares relative sizes of the parts, 0 or more
 * @param labels `[n]` one number per photo, for a stratified split; without it, single photos come in random order
 * @param seed the same seed gives the same split
 * @returns `[n]` each photo's part, as an index into `PARTS`
 * @throws RangeError when shares are negative or all 0, or a row is out of range or in two groups
 */
export function groupedSplit(
  n: number,
  groups: readonly ArrayLike<number>[],
  shares: Record<Part, number>,
  seed: number,
  labels?: ArrayLike<number>,
): Uint8Array {
  const wanted = PARTS.map((part) => shares[part]);
  const whole = wanted.reduce((sum, share) => sum + share, 0);
  if (!wanted.every((share) => share >= 0) || !(whole > 0))
    throw new RangeError(`shares of ${wanted.join(", ")} are negative or all 0`);
  const parts = new Uint8Array(n);
  const have = wanted.map(() => 0);
  let dealt = 0;
  for (const unit of unitsOf(n, groups, seed, labels)) {
    dealt += unit.length;
    const lacks = wanted.map((share, part) => (share === 0 ? -Infinity : (share / whole) * dealt - have[part]));
    const part = lacks.indexOf(Math.max(...lacks));
    have[part] += unit.length;
    for (const row of unit) parts[row] = part;
  }
  return parts;
}

/** Groups, largest first, then single photos, sorted by label. */
function unitsOf(
  n: number,
  groups: readonly ArrayLike<number>[],
  seed: number,
  labels?: ArrayLike<number>,
): number[][] {
  const draw = random(seed);
  const grouped = new Uint8Array(n);
  for (const group of groups) {
    for (const row of Array.from(group)) {
      if (!(row >= 0 && row < n)) throw new RangeError(`a group contains row ${row}, but there are ${n} photos`);
      if (grouped[row]++) throw new RangeError(`photo ${row} is in two groups`);
    }
  }
  const together = shuffled(
    groups.map((group) => Array.from(group)),
    draw,
  ).sort((a, b) => b.length - a.length);
  const single = shuffled(
    Array.from({ length: n }, (_, row) => row).filter((row) => !grouped[row]),
    draw,
  );
  if (labels) {
    const turn = new Map<number, number>();
    for (const row of single) if (!turn.has(labels[row])) turn.set(labels[row], turn.size);
    single.sort((a, b) => turn.get(labels[a])! - turn.get(labels[b])!);
  }
  return [...together, ...single.map((row) => [row])];
}
