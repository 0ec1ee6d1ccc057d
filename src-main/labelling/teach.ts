import type { LossPoint, ModelId, PhotoId } from "../../src-preload/contract";
import type { FitData, FitSettings } from "../devise/fit";
import { meanHingeLoss } from "../devise/hinge";
import { fitInWorker } from "../devise/fit-in-worker";
import type { JobHandle } from "../jobs/jobs";
import { featuresOf } from "../library/features";
import { addModel } from "../library/models";
import { labelsOfPhoto } from "../library/predictions";
import { lastVerdictEvent, standingVerdicts } from "../library/verdicts";
import { Refusal } from "../refusal";
import { fitDataOf } from "./fit-data";
import { standingLessons } from "./lessons";
import { changeModel, type Workbench } from "./workbench";

/** From the pack's own projection, pulled back to it, so that what nobody corrected stays where it was. */
export const RETRAIN: FitSettings = { loss: "hinge", margin: 0.1, violations: "first", steps: 150, batch: 128, learningRate: 0.1, decay: 0.001, seed: 1 };

/**
 * Fits the projection again from all standing verdicts, with the pack's prototypes as replay, and takes it into use.
 * It begins at the pack's own projection each time: a verdict that was undone is forgotten wholly.
 * @throws Refusal `nothing-to-learn` when no verdict has a photo with features and a label with a word vector
 */
export async function retrain(bench: Workbench, job: JobHandle, onLoss: (point: LossPoint) => void): Promise<ModelId> {
  const { library, lexicon, pack } = bench;
  const begun = performance.now();
  const lastEvent = lastVerdictEvent(library);
  const verdicts = standingVerdicts(library);
  const lessons = standingLessons(library);
  if (verdicts.length === 0) throw new Refusal("nothing-to-learn", "there are no corrections to learn from yet");
  const data = fitDataOf({
    prototypes: bench.prototypes, classLabels: bench.classLabels, dimensions: pack.dimensions, wordDimensions: lexicon.vocabulary.dimensions,
    vectorOf: lexicon.vectorOf, wordnet: lexicon.wordnet, verdicts,
    featureOf: featureReader(bench, verdicts.map(({ photo }) => photo)),
    bestOf: (photo) => labelsOfPhoto(library, photo).find(({ source }) => source === "predicted")?.label ?? null,
  });
  // With own labels only there is nothing to fit: they learn from their photos' places, which the new version records.
  const fitted = data && (await fitInWorker({ ...data, initial: bench.first.M }, RETRAIN, {
    signal: job.signal,
    onStep(step, loss) {
      job.progress(step + 1, RETRAIN.steps);
      onLoss({ job: job.job, step: step + 1, steps: RETRAIN.steps, loss });
    },
  }));
  await job.breath();
  const projection = fitted?.M ?? bench.first.M;
  const model = addModel(library, {
    kind: "retrained", visualId: pack.visualId, wordsId: lexicon.vocabulary.id, projection,
    E: lexicon.vocabulary.dimensions, D: pack.dimensions,
    settings: { ...RETRAIN, lessons, corrections: data?.corrections ?? 0, backend: fitted?.backend.name ?? "none" },
    verdicts: verdicts.length, lastEvent,
    loss: data && { before: lossOnCorrections(data, bench.model.projection), after: lossOnCorrections(data, projection) },
    seconds: (performance.now() - begun) / 1000,
  });
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

/** Mean hinge rank loss over the corrections alone, by the exact reference: all violations, so that no chance is in it. */
function lossOnCorrections(data: FitData & { corrections: number }, M: Float32Array): number {
  return meanHingeLoss(data, M, data.truths.length - data.corrections);
}
