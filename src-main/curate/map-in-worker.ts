import { startWorker } from "../base/worker";
import type { PrincipalAxes } from "../math/principal-axes";
import type { MapMessage, MapTask } from "./map-worker";

interface Watch {
  signal?: AbortSignal;
  /** Called with the share done, 0..1, and now and then with the positions so far. */
  onProgress?: (share: number, positions: Float32Array | null) => void;
}

/**
 * Runs `principalAxes` in a worker thread.
 * @throws Refusal `not-built`, Error with the thread's message, or the signal's reason
 */
export const principalAxesInWorker = (
  rows: Float32Array,
  D: number,
  k: number,
  watch: Watch = {},
): Promise<PrincipalAxes> =>
  run({ kind: "axes", rows, D, k }, watch, (news) => (news.kind === "axes" ? news.axes : null));

/**
 * Runs `computeMap` in a worker thread.
 * @throws Error with the thread's message, or the signal's reason
 */
export const mapInWorker = (rows: Float32Array, n: number, watch: Watch = {}): Promise<Float32Array> =>
  run({ kind: "map", rows, n }, watch, (news) => (news.kind === "map" ? news.positions : null));

function run<T>(task: MapTask, { signal, onProgress }: Watch, resultOf: (news: MapMessage) => T | null): Promise<T> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const worker = startWorker("map-worker", task);
    const stop = () => {
      void worker.terminate();
      reject(signal!.reason as Error);
    };
    signal?.addEventListener("abort", stop, { once: true });
    worker.on("message", (news: MapMessage) => {
      if (news.kind === "progress") return onProgress?.(news.share, news.positions);
      const result = resultOf(news);
      if (result !== null) resolve(result);
    });
    worker.on("error", reject);
    worker.on("exit", (code) => {
      signal?.removeEventListener("abort", stop);
      reject(new Error(`The embedding map's thread exited with code ${code}.`)); // ignored once a result has arrived
    });
  });
}
