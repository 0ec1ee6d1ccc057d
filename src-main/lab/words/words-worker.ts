import { parentPort, workerData } from "node:worker_threads";
import { trainShare } from "./train-share";
import type { Training } from "./training";

/** Trains one thread's share of the corpus. Started by `trainWordVectors` only. */
export interface WorkerTask {
  training: Training;
  thread: number;
  from: number;
  to: number;
}

const { training, thread, from, to } = workerData as WorkerTask;
trainShare(training, thread, from, to);
parentPort!.postMessage("trained");
