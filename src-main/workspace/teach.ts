import type { LossPoint, ModelId, PhotoId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import type { JobHandle } from "../base/jobs";
import type { FitData, FitSettings } from "../devise/fit";
import { fitInWorker } from "../devise/fit-in-worker";
import { meanHingeLoss } from "../devise/hinge";
import { fitDataOf, type Standing } from "../labeller/fit-data";
import { featuresOf } from "../store/features";
import { addModel, dropLive } from "../store/models";
import { labelsOfPhoto } from "../store/predictions";
import { lastVerdictEvent, standingVerdicts } from "../store/verdicts";
import { lessonsWith } from "./lessons";
import { changeModel } from "./open-workbench";
import { type Workbench } from "./workbench";

/** From the pack's own projection, pulled back to it, so that what nobody corrected stays where it was. */
export const teachingSettings: FitSettings = {
  loss: "hinge",
  margin: 0.1,
  violations: "first",
  steps: 150,
  batch: 128,
  learningRate: 0.1,
  decay: 0.001,
  seed: 1,
};

/**
 * What verdicts teach, with the pack's prototypes as replay; null where no verdict has a photo with features and a
 * label with a word vector.
 */
export function teachingOf(bench: Workbench, verdicts: Standing[]): (FitData & { corrections: number }) | null {
  const { library, lexicon, pack } = bench;
  return fitDataOf({
    prototypes: bench.prototypes,
    classLabels: bench.classLabels,
    dimensions: pack.dimensions,
    wordDimensions: lexicon.vocabulary.dimensions,
    vectorOf: lexicon.vectorOf,
    wordnet: lexicon.wordnet,
    verdicts,
    featureOf: featureReader(
      bench,
      verdicts.map(({ photo }) => photo),
    ),
    bestOf: (photo) => labelsOfPhoto(library, photo).find(({ source }) => source === "predicted")?.label ?? null,
  });
}

/**
 * Fits the projection again from all standing verdicts and takes it into use.
 * It begins at the pack's own projection each time: a verdict that was undone is forgotten wholly.
 * @param live the version takes the place of the last live one, and gives its own up to the next
 * @throws Refusal `nothing-to-learn` when there are no verdicts
 */
export async function retrain(
  bench: Workbench,
  job: JobHandle,
  onLoss: (point: LossPoint) => void,
  live = false,
): Promise<ModelId> {
  const { library, lexicon, pack } = bench;
  const begun = performance.now();
  const lastEvent = lastVerdictEvent(library);
  const verdicts = standingVerdicts(library);
  if (verdicts.length === 0) throw new Refusal("nothing-to-learn", "there are no corrections to learn from yet");
  const data = teachingOf(bench, verdicts);
  // With own labels only there is nothing to fit: they learn from their photos' places, which the new version records.
  const fitted =
    data &&
    (await fitInWorker({ ...data, initial: bench.first.M }, teachingSettings, {
      signal: job.signal,
      onStep(step, loss) {
        job.progress(step + 1, teachingSettings.steps);
        onLoss({ job: job.job, step: step + 1, steps: teachingSettings.steps, loss });
      },
    }));
  await job.breath();
  const projection = fitted?.M ?? bench.first.M;
  const model = addModel(library, {
    kind: "retrained",
    visualId: pack.visualId,
    wordsId: lexicon.vocabulary.id,
    projection,
    live,
    E: lexicon.vocabulary.dimensions,
    D: pack.dimensions,
    settings: {
      ...teachingSettings,
      lessons: lessonsWith(bench, verdicts),
      corrections: data?.corrections ?? 0,
      backend: fitted?.backend.name ?? "none",
    },
    verdicts: verdicts.length,
    lastEvent,
    loss: data && {
      before: lossOnCorrections(data, bench.model.projection),
      after: lossOnCorrections(data, projection),
    },
    seconds: (performance.now() - begun) / 1000,
  });
  await changeModel(bench, model);
  return model;
}

/** With every verdict taken back there is nothing learned either: the pack's own projection labels the photos again. */
export async function unlearn(bench: Workbench): Promise<ModelId> {
  const model = dropLive(bench.library, bench.pack.visualId, bench.lexicon.vocabulary.id);
  await changeModel(bench, model);
  return model;
}

function featureReader({ library, pack }: Workbench, photos: PhotoId[]): (photo: PhotoId) => Float32Array | null {
  const known = featuresOf(library, pack.visualId, photos);
  const D = pack.dimensions;
  const rows = new Map(Array.from(known.photos, (photo, i) => [photo, i]));
  return (photo) => {
    const row = rows.get(photo);
    return row === undefined ? null : known.features.subarray(row * D, (row + 1) * D);
  };
}

/**
 * Mean hinge rank loss over the corrections alone, by the exact reference: all violations, so that no chance is in it.
 */
function lossOnCorrections(data: FitData & { corrections: number }, M: Float32Array): number {
  return meanHingeLoss(data, M, data.truths.length - data.corrections);
}
