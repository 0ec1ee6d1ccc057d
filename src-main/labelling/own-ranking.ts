import type { LabelId } from "../../src-preload/contract";
import { kinshipOf, type Shown } from "../devise/kinship";
import { placesOf, type Seen, topClasses } from "../devise/places";
import { zeroShotScorer } from "../devise/zero-shot";
import type { Found, Method } from "../evaluate/methods";
import { linSimilarity } from "../words/lin-similarity";
import type { WordNet } from "../words/wordnet";
import { KEPT_CLASSES } from "./embed-photos";
import { buildLabelSpace } from "./label-space";

export interface OwnRankingParts {
  found: Found;
  /** Photos that M was fitted on, of the same classes; null where it was fitted on prototypes alone */
  training: Found | null;
  /** `[E, D]` */
  M: Float32Array;
  /** `[C, D]` of the classes that the visual model knows here */
  prototypes: Float32Array;
  /** `[C]` */
  classLabels: LabelId[];
  /** `[C, E]` */
  classVectors: Float32Array;
  dimensions: number;
  vectorOf: (label: LabelId) => Float32Array | null;
  wordnet: WordNet;
}

/** Semblance's own ranking as a method to be measured, with as many classes of each photo as the library keeps. */
export function ownRanking({ found, training, M, prototypes, classLabels, classVectors, dimensions: D, vectorOf, wordnet }: OwnRankingParts): Method {
  const E = M.length / D;
  const C = classLabels.length;
  const K = Math.min(KEPT_CLASSES, C);
  const seenIn = ({ features, probabilities }: Found): Seen => ({ features, ...topClasses(probabilities.map(Math.log), C, K) });
  const seen = seenIn(found);
  const places = placesOf(seen, M, classVectors, D);
  const prototypesSeen: Seen = { features: prototypes, classes: Uint16Array.from(classLabels.keys()), probabilities: new Float32Array(C).fill(1) };
  const ofPrototypes = placesOf(prototypesSeen, M, classVectors, D);
  // Hubs are judged better on photos than on prototypes, which for some packs are rows of the classifier.
  const trained = training && seenIn(training);
  const ofPhotos = trained ? placesOf(trained, M, classVectors, D) : new Float32Array(0);
  const reference = new Float32Array(ofPrototypes.length + ofPhotos.length);
  reference.set(ofPrototypes);
  reference.set(ofPhotos, ofPrototypes.length);
  const shown: Shown[] = [{ ...prototypesSeen, K: 1 }, ...(trained ? [{ ...trained, K }] : [])];
  return async ({ labels, classes }) => {
    const space = await buildLabelSpace({ labels: [...labels], classLabels, vectorOf, wordnet, reference, dimensions: E });
    const ofClass = Int32Array.from(classes, (of) => of[0] ?? -1);
    return zeroShotScorer(space, kinshipOf(linSimilarity(labels, classLabels, wordnet), C, shown), ofClass, seen, places);
  };
}
