import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { LabelId, PhotoId } from "../../src-shared/contract";
import { STORED_CLASSES } from "../devise/semantic-embedding";
import { towerClassifier } from "../devise/tower-classes";
import { labelRows, type LongWork, type RowsWatch } from "../labeller/label-rows";
import type { Lexicon } from "../labeller/lexicon";
import type { Store } from "../store/database";
import { allWithFeatures, featureRows, readClassesId, storeClasses, writeClassesId } from "../store/features";
import type { Pack } from "../vision/pack";
import type { TextTower } from "../vision/text-tower";
import type { LibraryTower } from "./open-library";

/** Photos classified between yields (about 30 ms with 2,000 labels). */
const PHOTOS_PER_YIELD = 64;

export interface TowerParts {
  store: Store;
  lexicon: Lexicon;
  pack: Pack;
  text: TextTower;
  classLabels: LabelId[];
}

/**
 * Embeds a library's labels by its pack's text tower, and classifies photos again whose stored classes refer to other
 * labels. @returns the labels' rows, `[C, D]`, and the tower @throws Refusal `bad-pack`, or of the signal
 */
export async function prepareTower(
  { store, lexicon, pack, text, classLabels }: TowerParts,
  within: LongWork,
): Promise<{ rows: Float32Array; tower: LibraryTower }> {
  const rows = await labelRows({ home: store.home, pack, lexicon, tower: text }, classLabels, within);
  const scores = pack.text!;
  const byRows = towerClassifier(scores, rows, pack.dimensions);
  const tower: LibraryTower = {
    scores,
    classify: (features) => byRows(features, STORED_CLASSES),
    embed: (sentences) => text.embed(sentences),
  };
  const id = createHash("sha256").update(JSON.stringify(classLabels)).update(rows).digest("hex");
  if (readClassesId(store, pack.visualId) !== id) {
    await classifyAgain(store, pack, tower, within);
    writeClassesId(store, pack.visualId, id);
  }
  return { rows, tower };
}

async function classifyAgain(store: Store, pack: Pack, tower: LibraryTower, within: LongWork): Promise<void> {
  const photos = allWithFeatures(store, pack.visualId);
  if (photos.length === 0) return;
  writeClassesId(store, pack.visualId, ""); // until all are classified
  await within((watch) => classifyPhotos(store, pack, tower, photos, watch));
}

async function classifyPhotos(
  store: Store,
  pack: Pack,
  tower: LibraryTower,
  photos: PhotoId[],
  { signal, progress }: RowsWatch,
): Promise<void> {
  for (let from = 0; from < photos.length; from += PHOTOS_PER_YIELD) {
    signal?.throwIfAborted();
    progress?.(from, photos.length);
    const some = photos.slice(from, from + PHOTOS_PER_YIELD);
    const { classes, probabilities } = tower.classify(featureRows(store, pack.visualId, some, pack.dimensions));
    const K = classes.length / some.length;
    storeClasses(
      store,
      pack.visualId,
      some.map((photo, i) => ({
        photo,
        classes: classes.subarray(i * K, (i + 1) * K),
        probabilities: probabilities.subarray(i * K, (i + 1) * K),
      })),
    );
    await setImmediate();
  }
}
