import { availableParallelism } from "node:os";
import { Refusal, withFullStop } from "../../src-shared/refusal";
import { startWorker } from "../base/worker";
import { concat } from "../math/concat";
import type { ComparedPhotos } from "./duplicate-pairs";
import type { Links, WorkerMessage, WorkerTask } from "./duplicates-worker";
import type { Group } from "./grouping";

/** Each thread holds its own codes and hashes of all photos, so their number is limited. */
const MAX_THREADS = 8;
/** Photos that justify starting another thread. */
const PHOTOS_PER_THREAD = 2000;

/**
 * Finds groups of near-duplicates and bursts in worker threads.
 * @param pictures arrays in shared memory; others are copied for each thread
 * @param onProgress called with the number of photos compared so far
 * @param signal stops the threads at once; the promise rejects with its reason
 * @throws Refusal `not-built` if the worker file is missing, `compare-failed` with a thread's error
 */
export async function findGroups(
  pictures: ComparedPhotos,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: (photos: number) => void } = {},
): Promise<Group[]> {
  signal?.throwIfAborted();
  const n = pictures.taken.length;
  const shares = Math.max(1, Math.min(MAX_THREADS, availableParallelism(), Math.ceil(n / PHOTOS_PER_THREAD)));
  let compared = 0;
  const threads = Array.from({ length: shares }, (_, share) =>
    startShare({ pictures, share, shares }, (photos) => onProgress?.((compared += photos))),
  );
  const stop = new Promise<never>((_, reject) =>
    signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true }),
  );
  stop.catch(() => undefined); // awaited through the race below
  try {
    const pairs = await Promise.race([stop, Promise.all(threads.map((thread) => thread.pairs))]);
    threads.slice(1).forEach(({ end }) => end());
    return await Promise.race([
      stop,
      threads[0].groups({
        i: concat(
          pairs.map(({ i }) => i),
          Uint32Array,
        ),
        j: concat(
          pairs.map(({ j }) => j),
          Uint32Array,
        ),
      }),
    ]);
  } finally {
    threads.forEach(({ end }) => end());
  }
}

function startShare(
  task: WorkerTask,
  onCompared: (photos: number) => void,
): { pairs: Promise<Links>; groups(all: Links): Promise<Group[]>; end(): void } {
  const worker = startWorker("duplicates-worker", task);
  const [pairs, groups] = [Promise.withResolvers<Links>(), Promise.withResolvers<Group[]>()];
  groups.promise.catch(() => undefined); // only one thread is asked for groups
  const fail = (error: Error) => [pairs, groups].forEach(({ reject }) => reject(error));
  worker.on("message", (news: WorkerMessage) => {
    if (news.kind === "compared") onCompared(news.photos);
    else if (news.kind === "pairs") pairs.resolve(news.pairs);
    else if (news.kind === "groups") groups.resolve(news.groups);
    else fail(new Refusal("compare-failed", `Comparing photos failed: ${withFullStop(news.message)}`));
  });
  worker.on("error", (error) =>
    fail(
      new Refusal(
        "compare-failed",
        `Comparing photos failed: the worker thread crashed: ${withFullStop(error.message)}`,
      ),
    ),
  );
  worker.on("exit", (code) =>
    fail(new Refusal("compare-failed", `Comparing photos failed: the worker thread exited with code ${code}.`)),
  ); // ignored once a result has arrived
  return {
    pairs: pairs.promise,
    groups: (all) => {
      worker.postMessage(all);
      return groups.promise;
    },
    end: () => void worker.terminate(),
  };
}
