import { takeRows } from "../math/take-rows";
import { type ClassifierHead, readClassifierHead } from "../vision/classifier-head";
import { classifierOutput, type Pack } from "../vision/pack";
import { logitsOf, refitHead } from "./refit-head";

export interface RefitClassifier {
  layer: ClassifierHead;
  refitted: boolean;
  /** `[n, C]` */ logits: Float32Array;
}

interface FeatureRows {
  features: Float32Array;
  logits: Float32Array;
}

/**
 * Refits the last layer of a pack's classifier to changed features, and keeps the refitted layer if it preserves the
 * logits better than the old one, on held-out photos if there are any. Null where the logits don't come from a linear
 * layer on the features.
 */
export async function refitClassifier(
  pack: Pack,
  before: FeatureRows,
  after: FeatureRows,
  training: number[],
  heldOut: number[],
): Promise<RefitClassifier | null> {
  const [D, C] = [pack.dimensions, pack.classes.length];
  let old: ClassifierHead;
  try {
    old = readClassifierHead(pack.visual.file, classifierOutput(pack), C, D);
  } catch (error) {
    if (error instanceof RangeError) return null; // no linear layer; the card says so
    throw error;
  }
  const layer = await refitHead(old, takeRows(before.features, D, training), takeRows(after.features, D, training));
  const logits = await logitsOf(layer, after.features);
  const said = await logitsOf(old, before.features);
  const tried = heldOut.length > 0 ? heldOut : training;
  const refitted = distance(logits, said, tried, C) < distance(await logitsOf(old, after.features), said, tried, C);
  return refitted ? { layer, refitted, logits } : { layer: old, refitted, logits: after.logits };
}

/** Sum of squared differences between rows of `[n, C]`. */
function distance(a: Float32Array, b: Float32Array, rows: number[], C: number): number {
  let sum = 0;
  for (const row of rows) for (let c = 0; c < C; c++) sum += (a[row * C + c] - b[row * C + c]) ** 2;
  return sum;
}
