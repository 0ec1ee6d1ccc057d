import type { ComparedPhotos } from "./duplicate-pairs";
import { cosine } from "./feature-codes";

/** Shots of one motif follow each other within so many seconds… */
const MAX_GAP_SECONDS = 3;
/** … and the whole series takes no longer. */
const MAX_BURST_SECONDS = 60;
/** Features of one motif are at least this alike. */
const MIN_COSINE = 0.6;
/** A shot is held against so many that follow: one that failed does not part a series. */
const MAX_LOOKAHEAD = 3;

/** Whether two photos can be of one series: the same folder, seconds apart, the same motif. */
export function inSameBurst({ features, D, taken, folders }: ComparedPhotos, i: number, j: number): boolean {
  return (
    folders[i] === folders[j] &&
    Math.abs(taken[i] - taken[j]) <= MAX_BURST_SECONDS &&
    cosine(features, D, i, j) >= MIN_COSINE
  );
}

/** Whether two copies are rather two shots: their cameras' clocks say so. */
export const areSeparateShots = ({ taken }: ComparedPhotos, i: number, j: number): boolean =>
  taken[i] !== taken[j] && Math.abs(taken[i] - taken[j]) <= MAX_BURST_SECONDS;

/** Photos that were taken one after another of one motif, as pairs. */
export function burstPairs(pictures: ComparedPhotos): { i: number; j: number }[] {
  const { taken, folders } = pictures;
  const order = Array.from(taken.keys())
    .filter((i) => !Number.isNaN(taken[i]))
    .sort((a, b) => folders[a] - folders[b] || taken[a] - taken[b] || a - b);
  return order.flatMap((i, at) =>
    order
      .slice(at + 1, at + 1 + MAX_LOOKAHEAD)
      .filter((j) => folders[i] === folders[j] && taken[j] - taken[i] <= MAX_GAP_SECONDS && inSameBurst(pictures, i, j))
      .map((j) => ({ i, j })),
  );
}
