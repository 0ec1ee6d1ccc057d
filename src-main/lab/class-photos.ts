import { Refusal } from "../../src-shared/refusal";
import type { Dataset } from "../evaluation/dataset";
import type { EmbeddedDataset } from "../evaluation/embed-dataset";
import { random } from "../math/random";
import { holdOut } from "../math/shuffle";

/** What tells classes apart: the wnid, else the name. */
export const classKey = ({ name, wnid }: Dataset["files"][number]): string => wnid ?? name;

/**
 * The classes of a dataset, sorted.
 * @throws Refusal `bad-dataset` for fewer than two classes, or a class with fewer than two photos
 */
export function classesOf(dataset: Dataset): string[] {
  const classes = Map.groupBy(dataset.files, classKey);
  if (classes.size < 2)
    throw new Refusal(
      "bad-dataset",
      `The dataset ${dataset.source} has only 1 class, ${[...classes.keys()][0]}, with ` +
        `${dataset.files.length} photos; at least 2 classes are needed.`,
    );
  const small = [...classes].filter(([, files]) => files.length < 2);
  if (small.length > 0)
    throw new Refusal(
      "bad-dataset",
      `${small.length} of ${classes.size} classes have fewer than 2 photos: ${small
        .slice(0, 10)
        .map(([, [{ name }]]) => name)
        .join(", ")}.`,
    );
  return [...classes.keys()].sort();
}

/** @throws Refusal `bad-dataset` when a class has fewer than two readable photos */
export function refuseSmallClasses(
  { files, source }: Dataset,
  classes: string[],
  truths: Int32Array,
  failed: EmbeddedDataset["failed"],
): void {
  const left = classes.map((_, c) => truths.filter((truth) => truth === c).length);
  const small = classes.filter((_, c) => left[c] < 2);
  if (small.length === 0) return;
  const first = failed[0]
    ? ` ${failed.length} of ${files.length} photos can’t be read. The first is ${failed[0].path}: ${failed[0].reason}`
    : "";
  throw new Refusal(
    "bad-dataset",
    `${small.length} of ${classes.length} classes of ${source} have fewer than 2 readable photos: ` +
      `${small.slice(0, 10).join(", ")}.${first}`,
  );
}

/** Stratified hold-out: the same share of every class, at least one photo, and at least one is left for training. */
export function holdOutByClass(
  truths: Int32Array,
  C: number,
  validation: number,
  seed: number,
): { training: number[]; heldOut: number[] } {
  const draw = random(seed);
  const training: number[] = [];
  const heldOut: number[] = [];
  for (let c = 0; c < C; c++) {
    const rows = Array.from(truths.keys()).filter((row) => truths[row] === c);
    const count = Math.min(rows.length - 1, Math.max(1, Math.round(validation * rows.length)));
    const parts = holdOut(rows, count, draw);
    heldOut.push(...parts.heldOut);
    training.push(...parts.training);
  }
  return { training, heldOut };
}
