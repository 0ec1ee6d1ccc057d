import { beforeAll, describe, expect, test } from "vitest";
import { startTensorFlow } from "../../src-main/devise/tensorflow";
import { recomputePrototypes } from "../../src-main/lab/recompute-prototypes";
import { logitsOf, refitHead } from "../../src-main/lab/refit-head";
import { choleskyOf, solveColumns } from "../../src-main/math/cholesky";
import { random } from "../../src-main/math/random";
import { readPack, readPrototypes } from "../../src-main/vision/pack";
import { temporaryFolder } from "../fixtures/photo-folder";
import { COLOURS, FEATURES, writeColourPack } from "../fixtures/small-onnx";

const [D, C, N] = [6, 4, 60];
const draw = random(5);
const numbers = (n: number) => Float32Array.from({ length: n }, () => draw() * 2 - 1);
const head = { weights: numbers(C * D), bias: numbers(C) };
/** A trained network whose features are slightly mixed and shifted. */
const [mix, shift] = [numbers(D * D).map((v, i) => 0.2 * v + (i % (D + 1) === 0 ? 1 : 0)), numbers(D)];
const moved = (features: Float32Array) =>
  features.map((_, i) => {
    const [row, e] = [Math.floor(i / D), i % D];
    let sum = shift[e];
    for (let d = 0; d < D; d++) sum += features[row * D + d] * mix[d * D + e];
    return sum;
  });
const worst = (a: Float32Array, b: Float32Array) => a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i])), 0);

beforeAll(async () => {
  await startTensorFlow();
});

describe("a classifier head refitted to changed features", () => {
  test("preserves the logits of other photos", async () => {
    const [seen, others] = [numbers(N * D), numbers(20 * D)];
    const said = await logitsOf(head, others);
    const refitted = await refitHead(head, seen, moved(seen));
    const [old, now] = [
      worst(await logitsOf(head, moved(others)), said),
      worst(await logitsOf(refitted, moved(others)), said),
    ];
    expect(old).toBeGreaterThan(1);
    expect(now).toBeLessThan(old / 5);
  });

  test("is unchanged for unchanged features, and shifts by the mean for identical photos", async () => {
    const seen = numbers(N * D);
    const same = await refitHead(head, seen, seen);
    expect(worst(same.weights, head.weights)).toBeLessThan(1e-5);
    expect(worst(same.bias, head.bias)).toBeLessThan(1e-5);
    const one = seen.slice(0, D);
    const alike = await refitHead(head, one, moved(one));
    expect(worst(alike.weights, head.weights)).toBeLessThan(1e-5);
    expect(worst(await logitsOf(alike, moved(one)), await logitsOf(head, one))).toBeLessThan(1e-4);
  });

  test("refuses features of different numbers of photos", async () => {
    await expect(refitHead(head, numbers(3 * D), numbers(2 * D))).rejects.toThrow(
      "features of 18 and 12 numbers don't match: both must be [n, 6] of the same photos",
    );
  });

  test("solves the linear system, and refuses a singular one", () => {
    const root = Float64Array.from(numbers(D * D));
    const A = Float64Array.from({ length: D * D }, (_, i) => {
      let sum = i % (D + 1) === 0 ? 0.1 : 0;
      for (let k = 0; k < D; k++) sum += root[Math.floor(i / D) * D + k] * root[(i % D) * D + k];
      return sum;
    });
    const B = Float64Array.from(numbers(D * D));
    const X = solveColumns(choleskyOf(A, D), B.slice());
    for (let i = 0; i < D * D; i++) {
      let sum = 0;
      for (let k = 0; k < D; k++) sum += A[Math.floor(i / D) * D + k] * X[k * D + (i % D)];
      expect(sum).toBeCloseTo(B[i], 8);
    }
    expect(() => choleskyOf(new Float64Array(4), 2)).toThrow(
      "matrix of 2 × 2 is not positive definite: row 0 has pivot 0",
    );
  });
});

describe("prototypes for a fine-tuned network", () => {
  const labels = COLOURS.map(({ name }) => `own:${name}` as const);
  const features = numbers(4 * FEATURES);
  const after = features.map((v) => v + 1);

  test("are means of training photos, or the classifier's rows for classes without photos", () => {
    const pack = readPack(writeColourPack(temporaryFolder()));
    const of = recomputePrototypes(
      pack,
      { features, labels: [labels[1], labels[1], labels[2], labels[1]] },
      after,
      [0, 1],
      labels,
      null,
    );
    expect(of.fromPhotos).toBe(1);
    const rows = readPrototypes(pack).vectors;
    expect(of.vectors.slice(0, FEATURES)).toEqual(rows.slice(0, FEATURES));
    for (let d = 0; d < FEATURES; d++)
      expect(of.vectors[FEATURES + d]).toBeCloseTo((features[d] + features[FEATURES + d]) / 2 + 1, 5);
    expect(of.vectors.slice(2 * FEATURES)).toEqual(rows.slice(2 * FEATURES)); // its only photo was held out
  });

  test("that were means move with the photos on average", () => {
    const bundled = readPack(new URL("../fixtures/packs/seed", import.meta.url).pathname);
    const own = readPrototypes(bundled).vectors;
    const seen = numbers(2 * bundled.dimensions);
    const classLabels = bundled.classes.map(({ name }) => `own:${name}` as const);
    const of = recomputePrototypes(
      bundled,
      { features: seen, labels: [classLabels[0], classLabels[0]] },
      seen.map((v) => v + 0.5),
      [0, 1],
      classLabels,
      null,
    );
    expect([of.fromPhotos, of.vectors.length]).toEqual([1, own.length]);
    for (const at of [bundled.dimensions, own.length - 1]) expect(of.vectors[at]).toBeCloseTo(own[at] + 0.5, 5);
  });
});
