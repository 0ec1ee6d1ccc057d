import { parentPort } from "node:worker_threads";
import { type FitData, fitProjection, type FitSettings, type Fitted } from "./fit";
import { type Backend, startTensorFlow } from "./tensorflow";

/** Fits projections in a worker thread, one after the other. Started by `fitInWorker` only. */

/** @property stop shared memory; any value but 0 ends the fit at its next step */
export type WorkerTask = { data: FitData; settings: FitSettings; stop: Int32Array };
export type WorkerMessage =
  | { kind: "loss"; step: number; loss: number }
  | { kind: "fitted"; fitted: Fitted; backend: Backend }
  | { kind: "failed"; message: string };

const post = (news: WorkerMessage) => parentPort!.postMessage(news);

/** Started before the first task arrives. An error is reported with the first fit. */
const started = startTensorFlow().then(
  (backend) => ({ backend }),
  (error: Error) => ({ error }),
);

parentPort!.on(
  "message",
  ({ data, settings, stop }: WorkerTask) =>
    void (async () => {
      try {
        const start = await started;
        if ("error" in start) throw start.error;
        const fitted = await fitProjection(data, settings, (step, loss) => {
          if (Atomics.load(stop, 0) !== 0) throw new Error("the fit was stopped");
          post({ kind: "loss", step, loss });
        });
        post({ kind: "fitted", fitted, backend: start.backend });
      } catch (error) {
        post({ kind: "failed", message: (error as Error).message });
      }
    })(),
);
