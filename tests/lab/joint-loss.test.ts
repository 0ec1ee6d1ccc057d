import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { hingeRankLoss, PAPER_HINGE } from "../../src-main/devise/hinge";
import { jointHingeLoss } from "../../src-main/lab/joint-loss";
import { random } from "../../src-main/math/random";
import { normalise, unitRows } from "../../src-main/math/vectors";

beforeAll(async () => {
  tf.enableProdMode();
  await import("@tensorflow/tfjs-backend-cpu");
  await tf.setBackend("cpu");
});

const [B, D, E, C] = [3, 5, 4, 6];
const draw = random(3);
const some = (n: number) => Float32Array.from({ length: n }, () => draw() - 0.5);
const features = some(B * D).map((x) => 4 * x);
const M = some(E * D);
const words = unitRows(some(C * E), E);
const truths = Int32Array.of(2, 0, 5);

/** Reference implementation: mean of eq. 1 over unit-length features. */
const reference = (v: Float32Array, m: Float32Array) =>
  truths.reduce((sum, truth, i) => {
    const others = Uint32Array.from({ length: C }, (_, c) => c).filter((c) => c !== truth);
    return (
      sum +
      hingeRankLoss(normalise(v.slice(i * D, (i + 1) * D)), m, words, truth, others, null, {
        ...PAPER_HINGE,
        violations: "all",
      })
    );
  }, 0) / B;

test("the joint loss equals eq. 1 on unit-length features, and its gradients match finite differences", () => {
  const batch = { truths, rejected: new Int32Array(B).fill(-1), priorities: new Float32Array(B * C).fill(1), size: B };
  const loss = (v: tf.Tensor, m: tf.Tensor) =>
    jointHingeLoss(
      v as tf.Tensor2D,
      m as tf.Tensor2D,
      tf.tensor2d(words, [C, E]),
      Uint8Array.from({ length: C * C }, (_, i) => Number(i % (C + 1) === 0)),
      batch,
      { margin: 0.1, violations: "all" },
    );
  const { value, grads } = tf.valueAndGrads((...inputs: tf.Tensor[]) => loss(inputs[0], inputs[1]))([
    tf.tensor2d(features, [B, D]),
    tf.tensor2d(M, [E, D]),
  ]);
  expect(value.dataSync()[0]).toBeCloseTo(reference(features, M), 5);
  const [ofFeatures, ofM] = grads.map((gradient) => gradient.dataSync());
  const moved = (values: Float32Array, i: number, by: number) => values.map((x, j) => (j === i ? x + by : x));
  features.forEach((_, i) =>
    expect(ofFeatures[i]).toBeCloseTo(
      (reference(moved(features, i, 1e-3), M) - reference(moved(features, i, -1e-3), M)) / 2e-3,
      2,
    ),
  );
  M.forEach((_, i) =>
    expect(ofM[i]).toBeCloseTo(
      (reference(features, moved(M, i, 1e-3)) - reference(features, moved(M, i, -1e-3))) / 2e-3,
      2,
    ),
  );
  expect(Math.max(...ofFeatures.map(Math.abs))).toBeGreaterThan(0.01);
});
