import type { LabelId } from "../../src-shared/contract";
import { dot } from "../math/vectors";
import { readClassifierHead } from "../vision/classifier-head";
import { classifierOutput, type Pack } from "../vision/pack";
import { readFeatureSet } from "./feature-set";
import type { LabelledFeatures } from "./training-data";

/**
 * Photos of a pack's training or validation set, of which only features are kept: `[n, D]` and, from the pack's last
 * layer, logits `[n, C]`.
 * @throws Refusal `bad-features`
 */
export function featurePhotos(
  folder: string,
  name: "train" | "validation",
  pack: Pack,
  classLabels: readonly LabelId[],
): LabelledFeatures & { logits: Float32Array } {
  const [D, C] = [pack.dimensions, pack.classes.length];
  const { features, classes } = readFeatureSet(folder, name, D, C);
  const { weights, bias } = readClassifierHead(pack.visual.file, classifierOutput(pack), C, D);
  const logits = new Float32Array(classes.length * C);
  for (let i = 0; i < classes.length; i++) {
    for (let c = 0; c < C; c++) logits[i * C + c] = dot(features, i * D, weights, c * D, D) + bias[c];
  }
  return { features, logits, labels: Array.from(classes, (c) => classLabels[c]) };
}
