import { resolve } from "node:path";
import { Refusal } from "../../src-shared/refusal";
import { dataFolder } from "../base/data-folder";
import { defaultPack } from "../base/default-pack";
import { packFolder } from "../base/resources";
import type { FitSettings } from "../devise/fit";
import { datasetPhotos, describeSkipped, nameReader } from "../evaluation/dataset-photos";
import type { StepCost } from "../lab/train-network";
import { type EpochScores, trainUnfrozen, UNFREEZE } from "../lab/unfreeze";
import { refuseNonPackFolder } from "../lab/write-pack";
import { readLexicon } from "../labeller/lexicon";
import { classLabelsOf } from "../labeller/pack-labels";
import { readPack } from "../vision/pack";
import { runJob } from "./run-job";
import { printJson } from "./session";

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
 * `semblance project train --unfreeze`: fits the projection, then trains the visual model's last layers along with it;
 * makes a new pack.
 */
export async function projectUnfreeze(
  dataset: string | undefined,
  {
    unfreeze,
    unfreezeSteps,
    unfreezeBatch,
    unfreezeRate,
    validation,
    pack: packName,
    words,
    synsets,
    out,
    json,
  }: UnfreezeOptions,
  fit: Partial<FitSettings>,
): Promise<void> {
  if (dataset === undefined || out === undefined) {
    throw new Refusal(
      "bad-training",
      "a visual model is trained on photos, and the result is a new pack: name a dataset and --out FOLDER",
    );
  }
  const folder = resolve(out);
  refuseNonPackFolder(folder);
  const home = dataFolder();
  const lexicon = readLexicon(words);
  const pack = readPack(packFolder(packName ?? defaultPack()));
  const classLabels = classLabelsOf(pack, lexicon);
  const tune = {
    ...UNFREEZE,
    layers: unfreeze,
    seed: fit.seed ?? UNFREEZE.seed,
    steps: unfreezeSteps ?? UNFREEZE.steps,
    batch: unfreezeBatch ?? UNFREEZE.batch,
    learningRate: unfreezeRate ?? UNFREEZE.learningRate,
  };
  const photos = await runJob("embed", (job) =>
    datasetPhotos(
      dataset,
      { home, pack, classLabels, names: nameReader(lexicon, synsets ?? null) },
      { signal: job.signal, onProgress: job.progress },
    ),
  );
  for (const line of describeSkipped(photos)) console.error(line);
  const result = await runJob("retrain", (job) =>
    trainUnfrozen(
      { home, lexicon, pack, classLabels },
      { photos, fit, tune, validation, out: folder },
      {
        signal: job.signal,
        onStep: (step) => job.progress(step, tune.steps),
        onCost: (cost, backend) => console.error(costOf(cost, tune.steps, tune.batch, backend)),
      },
    ),
  );

  const {
    layers,
    losses,
    training,
    heldOut,
    sameClass,
    head,
    prototypes,
    difference,
    secondsPerStep,
    peakBytes,
    backend,
  } = result;
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
  console.log(
    `Trained ${layers.length} layers of ${pack.name} in ${losses.length} steps of ${secondsPerStep.toFixed(2)} s (${backend.name}); ${Math.round(peakBytes / 2 ** 20)} MB at the most.`,
  );
  console.log(changeOf("training", training.before, training.after));
  if (heldOut) console.log(changeOf("held-out", heldOut.before, heldOut.after));
  console.log(
    `Prototypes of ${prototypes.fromPhotos} of ${prototypes.classes} classes are means of their training photos now, the others moved along; the classifier's last layer ${head?.refitted ? "was fitted to the new features" : "stayed as it was"}.`,
  );
  console.log(
    `The likeliest class stayed the same for ${(100 * sameClass).toFixed(1)} % of the photos. onnxruntime and TensorFlow.js differ by at most ${difference.toExponential(1)}.`,
  );
  console.log(`The pack is in ${folder}; use it with semblance tag --pack ${out}`);
}

const changeOf = (which: string, before: EpochScores, after: EpochScores): string =>
  `${before.photos} ${which} photos: loss ${before.loss.toFixed(4)} with the visual model frozen, ${after.loss.toFixed(4)} now; label nearest ${share(before.hit[1])}, ${share(after.hit[1])} now; among five ${share(before.hit[5])}, ${share(after.hit[5])} now.`;

const share = (value: number) => `${(100 * value).toFixed(1)} %`;

/** What a training will take, from one timed step. */
export function costOf({ seconds, bytes }: StepCost, steps: number, batch: number, backend: string): string {
  const total = seconds * steps;
  const time =
    total < 120
      ? `${Math.ceil(total)} s`
      : total < 7200
        ? `${Math.ceil(total / 60)} minutes`
        : `${(total / 3600).toFixed(1)} hours`;
  return `Training takes about ${time} (${steps} steps of ${batch} photos, ${seconds.toFixed(2)} s each) and ${Math.round(bytes / 2 ** 20)} MB of memory, on ${backend}. Ctrl-C stops it; nothing is written then.`;
}
