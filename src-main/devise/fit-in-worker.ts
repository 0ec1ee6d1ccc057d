import type { Worker } from "node:worker_threads";
import { Refusal, withFullStop } from "../../src-shared/refusal";
import { startWorker } from "../base/worker";
import type { FitData, FitSettings, Fitted } from "./fit";
import type { WorkerMessage, WorkerTask } from "./fit-worker";
import type { Backend } from "./tensorflow";

/** An idle thread is kept this long for the next fit, because starting TensorFlow.js takes longer than a small fit. */
const IDLE_MS = 5 * 60_000;

let waiting: { worker: Worker; end: NodeJS.Timeout } | null = null;

/**
 * Runs `fitProjection` in a worker thread, which is kept for the next fit.
 * @param signal stops the fit at its next step; the promise rejects with its reason
 * @throws Refusal `not-built` if the worker file is missing, `fit-failed` with the thread's error
 */
export function fitInWorker(
  data: FitData,
  settings: FitSettings,
  { signal, onStep }: { signal?: AbortSignal; onStep?: (step: number, loss: number) => void } = {},
): Promise<Fitted & { backend: Backend }> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const worker = takeThread();
    const stopped = new Int32Array(new SharedArrayBuffer(4));
    const stop = () => void Atomics.store(stopped, 0, 1);
    const settle = (last: () => void) => {
      signal?.removeEventListener("abort", stop);
      forget(worker);
      last();
    };
    signal?.addEventListener("abort", stop, { once: true });
    worker.on("message", (news: WorkerMessage) => {
      if (news.kind === "loss") onStep?.(news.step, news.loss);
      else
        settle(() => {
          putBack(worker);
          if (signal?.aborted) reject(signal.reason as Error);
          else if (news.kind === "fitted") resolve({ ...news.fitted, backend: news.backend });
          else reject(new Refusal("fit-failed", `Fitting the projection failed: ${withFullStop(news.message)}`));
        });
    });
    worker.on("error", (error) =>
      settle(() =>
        reject(
          new Refusal(
            "fit-failed",
            `Fitting the projection failed: the worker thread crashed: ${withFullStop(error.message)}`,
          ),
        ),
      ),
    );
    worker.on("exit", (code) =>
      settle(() =>
        reject(new Refusal("fit-failed", `Fitting the projection failed: the worker thread exited with code ${code}.`)),
      ),
    );
    worker.postMessage({ data, settings, stop: stopped } satisfies WorkerTask);
  });
}

/** Starts the thread in advance. */
export function warmUpFitWorker(): void {
  if (!waiting) putBack(takeThread());
}

/**
 * Removes listeners by name: removing all of them would include Node's own, and the thread would never answer again.
 */
function forget(worker: Worker): void {
  for (const event of ["message", "error", "exit"]) worker.removeAllListeners(event);
}

function takeThread(): Worker {
  if (!waiting) return startWorker("fit-worker", null);
  const { worker, end } = waiting;
  clearTimeout(end);
  waiting = null;
  forget(worker);
  worker.ref();
  return worker;
}

/** Keeps an idle thread for the next fit; it does not keep the process alive. */
function putBack(worker: Worker): void {
  worker.unref();
  if (waiting) return void worker.terminate();
  const mine = { worker, end: setTimeout(() => void worker.terminate(), IDLE_MS).unref() };
  waiting = mine;
  const gone = () => {
    clearTimeout(mine.end);
    if (waiting === mine) waiting = null;
  };
  worker.on("exit", gone);
  worker.on("error", gone); // the next fit starts a new thread and reports its error
}
