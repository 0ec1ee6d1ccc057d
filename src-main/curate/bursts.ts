import type { ComparedPhotos } from "./duplicate-pairs";
import { cosine } from "./feature-codes";

/** Longest gap between consecutive shots of a burst, in seconds… */
const MAX_GAP_SECONDS = 3;
/** … and longest duration of the whole burst. */
const MAX_BURST_SECONDS = 60;
/** Minimum cosine of the features of two shots of one motif. */
const MIN_COSINE = 0.6;
/** Each shot is compared with this many that follow, so that one failed shot does not break up a burst. */
const MAX_LOOKAHEAD = 3;

/** Whether two photos can belong to one burst: same folder, seconds apart, same motif. */
export function inSameBurst({ features, D, taken, folders }: ComparedPhotos, i: number, j: number): boolean {
  return (
    folders[i] === folders[j] &&
    Math.abs(taken[i] - taken[j]) <= MAX_BURST_SECONDS &&
    cosine(features, D, i, j) >= MIN_COSINE
  );
}

/** Whether near-duplicates are separate shots rather than copies, judging by their capture times. */
export const areSeparateShots = ({ taken }: ComparedPhotos, i: number, j: number): boolean =>
  taken[i] !== taken[j] && Math.abs(taken[i] - taken[j]) <= MAX_BURST_SECONDS;

/** Pairs of photos taken in quick succession of one motif. */
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
