import type { LabelId, LossPoint, ModelId, PhotoId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import type { JobHandle } from "../base/jobs";
import type { FitData, FitSettings } from "../devise/fit";
import { fitInWorker } from "../devise/fit-in-worker";
import { meanHingeLoss } from "../devise/hinge";
import { type Annotation, fitDataOf } from "../labeller/fit-data";
import type { Store } from "../store/database";
import { featuresOf } from "../store/features";
import { addModel, deleteLiveModels } from "../store/models";
import { labelsOfPhoto } from "../store/predictions";
import { currentAnnotations, lastVerdictEvent } from "../store/verdicts";
import { type OpenLibrary, type PackLibrary } from "./open-library";
import { changeModel } from "./prepare-library";
import { examplesToStore, trainingExamples } from "./training-examples";

/** Starts from the pack's projection and is pulled back to it, so that uncorrected labels stay where they were. */
export const retrainSettings: FitSettings = {
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
 * Training data from verdicts, with the pack's prototypes as replay; null if no verdict has both a photo with features
 * and a label with a word vector.
 * @param bestOf a photo's best predicted label; by default as stored
 */
export function correctionData(
  library: PackLibrary,
  verdicts: Annotation[],
  bestOf: (photo: PhotoId) => LabelId | null = bestStored(library.store),
): (FitData & { corrections: number }) | null {
  const { lexicon, pack } = library;
  return fitDataOf({
    prototypes: library.prototypes,
    classLabels: library.classLabels,
    dimensions: pack.dimensions,
    wordDimensions: lexicon.vocabulary.dimensions,
    vectorOf: lexicon.vectorOf,
    wordnet: lexicon.wordnet,
    verdicts,
    featureOf: featureReader(
      library,
      verdicts.map(({ photo }) => photo),
    ),
    bestOf,
  });
}

const bestStored = (store: Store) => (photo: PhotoId) =>
  labelsOfPhoto(store, photo).find(({ source }) => source === "predicted")?.label ?? null;

/**
 * Fits the projection to all current verdicts and switches to it. Always starts from the pack's projection, so that a
 * verdict that was undone leaves no trace.
 * @param live replaces the last live version; the next live version will replace this one
 * @throws Refusal `nothing-to-learn` if there are no verdicts
 */
export async function retrain(
  library: OpenLibrary,
  job: JobHandle,
  onLoss: (point: LossPoint) => void,
  live = false,
): Promise<ModelId> {
  const { store, lexicon, pack } = library;
  const begun = performance.now();
  const lastEvent = lastVerdictEvent(store);
  const verdicts = currentAnnotations(store);
  if (verdicts.length === 0)
    throw new Refusal(
      "nothing-to-learn",
      "There are no corrections to learn from yet. Accept, reject or add labels first.",
    );
  const data = correctionData(library, verdicts);
  // With verdicts on own labels alone there is nothing to fit: their vectors come from the training examples that the
  // version records.
  const fitted =
    data &&
    (await fitInWorker({ ...data, initial: library.baseProjection.M }, retrainSettings, {
      signal: job.signal,
      onStep(step, loss) {
        job.progress(step + 1, retrainSettings.steps);
        onLoss({ job: job.job, step: step + 1, steps: retrainSettings.steps, loss });
      },
    }));
  await job.yield();
  const projection = fitted?.M ?? library.baseProjection.M;
  const model = addModel(store, {
    kind: "retrained",
    visualId: pack.visualId,
    wordsId: lexicon.vocabulary.id,
    projection,
    live,
    E: lexicon.vocabulary.dimensions,
    D: pack.dimensions,
    settings: {
      ...retrainSettings,
      ...examplesToStore(trainingExamples(library, verdicts)),
      corrections: data?.corrections ?? 0,
      backend: fitted?.backend.name ?? "none",
    },
    verdicts: verdicts.length,
    lastEvent,
    loss: data && {
      before: correctionLoss(data, library.model.projection),
      after: correctionLoss(data, projection),
    },
    seconds: (performance.now() - begun) / 1000,
  });
  await changeModel(library, model);
  return model;
}

/** Without verdicts there is nothing to learn, so the base model labels the photos again. */
export async function resetToBaseModel(library: OpenLibrary): Promise<ModelId> {
  const model = deleteLiveModels(library.store, library.pack.visualId, library.lexicon.vocabulary.id);
  await changeModel(library, model);
  return model;
}

function featureReader({ store, pack }: PackLibrary, photos: PhotoId[]): (photo: PhotoId) => Float32Array | null {
  const known = featuresOf(store, pack.visualId, photos);
  const D = pack.dimensions;
  const rows = new Map(Array.from(known.photos, (photo, i) => [photo, i]));
  return (photo) => {
    const row = rows.get(photo);
    return row === undefined ? null : known.features.subarray(row * D, (row + 1) * D);
  };
}

/**
 * Mean hinge rank loss over the corrections alone. Uses the exact reference over all violations rather than samples, so
 * the result is deterministic.
 */
function correctionLoss(data: FitData & { corrections: number }, M: Float32Array): number {
  return meanHingeLoss(data, M, data.truths.length - data.corrections);
}
