import { describe, expect, test } from "vitest";
import { backgroundOf, sentenceLogOdds, towerClassifier, type TowerScores } from "../../src-main/devise/tower-classes";
import { gaussian, random } from "../../src-main/math/random";
import { unitRows } from "../../src-main/math/vectors";

const [n, C, D, K] = [5, 40, 10, 6];
const draw = random(3);
const unit = (rows: number) =>
  unitRows(
    Float32Array.from({ length: rows * D }, () => gaussian(draw)),
    D,
  );
const [photos, labels] = [unit(n), unit(C)];
const cosine = (i: number, c: number) =>
  Array.from({ length: D }, (_, d) => photos[i * D + d] * labels[c * D + d]).reduce((a, b) => a + b, 0);

/** The definitions, in double precision. */
function expected({ kind, scale, bias }: TowerScores, i: number): number[] {
  const logits = Array.from({ length: C }, (_, c) => scale * cosine(i, c) + bias);
  const sum = logits.reduce((total, x) => total + Math.exp(x), 0);
  return logits.map((x) => (kind === "clip" ? Math.exp(x) / sum : 1 / (1 + Math.exp(-x))));
}

describe.each<TowerScores>([
  { kind: "siglip", scale: 20, bias: -9 },
  { kind: "clip", scale: 30, bias: 0 },
])("$kind", (scores) => {
  const seen = towerClassifier(scores, labels, D)(photos, K);

  test("gives the most probable labels with their probabilities", () => {
    for (let i = 0; i < n; i++) {
      const all = expected(scores, i);
      const order = [...all.keys()].sort((a, b) => all[b] - all[a]).slice(0, K);
      expect([...seen.classes.subarray(i * K, (i + 1) * K)]).toEqual(order);
      order.forEach((c, k) => expect(seen.probabilities[i * K + k]).toBeCloseTo(all[c], 4));
    }
  });

  test("a label as a sentence has the odds of its probability, whichever class tells the background", () => {
    for (let i = 0; i < n; i++)
      for (const told of [0, K - 1]) {
        const at = i * K + told;
        const background = backgroundOf(scores, cosine(i, seen.classes[at]), seen.probabilities[at]);
        const c = seen.classes[i * K + 1];
        const odds = sentenceLogOdds(scores, cosine(i, c), background);
        const p = seen.probabilities[i * K + 1];
        // CLIP's sentence competes with all labels, itself included; SigLIP's with none.
        expect(odds).toBeCloseTo(scores.kind === "clip" ? Math.log(p) : Math.log(p / (1 - p)), 3);
      }
  });
});

test("fewer labels than are stored", () => {
  const few = towerClassifier({ kind: "siglip", scale: 10, bias: 0 }, labels.subarray(0, 2 * D), D)(photos, 32);
  expect(few.classes).toHaveLength(2 * n);
});
