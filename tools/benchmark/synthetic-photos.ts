import { createHash } from "node:crypto";
import { STORED_CLASSES, topClasses, type VisualOutput } from "../../src-main/devise/semantic-embedding";
import { random } from "../../src-main/math/random";
import { dot } from "../../src-main/math/vectors";
import { inTransaction, type Store } from "../../src-main/store/database";
import { storeFeatures } from "../../src-main/store/features";
import { addPhoto, putFile } from "../../src-main/store/identity";
import { readClassifierHead } from "../../src-main/vision/classifier-head";
import { classifierOutput } from "../../src-main/vision/pack";
import type { OpenLibrary } from "../../src-main/workspace/open-library";
import type { PhotoId } from "../../src-shared/contract";

/** Share of a photo's feature that is its own class; the rest is another one's. */
const OWN_CLASS = 0.7;
/** Each feature is multiplied by a factor between 1 − this and 1 + this. */
const SPREAD = 0.8;

/** Photos of one event are adjacent in a library and show few things: this many photos, of this many classes. */
export interface PhotoEvents {
  photos: number;
  classes: number;
}

/**
 * Generated visual output for n photos: features near the prototypes of their classes, and the classifier's
 * probabilities for them.
 * @param events whether photos come in events; otherwise each is of any class
 */
export function syntheticOutputs(
  { pack, prototypes }: Pick<OpenLibrary, "pack" | "prototypes">,
  n: number,
  seed: number,
  events?: PhotoEvents,
): VisualOutput {
  const [C, D] = [pack.classes.length, pack.dimensions];
  const { weights, bias } = readClassifierHead(pack.visual.file, classifierOutput(pack), C, D);
  const draw = random(seed);
  const features = new Float32Array(n * D);
  const logits = new Float32Array(n * C);
  const anyClass = () => Math.floor(draw() * C);
  let shown: number[] = [];
  for (let i = 0; i < n; i++) {
    if (events && i % events.photos === 0) shown = Array.from({ length: events.classes }, anyClass);
    const [own, other] = [events ? shown[Math.floor(draw() * shown.length)] : anyClass(), anyClass()];
    for (let d = 0; d < D; d++) {
      const mixed = OWN_CLASS * prototypes[own * D + d] + (1 - OWN_CLASS) * prototypes[other * D + d];
      features[i * D + d] = mixed * (1 + SPREAD * (2 * draw() - 1));
    }
    for (let c = 0; c < C; c++) logits[i * C + c] = bias[c] + dot(features, i * D, weights, c * D, D);
  }
  return { features, ...topClasses(logits, C, Math.min(STORED_CLASSES, C)) };
}

/**
 * Adds n photos to a library as a scan would, without files.
 * @returns their ids
 */
export function addPhotos(store: Store, n: number): PhotoId[] {
  const day = 24 * 3600 * 1000;
  return inTransaction(store, () =>
    Array.from({ length: n }, (_, i) => {
      const content = {
        hash: createHash("sha256").update(`photo ${i}`).digest(),
        size: 4_000_000 + i,
        mtimeMs: Date.UTC(2015, 0, 1) + i * (day / 50),
      };
      const photo = addPhoto(store, content);
      putFile(store, `${2015 + Math.floor(i / 18_250)}/IMG_${i}.jpg`, photo, content);
      return photo;
    }),
  );
}

/**
 * Stores visual output as the embedding job would.
 * @param photos `[n]`, in the order of `seen`
 */
export function storeOutputs(
  store: Store,
  visualId: string,
  photos: PhotoId[],
  { features, classes, probabilities }: VisualOutput,
): void {
  const D = features.length / photos.length;
  const K = classes.length / photos.length;
  storeFeatures(
    store,
    visualId,
    photos.map((photo, i) => ({
      photo,
      feature: features.subarray(i * D, (i + 1) * D),
      classes: classes.subarray(i * K, (i + 1) * K),
      probabilities: probabilities.subarray(i * K, (i + 1) * K),
    })),
  );
}
