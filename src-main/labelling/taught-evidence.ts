import { teachLabels, taughtScores } from "../devise/few-shot";
import { random } from "../devise/random";
import { scatterWithin, type Whitening, whiteningOf } from "../devise/scatter";
import type { TaughtEvidence } from "./calibrate";
import { type FeatureSet, subset } from "../evaluate/feature-set";

/** Numbers of examples that a person may have given. */
const EXAMPLES = [1, 2, 5, 10, 20];
/** Photos of each taught class that are none of its examples, and photos of other classes, in the proportion of real libraries: mostly others. */
const TRIED_A_CLASS = 15;
const OTHERS = 900;
/** Of the labels taught only the likeliest of each photo could come to be shown. */
const LIKELIEST = 10;

/**
 * Classes that the projection and the classifier do not know are taught from some of their photos and tried on the rest and on other photos.
 * @param prototypes `[C, D]` of all other classes @param whitening by the scatter of other classes' photos, where the pack keeps one
 */
export function taughtEvidence({ features, classes }: FeatureSet, prototypes: Float32Array, heldOut: number[], D: number, whitening: Whitening | null = null): TaughtEvidence[] {
  const draw = random(heldOut[0] + 1);
  const feature = (i: number) => features.subarray(i * D, (i + 1) * D);
  const photosOf = heldOut.map((c) => Array.from(classes.keys()).filter((i) => classes[i] === c));
  const others = Array.from({ length: OTHERS }, () => Math.floor(draw() * classes.length)).filter((i) => !heldOut.includes(classes[i]));
  const most = Math.max(...photosOf.map((photos) => photos.length));
  return EXAMPLES.filter((n) => n < most).flatMap((n) => {
    const taught = teachLabels(photosOf.map((photos) => ({ accepted: joined(photos.slice(0, n).map(feature), D), rejected: new Float32Array(0) })), prototypes, D, whitening);
    const tried = [...photosOf.flatMap((photos, truth) => photos.slice(n, n + TRIED_A_CLASS).map((photo) => ({ photo, truth }))), ...others.map((photo) => ({ photo, truth: -1 }))];
    return tried.flatMap(({ photo, truth }) => {
      const scores = taughtScores(taught, feature(photo));
      return Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a]).slice(0, LIKELIEST)
        .map((label) => ({ score: scores[label], examples: taught.examples[label], right: label === truth }));
    });
  });
}

function joined(rows: Float32Array[], D: number): Float32Array {
  const all = new Float32Array(rows.length * D);
  rows.forEach((row, i) => all.set(row, i * D));
  return all;
}

/** How features scatter within the classes that are not held out. */
export function whiteningWithout(heldOut: number[], photos: FeatureSet, D: number): Whitening {
  const known = subset(photos, D, (c) => !heldOut.includes(c));
  return whiteningOf(scatterWithin(known.features, known.classes, D), D);
}
