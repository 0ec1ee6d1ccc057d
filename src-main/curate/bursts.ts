import type { Pictures } from "./duplicate-pairs";
import { cosine } from "./feature-codes";

/** Shots of one motif follow each other within so many seconds… */
const GAP = 3;
/** … and the whole series takes no longer. */
const LONGEST = 60;
/** Features of one motif are at least this alike. */
const ALIKE = 0.6;
/** A shot is held against so many that follow: one that failed does not part a series. */
const FOLLOWING = 3;

/** Whether two photos can be of one series: the same folder, seconds apart, the same motif. */
export function sameSeries({ features, D, taken, folders }: Pictures, i: number, j: number): boolean {
  return folders[i] === folders[j] && Math.abs(taken[i] - taken[j]) <= LONGEST && cosine(features, D, i, j) >= ALIKE;
}

/** Whether two copies are rather two shots: their cameras' clocks say so. */
export const areShots = ({ taken }: Pictures, i: number, j: number): boolean =>
  taken[i] !== taken[j] && Math.abs(taken[i] - taken[j]) <= LONGEST;

/** Photos that were taken one after another of one motif, as pairs. */
export function burstPairs(pictures: Pictures): { i: number; j: number }[] {
  const { taken, folders } = pictures;
  const order = Array.from(taken.keys())
    .filter((i) => !Number.isNaN(taken[i]))
    .sort((a, b) => folders[a] - folders[b] || taken[a] - taken[b] || a - b);
  return order.flatMap((i, at) =>
    order
      .slice(at + 1, at + 1 + FOLLOWING)
      .filter((j) => folders[i] === folders[j] && taken[j] - taken[i] <= GAP && sameSeries(pictures, i, j))
      .map((j) => ({ i, j })),
  );
}
