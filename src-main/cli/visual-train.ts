import { resolve } from "node:path";
import { Refusal } from "../../src-shared/refusal";
import { dataFolder } from "../base/data-folder";
import { readNamedPack } from "../evaluation/named-pack";
import { trainVisual } from "../lab/train-visual";
import { WHOLE } from "../lab/training-defaults";
import { printJson, say, warn } from "./output";
import { costOf } from "./project-unfreeze";
import { runJob } from "./run-job";
import { printUnreadable, trainScenesOf, type TrainScenesOptions } from "./train-scenes";

interface VisualTrainOptions extends TrainScenesOptions {
  multiLabel?: boolean;
  epochs: number;
  whole?: boolean;
  steps: number;
  validation: number;
}

/** `semblance visual train` */
export async function visualTrain(datasets: string[], options: VisualTrainOptions): Promise<void> {
  const { out, pack: packName, epochs, whole, steps, validation, seed, json } = options;
  if (options.multiLabel) return trainScenesOf(datasets, options);
  const [dataset] = datasets;
  if (dataset === undefined || datasets.length > 1)
    throw new Refusal("bad-dataset", `${datasets.length} datasets were named. Only --multi-label takes several.`);
  const folder = resolve(out);
  const pack = readNamedPack(packName);
  const tuning = whole ? { ...WHOLE, steps, seed } : null;
  const trained = await runJob("retrain", (job) =>
    trainVisual(
      dataFolder(),
      pack,
      { dataset, out: folder, epochs, validation, seed, whole: tuning },
      {
        signal: job.signal,
        onPhotos: job.progress,
        onStep: (step) => job.progress(step, steps),
        onEpoch: (epoch) => job.progress(epoch, epochs),
        onCost: (cost, backend) => warn(costOf(cost, steps, WHOLE.batch, backend)),
      },
    ),
  );
  const { classes, training, heldOut, epoch, losses, failed } = trained;
  printUnreadable(failed);
  if (json) return printJson({ folder, ...trained });
  const [low, high] = heldOut.interval.map((bound) => (100 * bound).toFixed(1));
  say(
    `Trained ${classes.length} classes on ${training} photos; kept epoch ${epoch} of ` +
      `${losses.length}. Accuracy on ${heldOut.photos} held-out photos: ` +
      `${(100 * heldOut.accuracy).toFixed(1)} % (95 % interval: ${low} to ${high}).`,
  );
  say(`The pack is in ${folder}. Use it with: semblance tag --pack ${out}`);
}
