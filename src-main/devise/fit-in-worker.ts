import { startThread } from "../thread";
import type { FitData, FitSettings, Fitted } from "./fit";
import type { WorkerNews, WorkerTask } from "./fit-worker";
import { Refusal } from "../refusal";
import type { Backend } from "./tensorflow";

/**
 * `fitProjection` in a thread of its own, so that windows stay answered.
 * @param signal ends the thread at once; the promise then rejects with its reason
 * @throws Refusal `not-built` where the thread's file is missing, `fit-failed` with what `fitProjection` said
 */
export function fitInWorker(
  data: FitData, settings: FitSettings,
  { signal, onStep }: { signal?: AbortSignal; onStep?: (step: number, loss: number) => void } = {},
): Promise<Fitted & { backend: Backend }> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const worker = startThread("fit-worker", { data, settings } satisfies WorkerTask);
    const stop = () => {
      void worker.terminate();
      reject(signal!.reason as Error);
    };
    signal?.addEventListener("abort", stop, { once: true });
    worker.on("message", (news: WorkerNews) => {
      if (news.kind === "loss") onStep?.(news.step, news.loss);
      else if (news.kind === "fitted") resolve({ ...news.fitted, backend: news.backend });
      else reject(new Refusal("fit-failed", `fitting the projection failed: ${news.message}`));
    });
    worker.on("error", (error) => reject(new Refusal("fit-failed", `the fitting thread broke down: ${error.message}`)));
    worker.on("exit", (code) => {
      signal?.removeEventListener("abort", stop);
      reject(new Refusal("fit-failed", `the fitting thread ended with code ${code}`)); // after a result it changes nothing
    });
  });
}
