import { parentPort, workerData } from "node:worker_threads";
import { areSeparateShots, burstPairs, inSameBurst } from "./bursts";
import { compare, type ComparedPhotos } from "./duplicate-pairs";
import { type Group, groupsOf } from "./grouping";

/**
 * Compares its share of the photos with all photos before them. One of the threads then groups the pairs of all.
 * Started by `findGroups` only.
 */

export interface WorkerTask {
  pictures: ComparedPhotos;
  share: number;
  shares: number;
}
/** Linked rows, as parallel arrays. */
export interface Links {
  i: Uint32Array;
  j: Uint32Array;
}
export type WorkerMessage =
  | { kind: "compared"; photos: number }
  | { kind: "pairs"; pairs: Links }
  | { kind: "groups"; groups: Group[] }
  | { kind: "failed"; message: string };

/** Later photos are compared with more others and take longer, so work is dealt out in blocks of this size. */
const BLOCK = 64;

const { pictures, share, shares } = workerData as WorkerTask;
const post = (news: WorkerMessage) => parentPort!.postMessage(news);
/** Errors are sent as messages: they would lose their type between threads. */
const attempt = (work: () => void) => {
  try {
    work();
  } catch (error) {
    post({ kind: "failed", message: (error as Error).message });
  }
};

attempt(() => {
  const n = pictures.taken.length;
  const comparison = compare(pictures);
  const [is, js]: [number[], number[]] = [[], []];
  for (let from = share * BLOCK; from < n; from += shares * BLOCK) {
    const to = Math.min(n, from + BLOCK);
    for (let i = from; i < to; i++) {
      for (const { j } of comparison.copiesBefore(i)) {
        is.push(i);
        js.push(j);
      }
    }
    post({ kind: "compared", photos: to - from });
  }
  post({ kind: "pairs", pairs: { i: Uint32Array.from(is), j: Uint32Array.from(js) } });

  parentPort!.once("message", (copies: Links) =>
    attempt(() => {
      const series = burstPairs(pictures);
      const links = { i: [...copies.i, ...series.map(({ i }) => i)], j: [...copies.j, ...series.map(({ j }) => j)] };
      const groups = groupsOf(n, links, (i, j) => {
        if (comparison.linkedCopies(i, j)) return areSeparateShots(pictures, i, j) ? "burst" : "duplicate";
        return inSameBurst(pictures, i, j) ? "burst" : null;
      });
      post({ kind: "groups", groups });
    }),
  );
});
