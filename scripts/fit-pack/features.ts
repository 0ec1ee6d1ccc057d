import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Features of photos and their classes, as a pack's training left them. */
export interface FeatureSet {
  /** `[n, D]`, row-major */
  features: Float32Array;
  /** `[n]` class indices */
  classes: Int32Array;
}

/** `<name>.features.f16` `[n, D]` and `<name>.classes.u16` `[n]`, little endian. @throws RangeError when their lengths do not fit */
export function readFeatureSet(folder: string, name: string, D: number): FeatureSet {
  const halves = new Uint8Array(readFileSync(join(folder, `${name}.features.f16`)));
  const numbers = new Uint8Array(readFileSync(join(folder, `${name}.classes.u16`)));
  const features = Float32Array.from(new Float16Array(halves.buffer));
  const classes = Int32Array.from(new Uint16Array(numbers.buffer));
  if (features.length !== classes.length * D) throw new RangeError(`${name}: ${features.length} numbers are not ${classes.length} × ${D} features`);
  return { features, classes };
}

/** The photos of a set that `keep` wants. */
export function subset({ features, classes }: FeatureSet, D: number, keep: (c: number, i: number) => boolean): FeatureSet {
  const rows = Array.from(classes.keys()).filter((i) => keep(classes[i], i));
  const kept = new Float32Array(rows.length * D);
  rows.forEach((row, i) => kept.set(features.subarray(row * D, (row + 1) * D), i * D));
  return { features: kept, classes: Int32Array.from(rows, (row) => classes[row]) };
}
