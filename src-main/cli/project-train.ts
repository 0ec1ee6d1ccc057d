import { resolve } from "node:path";
import { formatPercent } from "../../src-shared/format-percent";
import { Refusal } from "../../src-shared/refusal";
import { dataFolder } from "../base/data-folder";
import { type DatasetFitQuery, fitOnDataset, type FitOptions } from "../lab/fit-on-dataset";
import { printJson, say, warn } from "./output";
import { projectUnfreeze, type UnfreezeOptions } from "./project-unfreeze";
import { runJob } from "./run-job";

interface ProjectTrainOptions
  extends
    FitOptions,
    Pick<DatasetFitQuery, "pack" | "words" | "features" | "synsets" | "embeddings" | "holdOut">,
    Omit<UnfreezeOptions, "unfreeze"> {
  calibrate?: boolean;
  unfreeze?: UnfreezeOptions["unfreeze"];
}

/** `semblance project train`: fits a pack's projection on its prototypes and, if given, on a dataset's photos. */
export async function projectTrain(dataset: string | undefined, options: ProjectTrainOptions): Promise<void> {
  const {
    pack,
    words,
    features,
    synsets,
    embeddings,
    holdOut,
    calibrate = false,
    out,
    json,
    unfreeze,
    unfreezeSteps,
    unfreezeBatch,
    unfreezeRate,
    validation,
    ...settings
  } = options;
  if (unfreeze !== undefined) {
    refuseWithUnfreeze(options);
    return projectUnfreeze(
      dataset,
      { unfreeze, unfreezeSteps, unfreezeBatch, unfreezeRate, validation, pack, words, synsets, out, json },
      settings,
    );
  }
  const trained = await fitOnDataset(
    dataFolder(),
    {
      dataset: dataset ?? null,
      pack,
      words,
      features,
      synsets,
      embeddings,
      holdOut,
      calibrate,
      out: out === undefined ? null : resolve(out),
      settings,
    },
    { run: runJob, warn },
  );
  const { folder, trainedOn, losses, seconds, backend, calibration } = trained;
  if (json)
    return printJson({
      pack: trained.pack,
      folder,
      ...trainedOn,
      settings: trained.settings,
      seconds,
      backend,
      calibration,
      losses: Array.from(losses, (loss) => Math.round(1e5 * loss) / 1e5),
    });
  const [first, last] = [mean(losses.slice(0, AVERAGED_STEPS)), mean(losses.slice(-AVERAGED_STEPS))];
  say(
    `Fitted ${trained.pack}'s projection on ${trainedOn.prototypes} prototypes and ` +
      `${trainedOn.photos} photos in ${seconds.toFixed(1)} s (${backend}). Its ` +
      `${trained.settings.loss} loss went from ${first.toFixed(4)} to ${last.toFixed(4)}.`,
  );
  for (const { share, estimated, photos, error, interval } of calibration ?? []) {
    const [low, high] = interval.map((bound) => bound.toFixed(3));
    say(
      `Calibration error of the labels shown, cross-validated on ${photos} photos of which ` +
        `${formatPercent(share)} are in distribution (estimated: ${formatPercent(estimated)}): ${error.toFixed(3)} ` +
        `(95% interval: ${low} to ${high}).`,
    );
  }
  say(
    out === undefined
      ? `Saved in ${folder}. Delete that folder to go back to the pack's own projection.`
      : `Saved in ${folder}.`,
  );
}

/** @throws Refusal `bad-training` for options that training the visual model does not have */
function refuseWithUnfreeze({ features, embeddings, holdOut, calibrate, loss }: ProjectTrainOptions): void {
  const given = {
    "--features": features !== undefined,
    "--embeddings random": embeddings === "random",
    "--hold-out": holdOut > 0,
    "--calibrate": calibrate === true,
    "--loss l2": loss === "l2",
  };
  const clash = Object.entries(given).find(([, isGiven]) => isGiven)?.[0];
  if (clash !== undefined)
    throw new Refusal(
      "bad-training",
      `${clash} can't be combined with --unfreeze, which trains on a dataset's photos with words and hinge loss.`,
    );
}

/** The loss of one step depends on its batch. */
const AVERAGED_STEPS = 20;
const mean = (numbers: Float32Array): number => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
