import { parentPort, workerData } from "node:worker_threads";
import { type PrincipalAxes, principalAxes } from "../math/principal-axes";
import { computeMap } from "./map";

/** Computes principal axes and maps in a worker thread. Started by `map-in-worker` only. */

export type MapTask =
  | { kind: "axes"; rows: Float32Array; D: number; k: number }
  | { kind: "map"; rows: Float32Array; n: number };
export type MapMessage =
  | { kind: "progress"; share: number }
  | { kind: "axes"; axes: PrincipalAxes }
  | { kind: "map"; positions: Float32Array };

const task = workerData as MapTask;
const post = (message: MapMessage) => parentPort!.postMessage(message);
/** Maximum number of progress messages. */
const STEPS = 500;

let lastShare = 0;
if (task.kind === "axes") post({ kind: "axes", axes: principalAxes(task.rows, task.D, task.k) });
else {
  const positions = await computeMap(task.rows, task.n, (share) => {
    if (share - lastShare < 1 / STEPS) return;
    lastShare = share;
    post({ kind: "progress", share });
  });
  post({ kind: "map", positions });
}
