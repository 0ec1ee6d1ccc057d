import { featureSpaceOf } from "../devise/feature-space";
import { rootMean } from "../devise/scenes";
import { UNCALIBRATED } from "../devise/uncalibrated";
import type { Lexicon } from "../labeller/lexicon";
import { PROTOTYPE_FIT } from "../labeller/pack-projection";
import { type Store } from "../store/database";
import { featuresOf, photosWithFeatures } from "../store/features";
import type { Pack } from "../vision/pack";
import type { MissingPack, NamedPack } from "./choose-pack";
import type { LibraryCaches } from "./library-caches";
import { type OpenLibrary } from "./open-library";
import { reloadRanker } from "./prepare-library";

/** Photos whose features estimate the mean of all, at most. */
const SAMPLE_PHOTOS = 1000;

/**
 * Opens a library whose pack is missing. Photos keep their labels, and features that near-duplicates, the map, the
 * review queue and similarity search need are in the cache. Nothing can be labelled or learned: new photos wait until
 * all are relabelled, and search only finds photos that have a matching label.
 * @param better the pack to offer for relabelling
 */
export async function openWithoutPack(
  store: Store,
  lexicon: Lexicon,
  caches: LibraryCaches,
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
    text: null,
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
    caches,
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
    space: featureSpaceOf(statistics, D, 0), // replaces the pack's own statistics
    classLabels: [],
    tower: null,
    concepts: null,
    model,
    notices,
  } as unknown as OpenLibrary;
  await reloadRanker(library);
  return library;
}

/** Adds the notice once, however often photos wait. */
export function addWaitingNotice({ pack, better, notices }: OpenLibrary): void {
  const words =
    `New photos can’t be labelled: ${pack.title}, the model that labelled the others, is no longer on ` +
    `this computer. Relabel all photos with ${better!.pack.title}.`;
  if (!notices.includes(words)) notices.push(words);
}
