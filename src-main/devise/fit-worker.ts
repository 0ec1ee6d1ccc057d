import { parentPort, workerData } from "node:worker_threads";
import { fitProjection, type FitData, type FitSettings, type Fitted } from "./fit";
import { type Backend, startTensorFlow } from "./tensorflow";

/** Fits a projection away from the thread that answers windows. Started by `fitInWorker` only. */

export type WorkerTask = { data: FitData; settings: FitSettings };
export type WorkerNews =
  | { kind: "loss"; step: number; loss: number }
  | { kind: "fitted"; fitted: Fitted; backend: Backend }
  | { kind: "failed"; message: string };

const { data, settings } = workerData as WorkerTask;
const tell = (news: WorkerNews) => parentPort!.postMessage(news);

try {
  const backend = await startTensorFlow();
  const fitted = await fitProjection(data, settings, (step, loss) => tell({ kind: "loss", step, loss }));
  tell({ kind: "fitted", fitted, backend });
} catch (error) {
  tell({ kind: "failed", message: (error as Error).message });
}
