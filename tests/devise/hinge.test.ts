import { expect, test } from "vitest";
import { hingeRankLoss, meanHingeLoss, PAPER_HINGE } from "../../src-main/devise/hinge";

// Two orthogonal words and one between them; a photo in the direction of the first.
const words = new Float32Array([1, 0, 0, 1, Math.SQRT1_2, Math.SQRT1_2]);
const identity = new Float32Array([1, 0, 0, 1]);
const photo = new Float32Array([1, 0]);
const none = () => new Float32Array(4);

test("the loss is 0 when the true label beats all others by the margin", () => {
  const gradient = none();
  expect(hingeRankLoss(photo, identity, words, 0, new Uint32Array([1, 2]), gradient)).toBe(0);
  expect(gradient).toEqual(none());
});

test('"first" stops at the first label that violates the margin, "all" sums over all of them (eq. 1)', () => {
  const order = new Uint32Array([2, 0]); // both closer to the photo than its true label, 1
  const first = hingeRankLoss(photo, identity, words, 1, order, none());
  const all = hingeRankLoss(photo, identity, words, 1, order, none(), { ...PAPER_HINGE, violations: "all" });
  expect(first).toBeCloseTo(0.1 + Math.SQRT1_2, 6);
  expect(all).toBeCloseTo(0.1 + Math.SQRT1_2 + 0.1 + 1, 6);
});

test("the gradient matches finite differences", () => {
  const M = new Float32Array([0.3, -0.2, 0.1, 0.4]);
  const order = new Uint32Array([0, 2]);
  const all = { ...PAPER_HINGE, violations: "all" as const };
  const gradient = none();
  hingeRankLoss(photo, M, words, 1, order, gradient, all);
  for (let i = 0; i < M.length; i++) {
    const at = (step: number) =>
      hingeRankLoss(
        photo,
        M.map((m, j) => (j === i ? m + step : m)),
        words,
        1,
        order,
        null,
        all,
      );
    expect(gradient[i]).toBeCloseTo((at(1e-2) - at(-1e-2)) / 2e-2, 3);
  }
});

test("shapes that do not match are refused with their numbers", () => {
  expect(() => hingeRankLoss(photo, new Float32Array(5), words, 0, new Uint32Array(), none())).toThrow(
    "projection of 5 numbers does not match 2 features",
  );
});

test("the mean loss leaves out masked labels and tries a rejected label alone", () => {
  const data = {
    dimensions: 2,
    wordDimensions: 2,
    words,
    features: new Float32Array([2, 0, 2, 0]),
    truths: Int32Array.of(1, 1),
  };
  const [near, between] = [0.1 + 1, 0.1 + Math.SQRT1_2];
  expect(meanHingeLoss(data, identity)).toBeCloseTo(near + between, 6); // features are scaled to unit length
  const masked = Uint8Array.of(1, 1, 0, 1, 1, 0, 0, 0, 1); // 0 and 1 are not negatives of each other
  expect(meanHingeLoss({ ...data, masked }, identity)).toBeCloseTo(between, 6);
  expect(meanHingeLoss({ ...data, masked, rejected: Int32Array.of(-1, 0) }, identity)).toBeCloseTo(
    (between + near) / 2,
    6,
  );
  expect(meanHingeLoss(data, identity, 1)).toBeCloseTo(near + between, 6);
});
