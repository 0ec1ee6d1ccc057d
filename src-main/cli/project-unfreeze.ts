import { resolve } from "node:path";
import { formatPercent } from "../../src-shared/format-percent";
import { Refusal } from "../../src-shared/refusal";
import { dataFolder } from "../base/data-folder";
import type { FitOptions } from "../lab/fit-on-dataset";
import type { StepCost } from "../lab/train-network";
import { type EpochScores, UNFREEZE } from "../lab/unfreeze";
import { unfreezeOnDataset } from "../lab/unfreeze-on-dataset";
import { printJson, say, warn } from "./output";
import { runJob } from "./run-job";

export interface UnfreezeOptions {
  unfreeze: number | "all";
  unfreezeSteps?: number;
  unfreezeBatch?: number;
  unfreezeRate?: number;
  validation: number;
  pack?: string;
  words?: string;
  synsets?: string;
  out?: string;
  json?: boolean;
}

/**
 * `semblance project train --unfreeze`: fits the projection, then trains the visual model's last layers jointly; writes
 * a new pack.
 */
export async function projectUnfreeze(
  dataset: string | undefined,
  { unfreeze, unfreezeSteps, unfreezeBatch, unfreezeRate, out, json, ...query }: UnfreezeOptions,
  fit: FitOptions,
): Promise<void> {
  if (dataset === undefined || out === undefined)
    throw new Refusal(
      "bad-training",
      "--unfreeze trains on photos and writes a new pack: name a dataset and --out FOLDER.",
    );
  const folder = resolve(out);
  const tune = {
    ...UNFREEZE,
    layers: unfreeze,
    seed: fit.seed ?? UNFREEZE.seed,
    steps: unfreezeSteps ?? UNFREEZE.steps,
    batch: unfreezeBatch ?? UNFREEZE.batch,
    learningRate: unfreezeRate ?? UNFREEZE.learningRate,
  };
  const trained = await unfreezeOnDataset(
    dataFolder(),
    { ...query, dataset, out: folder, fit, tune },
    {
      run: runJob,
      warn,
      onCost: (cost, backend) => warn(costOf(cost, tune.steps, tune.batch, backend)),
    },
  );

  const { layers, losses, training, heldOut, sameClass, head, prototypes } = trained;
  const { difference, secondsPerStep, peakBytes, backend } = trained;
  if (json) {
    return printJson({
      folder,
      layers,
      training,
      heldOut,
      sameClass,
      head,
      prototypes,
      difference,
      secondsPerStep: Math.round(secondsPerStep * 1000) / 1000,
      peakBytes,
      backend: backend.name,
      settings: tune,
      losses: Array.from(losses, (loss) => Math.round(1e5 * loss) / 1e5),
    });
  }
  say(
    `Trained ${layers.length} layers of ${trained.pack} in ${losses.length} steps of ` +
      `${secondsPerStep.toFixed(2)} s (${backend.name}), with up to ${megabytes(peakBytes)} of memory.`,
  );
  say(changeOf("training", training.before, training.after));
  if (heldOut) say(changeOf("held-out", heldOut.before, heldOut.after));
  say(
    `Prototypes: ${prototypes.fromPhotos} of ${prototypes.classes} were computed from training ` +
      "photos, the others were shifted with them. The classifier's last layer " +
      `${head?.refitted ? "was refitted to the new features" : "was kept"}.`,
  );
  say(
    `The most probable class is unchanged for ${formatPercent(sameClass, 1)} of the photos. onnxruntime and ` +
      `TensorFlow.js differ by at most ${difference.toExponential(1)}.`,
  );
  say(`The pack is in ${folder}. Use it with: semblance tag --pack ${out}`);
}

const changeOf = (which: string, before: EpochScores, after: EpochScores): string =>
  `${before.photos} ${which} photos, frozen → trained: loss ${before.loss.toFixed(4)} → ` +
  `${after.loss.toFixed(4)}, hit@1 ${formatPercent(before.hit[1], 1)} → ${formatPercent(after.hit[1], 1)}, hit@5 ` +
  `${formatPercent(before.hit[5], 1)} → ${formatPercent(after.hit[5], 1)}`;
const megabytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`;

/** What training will take, from one timed step. */
export function costOf({ seconds, bytes }: StepCost, steps: number, batch: number, backend: string): string {
  const total = seconds * steps;
  const time =
    total < 120
      ? `${Math.ceil(total)} s`
      : total < 7200
        ? `${Math.ceil(total / 60)} minutes`
        : `${(total / 3600).toFixed(1)} hours`;
  return (
    `Training takes about ${time} (${steps} steps of ${batch} photos, ${seconds.toFixed(2)} s each) ` +
    `and ${megabytes(bytes)} of memory on ${backend}. Ctrl-C cancels it; nothing is written then.`
  );
}
