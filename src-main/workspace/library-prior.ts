import type { PhotoId } from "../../src-shared/contract";
import { estimatePrior, meanTopProbability } from "../devise/in-distribution";
import type { LabelRanker } from "../labeller/label-ranker";
import type { Store } from "../store/database";
import { featuresOf, photosWithFeatures } from "../store/features";

/** Photos sampled, at even distances. Enough for an error of a few percent. */
const SAMPLE_PHOTOS = 1000;
/** The prior is rounded to this step, so that a few new photos don't change the labels of all. */
const STEP = 0.05;

/**
 * Estimates the share of a library's photos that show a class of the visual model, 0..1 in steps of 5%. Without a
 * calibration for that, uses the mean probability of the top class.
 */
export function estimateLibraryPrior(store: Store, visualId: string, ranker: LabelRanker): number {
  return priorOf(store, visualId, photosWithFeatures(store, visualId), ranker);
}

/** The same of some photos. */
export function priorOf(store: Store, visualId: string, photos: PhotoId[], ranker: LabelRanker): number {
  const every = Math.max(1, Math.ceil(photos.length / SAMPLE_PHOTOS));
  const seen = featuresOf(
    store,
    visualId,
    photos.filter((_, i) => i % every === 0),
  );
  const odds = ranker.inDistributionLogOdds(seen);
  const share = odds ? estimatePrior(odds, photos.length) : meanTopProbability(seen, seen.photos.length);
  return Math.min(1 - STEP, Math.max(STEP, STEP * Math.round(share / STEP)));
}
