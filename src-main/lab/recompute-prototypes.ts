import type { LabelId } from "../../src-shared/contract";
import type { LabelledFeatures } from "../evaluation/training-data";
import { meanRow } from "../math/mean";
import { takeRows } from "../math/take-rows";
import type { ClassifierHead } from "../vision/classifier-head";
import { type Pack, readPrototypes } from "../vision/pack";

/**
 * Prototypes of a pack whose network was trained further: the mean feature of each class's training photos. Classes
 * without photos keep their prototype, moved as far as all photos moved on average; where the pack's prototypes are its
 * classifier's rows, they get the rows of the current classifier.
 * @param after `[n, D]` the photos' features from the trained network
 * @param training rows of the training photos
 * @returns `[C, D]`, and how many are means of photos
 */
export function recomputePrototypes(
  pack: Pack,
  { features, labels }: LabelledFeatures,
  after: Float32Array,
  training: number[],
  classLabels: readonly LabelId[],
  head: ClassifierHead | null,
): { vectors: Float32Array; fromPhotos: number } {
  const D = pack.dimensions;
  const { vectors: own, from } = readPrototypes(pack);
  const vectors = from === "classifier" && head ? head.weights.slice() : own.slice();
  const [was, is] = [meanRow(features, D), meanRow(after, D)];
  const photosOf = Map.groupBy(training, (photo) => labels[photo]);
  let fromPhotos = 0;
  classLabels.forEach((label, c) => {
    const photos = photosOf.get(label);
    if (photos) {
      vectors.set(meanRow(takeRows(after, D, photos), D), c * D);
      fromPhotos++;
    } else if (from === "prototypes") {
      for (let d = 0; d < D; d++) vectors[c * D + d] += is[d] - was[d];
    }
  });
  return { vectors, fromPhotos };
}
