import { startWorker } from "../../base/worker";
import type { CountedCorpus } from "./frequent-words";
import { prepareTraining, sharesOf, trainedVectors, type TrainSettings } from "./training";
import type { WorkerTask } from "./words-worker";

export interface TrainProgress {
  /** Words processed so far, of `total`, counting all epochs. */
  done: number;
  total: number;
  /** Words per second over all threads, since the start. */
  wordsPerSecond: number;
}

export interface TrainedWords {
  /** `[V, E]` row-major, in the order of the corpus's words */
  vectors: Float32Array;
  seconds: number;
  wordsPerSecond: number;
}

const PROGRESS_MS = 500;

/**
 * Trains skip-gram word vectors (Mikolov et al. 2013) in worker threads over shared memory.
 * @param signal ends the threads at once; the promise then rejects with its reason
 * @throws Refusal `bad-setting`, `diverged`, or `not-built` when the worker's file is missing
 */
export async function trainWordVectors(
  corpus: CountedCorpus,
  settings: TrainSettings,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: (progress: TrainProgress) => void } = {},
): Promise<TrainedWords> {
  signal?.throwIfAborted();
  const training = prepareTraining(corpus, settings);
  const total = corpus.size * settings.epochs;
  const begun = performance.now();
  const progress = (): TrainProgress => {
    const done = Number(Atomics.load(training.done, 0));
    return { done, total, wordsPerSecond: done / ((performance.now() - begun) / 1000) };
  };
  const timer = setInterval(() => onProgress?.(progress()), PROGRESS_MS);
  const stopAll = new AbortController();
  const workers = sharesOf(training).map(([from, to], thread) =>
    trainInWorker({ training, thread, from, to }, stopAll.signal),
  );
  const stop = () => stopAll.abort(signal!.reason);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    await Promise.all(workers);
  } catch (error) {
    stopAll.abort(error); // without this thread the others' work is wasted
    throw error;
  } finally {
    clearInterval(timer);
    signal?.removeEventListener("abort", stop);
  }
  const { done, wordsPerSecond } = progress();
  onProgress?.({ done, total, wordsPerSecond });
  return { vectors: trainedVectors(training), seconds: (performance.now() - begun) / 1000, wordsPerSecond };
}

function trainInWorker(task: WorkerTask, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = startWorker("words-worker", task);
    signal.addEventListener(
      "abort",
      () => {
        void worker.terminate();
        reject(signal.reason as Error);
      },
      { once: true },
    );
    worker.on("message", () => resolve());
    worker.on("error", reject);
    // Has no effect once the thread's message has settled the promise.
    worker.on("exit", (code) => reject(new Error(`training thread ${task.thread} ended with code ${code}`)));
  });
}
