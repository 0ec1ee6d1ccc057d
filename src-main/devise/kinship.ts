import type { Seen } from "./places";

/** How near labels stand to the visual model's classes in a hierarchy: L labels, C classes. */
export interface Kinship {
  /** `[L, C]` 0..1 */
  similarity: Float32Array;
  /** `[L]` mean and standard deviation of each label's kinship to what the reference photos show */
  mean: Float32Array;
  deviation: Float32Array;
}

/** The K likeliest classes of n photos, `[n, K]`. */
export interface Shown extends Pick<Seen, "classes" | "probabilities"> { K: number }

/** As many classes of a photo as ConSE averages. */
const CLASSES = 10;

/** Added to variances: a label that is kin to no class is nothing special where a photo happens to be a little nearer. */
const LEAST_VARIANCE = 1e-4;

/**
 * Mean and deviation take hubs back, as among words: a label in a crowded part of the hierarchy is kin to everything.
 * @param similarity `[L, C]`
 * @param references photos, and prototypes as photos of their classes
 */
export function kinshipOf(similarity: Float32Array, C: number, references: Shown[]): Kinship {
  const L = similarity.length / C;
  const [mean, deviation] = [new Float32Array(L), new Float32Array(L)];
  const photos = references.flatMap((shown) => Array.from({ length: shown.classes.length / shown.K }, (_, photo) => likeliest(shown, photo)));
  for (let label = 0; label < L; label++) {
    let [sum, squares] = [0, 0];
    for (const photo of photos) {
      const kinship = expected(similarity, label * C, photo);
      sum += kinship;
      squares += kinship * kinship;
    }
    mean[label] = sum / photos.length;
    deviation[label] = Math.sqrt(Math.max(0, squares / photos.length - mean[label] ** 2) + LEAST_VARIANCE);
  }
  return { similarity, mean, deviation };
}

/** `[L]` how many standard deviations nearer each label is to what a photo shows than to what the reference photos show. */
export function kinshipScores({ similarity, mean, deviation }: Kinship, shown: Shown, photo: number): Float32Array {
  const C = similarity.length / mean.length;
  const classes = likeliest(shown, photo);
  return mean.map((usual, label) => (expected(similarity, label * C, classes) - usual) / deviation[label]);
}

/** A photo's likeliest classes, with weights that add up to 1. */
interface Likeliest { classes: Uint16Array; weights: Float32Array }

function likeliest({ classes, probabilities, K }: Shown, photo: number): Likeliest {
  const [from, to] = [photo * K, photo * K + Math.min(K, CLASSES)];
  const weights = probabilities.slice(from, to);
  const sum = weights.reduce((a, b) => a + b, 0);
  return { classes: classes.subarray(from, to), weights: weights.map((p) => p / sum) };
}

function expected(similarity: Float32Array, row: number, { classes, weights }: Likeliest): number {
  let sum = 0;
  for (let k = 0; k < classes.length; k++) sum += weights[k] * similarity[row + classes[k]];
  return sum;
}
