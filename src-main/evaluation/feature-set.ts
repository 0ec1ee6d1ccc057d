import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "../../src-shared/refusal";
import { requireFile } from "../base/input-file";
import { concat } from "../math/concat";
import { takeRows } from "../math/take-rows";

/** Features of photos and their classes, saved when a pack was made. */
export interface FeatureSet {
  /** `[n, D]`, row-major */
  features: Float32Array;
  /** `[n]` class indices */
  classes: Int32Array;
}

/**
 * Reads `<name>.features.f16` `[n, D]` and `<name>.classes.u16` `[n]`, little endian.
 * @param C classes of the pack
 * @throws Refusal `bad-features` when a file is missing, lengths don't match, a number is not finite, or a class is not
 *   the pack's
 */
export function readFeatureSet(folder: string, name: string, D: number, C = Infinity): FeatureSet {
  const features = Float32Array.from(new Float16Array(read(folder, `${name}.features.f16`)));
  const classes = Int32Array.from(new Uint16Array(read(folder, `${name}.classes.u16`)));
  if (features.length === 0 || features.length !== classes.length * D) {
    throw badFeatures(folder, `${name}: ${features.length} numbers, expected ${classes.length} × ${D} features`);
  }
  const at = features.findIndex((value) => !Number.isFinite(value));
  if (at >= 0)
    throw badFeatures(folder, `${name}: feature ${at % D} of photo ${Math.floor(at / D)} is ${features[at]}`);
  const stray = classes.findIndex((c) => c >= C);
  if (stray >= 0)
    throw badFeatures(folder, `${name}: photo ${stray} has class ${classes[stray]}, but the pack has ${C} classes`);
  return { features, classes };
}

/** The photos of a set that pass `keep`. */
export function subset(
  { features, classes }: FeatureSet,
  D: number,
  keep: (c: number, i: number) => boolean,
): FeatureSet {
  const rows = Array.from(classes.keys()).filter((i) => keep(classes[i], i));
  return { features: takeRows(features, D, rows), classes: Int32Array.from(rows, (row) => classes[row]) };
}

function read(folder: string, name: string): ArrayBuffer {
  const file = join(folder, name);
  if (!existsSync(file)) throw badFeatures(folder, `${name} is missing`);
  requireFile(file, "bad-features");
  const bytes = new Uint8Array(readFileSync(file));
  if (bytes.length % 2 !== 0) throw badFeatures(folder, `${name} has ${bytes.length} bytes, an odd number`);
  return bytes.buffer;
}

const badFeatures = (folder: string, reason: string) =>
  new Refusal("bad-features", `Features in ${folder}: ${reason}.`);

/** n photos, evenly spaced. */
export function sample(set: FeatureSet, D: number, n: number): FeatureSet {
  const every = Math.max(1, Math.floor(set.classes.length / n));
  return subset(set, D, (_, i) => i % every === 0);
}

/** The photos of both. */
export function concatSets(a: FeatureSet, b: FeatureSet): FeatureSet {
  return {
    features: concat([a.features, b.features], Float32Array),
    classes: concat([a.classes, b.classes], Int32Array),
  };
}
