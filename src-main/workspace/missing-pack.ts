import { featureSpaceOf } from "../devise/feature-space";
import { rootMean } from "../devise/scenes";
import { UNCALIBRATED } from "../devise/uncalibrated";
import type { Lexicon } from "../labeller/lexicon";
import { PROTOTYPE_FIT } from "../labeller/pack-projection";
import { type Store } from "../store/database";
import { featuresOf, photosWithFeatures } from "../store/features";
import type { Pack } from "../vision/pack";
import type { MissingPack, NamedPack } from "./choose-pack";
import { type OpenLibrary } from "./open-library";
import { reloadRanker } from "./prepare-library";

/** Photos that stand for what all have in common, at most. */
const SAMPLE_PHOTOS = 1000;

/**
 * A library whose labels are of a pack that is gone. Photos keep them, and what needs features alone (photos alike,
 * duplicates, the map,
 * the review queue) works by those that were stored. Nothing is labelled or learned: new photos wait until all are
 * labelled again, and a
 * search finds the photos that carry a label of its words.
 */
export async function openWithoutPack(
  store: Store,
  lexicon: Lexicon,
  { name, title, model }: MissingPack,
  better: NamedPack,
  notices: string[],
): Promise<OpenLibrary> {
  const pack: Pack = {
    ...better.pack,
    folder: "",
    name,
    title,
    visualId: model.visualId,
    dimensions: model.D,
    classes: [],
    detection: null,
    scenes: null,
    statistics: null,
  };
  const photos = photosWithFeatures(store, model.visualId);
  const every = Math.max(1, Math.ceil(photos.length / SAMPLE_PHOTOS));
  const D = model.D;
  const some = featuresOf(
    store,
    model.visualId,
    photos.filter((_, i) => i % every === 0),
  ).features;
  const statistics = some.length === 0 ? null : { rootMean: rootMean(some, D), axes: new Float32Array(0) };
  const library = {
    store,
    lexicon,
    pack,
    better,
    isPackMissing: true,
    baseProjection: {
      M: new Float32Array(lexicon.vocabulary.dimensions * model.D),
      confidence: UNCALIBRATED,
      settings: PROTOTYPE_FIT,
      seconds: 0,
    },
    prototypes: some,
    space: featureSpaceOf(statistics, D, 0), // in the place of the pack's
    classLabels: [],
    concepts: null,
    model,
    notices,
  } as unknown as OpenLibrary;
  await reloadRanker(library);
  return library;
}

/** Once, in the window's words. */
export function addWaitingNotice({ pack, better, notices }: OpenLibrary): void {
  const words = `New photos wait for their labels: ${pack.title}, which labelled the others, is no longer on this computer. Label all again with ${better!.pack.title}.`;
  if (!notices.includes(words)) notices.push(words);
}
