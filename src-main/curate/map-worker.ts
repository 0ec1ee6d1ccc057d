import { parentPort, workerData } from "node:worker_threads";
import { type PrincipalAxes, principalAxes } from "../math/principal-axes";
import { makeMap } from "./map";

/** Computes axes and maps away from the thread that answers windows. Started by `map-in-worker` only. */

export type MapTask =
  { kind: "axes"; rows: Float32Array; D: number; k: number } | { kind: "map"; rows: Float32Array; n: number };
export type MapNews =
  { kind: "progress"; share: number } | { kind: "axes"; axes: PrincipalAxes } | { kind: "map"; places: Float32Array };

const task = workerData as MapTask;
const tell = (news: MapNews) => parentPort!.postMessage(news);
/** Progress is told so many times at most. */
const STEPS = 500;

let told = 0;
if (task.kind === "axes") tell({ kind: "axes", axes: principalAxes(task.rows, task.D, task.k) });
else {
  const places = await makeMap(task.rows, task.n, (share) => {
    if (share - told < 1 / STEPS) return;
    told = share;
    tell({ kind: "progress", share });
  });
  tell({ kind: "map", places });
}
