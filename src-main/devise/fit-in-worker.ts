import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { programFolder } from "../program-folder";
import type { FitData, FitSettings, Fitted } from "./fit";
import type { WorkerNews, WorkerTask } from "./fit-worker";
import type { Backend } from "./tensorflow";

/**
 * `fitProjection` in a thread of its own, so that windows stay answered.
 * @param signal ends the thread at once; the promise then rejects with its reason
 * @throws Error with what `fitProjection` said
 */
export function fitInWorker(
  data: FitData, settings: FitSettings,
  { signal, onStep }: { signal?: AbortSignal; onStep?: (step: number, loss: number) => void } = {},
): Promise<Fitted & { backend: Backend }> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const worker = new Worker(join(programFolder(), "out", "main", "fit-worker.js"), { workerData: { data, settings } satisfies WorkerTask });
    const stop = () => {
      void worker.terminate();
      reject(signal!.reason as Error);
    };
    signal?.addEventListener("abort", stop, { once: true });
    worker.on("message", (news: WorkerNews) => {
      if (news.kind === "loss") onStep?.(news.step, news.loss);
      else if (news.kind === "fitted") resolve({ ...news.fitted, backend: news.backend });
      else reject(new Error(news.message));
    });
    worker.on("error", reject);
    worker.on("exit", (code) => {
      signal?.removeEventListener("abort", stop);
      reject(new Error(`the fitting thread ended with code ${code}`)); // after a result it changes nothing
    });
  });
}
