import { parentPort, workerData } from "node:worker_threads";
import { type PrincipalAxes, principalAxes } from "../math/principal-axes";
import { computeMap } from "./map";

/** Computes principal axes and maps in a worker thread. Started by `map-in-worker` only. */

export type MapTask =
  | { kind: "axes"; rows: Float32Array; D: number; k: number }
  | { kind: "map"; rows: Float32Array; n: number };
export type MapMessage =
  | { kind: "progress"; share: number; positions: Float32Array | null }
  | { kind: "axes"; axes: PrincipalAxes }
  | { kind: "map"; positions: Float32Array };

const task = workerData as MapTask;
const post = (message: MapMessage) => parentPort!.postMessage(message);
/** Maximum number of progress messages. */
const STEPS = 500;
/** Milliseconds between positions on the way: longer for more photos, which take longer to show. */
const MIN_PAUSE_MS = 250;
const PAUSE_PER_PHOTO_MS = 0.02;

let lastShare = 0;
if (task.kind === "axes") post({ kind: "axes", axes: principalAxes(task.rows, task.D, task.k) });
else {
  let lastSent = performance.now();
  const pause = Math.max(MIN_PAUSE_MS, task.n * PAUSE_PER_PHOTO_MS);
  const positions = await computeMap(task.rows, task.n, (share, soFar) => {
    if (share - lastShare < 1 / STEPS) return;
    lastShare = share;
    const isDue = performance.now() - lastSent > pause;
    if (isDue) lastSent = performance.now();
    post({ kind: "progress", share, positions: isDue ? soFar() : null });
  });
  post({ kind: "map", positions });
}
