import { expect, test } from "vitest";
import { resource } from "../../src-main/base/resources";
import { labelSimilarity, prototypePredictor } from "../../src-main/devise/predicted-prototypes";
import type { LabelSpace } from "../../src-main/devise/ranking-numbers";
import type { VisualOutput } from "../../src-main/devise/semantic-embedding";
import { BALANCE, uncertainty, zeroShotScorer } from "../../src-main/devise/zero-shot";
import { random } from "../../src-main/math/random";
import { unitRows } from "../../src-main/math/vectors";
import { linSimilarity } from "../../src-main/words/lin-similarity";
import { readWordNet } from "../../src-main/words/wordnet";
import { slowLooks, slowZeroShotScores } from "../fixtures/slow-zero-shot";

// Classes: 30 breeds of dogs, and a teapot. Labels: these, dog (above all breeds), hound (above the first), and otter
// and wrench (above no class).
const BREEDS = 30;
const C = BREEDS + 1;
const [teapot, dog, hound, otter, wrench] = Array.from({ length: 5 }, (_, i) => BREEDS + i);
const L = C + 4;
const space: LabelSpace = {
  vectors: Float32Array.from({ length: 2 * L }, (_, i) =>
    [teapot, wrench].includes(Math.floor(i / 2)) ? i % 2 : 1 - (i % 2),
  ),
  mean: new Float32Array(L),
  deviation: new Float32Array(L).fill(0.25),
  labelsOver: Array.from({ length: C }, (_, c) =>
    Int32Array.from(c === 0 ? [c, dog, hound] : c < BREEDS ? [c, dog] : [c]),
  ),
  covered: new Uint8Array(L),
  specificity: new Float32Array(L).fill(1),
  fewShot: null,
  labelsOverConcepts: [],
};
const ofClass = Int32Array.from({ length: L }, (_, label) => (label < C ? label : -1));
// All dogs look alike and unlike teapots; otters look like dogs and wrenches like teapots.
const prototypes = Float32Array.from(
  { length: 2 * C },
  (_, i) => (Math.floor(i / 2) < BREEDS ? [1, 0.01 * i] : [0, 1])[i % 2],
);
const predictor = prototypePredictor(prototypes, 2);
const among = (classes: number[]) =>
  Float32Array.from(classes.flatMap((a) => classes.map((b) => (a === b ? 2 : a < BREEDS && b < BREEDS ? 1 : 0))));
const [asDogs, asTeapots] = [
  predictor.predict(
    Float32Array.from({ length: C }, (_, c) => Number(c < BREEDS)),
    among,
  ),
  predictor.predict(
    Float32Array.from({ length: C }, (_, c) => Number(c === BREEDS)),
    among,
  ),
];
const looks = Array.from(ofClass, (_, label) => (label < C ? null : label === wrench ? asTeapots : asDogs));

function scores(...first: number[]): Float32Array {
  const probabilities = Float32Array.from(
    { length: C },
    (_, c) => first[c] ?? (1 - first.reduce((a, b) => a + b)) / (C - first.length),
  );
  const output: VisualOutput = {
    features: Float32Array.of(1, 0),
    classes: Uint16Array.from({ length: C }, (_, c) => c),
    probabilities,
  };
  return zeroShotScorer({ space, ofClass, predictor, prototypes: looks, output, embeddings: Float32Array.of(1, 0) })(0);
}

test("a class scores the logarithm of its probability", () => {
  expect(scores(0.7, 0.2)[0]).toBeCloseTo(Math.log(0.7 + 1e-3), 5);
  expect(scores(0.7, 0.2)[1]).toBeCloseTo(Math.log(0.2 + 1e-3), 5);
});

test("a certain classifier keeps the breed; one that is undecided between breeds prefers dog", () => {
  const sure = scores(0.99);
  expect(sure[0]).toBeGreaterThan(sure[dog]);
  const wavering = scores(...new Array<number>(BREEDS).fill(0.033));
  expect(wavering[dog]).toBeGreaterThan(Math.max(...wavering.subarray(0, C)));
});

test("a label above a single class is preferred to it when the classifier is certain, as horse is to sorrel", () => {
  expect(scores(0.9)[hound]).toBeGreaterThan(scores(0.9)[0]);
});

test("among labels that no class supports, the closer word and prototype win", () => {
  expect(scores(0.7, 0.2)[otter]).toBeGreaterThan(scores(0.7, 0.2)[wrench]);
});

test("such a label gains when the classifier is less certain", () => {
  const gains = [scores(0.99), scores(0.5, 0.3), scores(0.1, 0.1)].map((of) => of[otter]);
  expect(gains[0]).toBeLessThan(gains[1]);
  expect(gains[1]).toBeLessThan(gains[2]);
});

test("labels without a class score lower the more there are per class", () => {
  const many: LabelSpace = {
    ...space,
    labelsOver: [...space.labelsOver, ...Array.from({ length: 3 * C }, () => new Int32Array(0))],
  };
  const output: VisualOutput = {
    features: Float32Array.of(1, 0),
    classes: Uint16Array.of(0),
    probabilities: Float32Array.of(1),
  };
  const [few, more] = [space, many].map((each) =>
    zeroShotScorer({ space: each, ofClass, predictor, prototypes: looks, output, embeddings: Float32Array.of(1, 0) })(
      0,
    ),
  );
  expect(more[otter] - few[otter]).toBeCloseTo(0.5 * Math.log(4), 5);
});

test("uncertainty is the entropy of the classes, with the remaining probability spread evenly", () => {
  expect(uncertainty({ probabilities: Float32Array.of(1, 0) }, 2, 2, 0)).toBeCloseTo(0, 6);
  expect(uncertainty({ probabilities: new Float32Array(8).fill(1 / 8) }, 8, 8, 0)).toBeCloseTo(Math.log(8), 5);
  expect(uncertainty({ probabilities: Float32Array.of(9, 9, 0.5, 0.1) }, 2, 6, 1)).toBeCloseTo(
    0.5 * Math.log(2) + 0.5 * Math.log(10),
    5,
  );
});

const random2d = (rows: number, width: number, draw: () => number) =>
  Array.from({ length: rows }, () => Array.from({ length: width }, () => draw() - 0.5));
const flat = (rows: number[][]) => Float32Array.from(rows.flat());
const rowsOf = (numbers: Float32Array, width: number) =>
  Array.from({ length: numbers.length / width }, (_, i) => Array.from(numbers.subarray(i * width, (i + 1) * width)));

test("scores match a slow reference on random photos and labels", () => {
  const [L, C, E, D, K, n] = [126, 108, 6, 9, 5, 3];
  const draw = random(3);
  const numbers = (count: number) => Float32Array.from({ length: count }, () => draw() - 0.5);
  const classes = Uint16Array.from({ length: n * K }, (_, i) => (Math.floor(i / K) * 3 + (i % K) * 2) % C);
  const probabilities = Float32Array.from({ length: n * K }, (_, i) => [0.45, 0.2, 0.15, 0.1, 0.05][i % K]);
  const labelsOver = Array.from({ length: C }, (_, c) =>
    Int32Array.from([c, ...Array.from({ length: 15 }, (_, l) => C + l).filter(() => draw() < 0.05)]),
  );
  const vectors = unitRows(numbers(L * E), E);
  const drawn: LabelSpace = {
    vectors,
    mean: numbers(L),
    deviation: numbers(L).map((x) => Math.abs(x) + 0.1),
    labelsOver,
    covered: new Uint8Array(L),
    specificity: new Float32Array(L),
    fewShot: null,
    labelsOverConcepts: [],
  };
  const own = Int32Array.from({ length: L }, (_, l) => (l < C ? l : -1));
  const similarity = { labels: random2d(L, C, draw).map((row) => row.map(Math.abs)), classes: random2d(C, C, draw) };
  similarity.classes = similarity.classes.map((row, i) =>
    row.map((_, j) => (i === j ? 1 : 0.4 * Math.abs(similarity.classes[Math.min(i, j)][Math.max(i, j)]))),
  );
  const prototypes = random2d(C, D, draw);
  const output: VisualOutput = { features: numbers(n * D), classes, probabilities };
  const embeddings = numbers(n * E);
  const ofClasses = vectors.subarray(0, C * E);
  const words = { labels: rowsOf(vectors, E), classes: rowsOf(ofClasses, E) };
  const predictor = prototypePredictor(flat(prototypes), D);
  const among = (some: number[]) => {
    const vectorsOf = flat(some.map((c) => words.classes[c]));
    return labelSimilarity(vectorsOf, vectorsOf, flat(some.map((a) => some.map((b) => similarity.classes[a][b]))), E);
  };
  const alike = labelSimilarity(vectors, ofClasses, flat(similarity.labels), E);
  const predicted = Array.from(own, (c, l) =>
    c < 0 ? predictor.predict(alike.subarray(l * C, (l + 1) * C), among) : null,
  );
  const fast = zeroShotScorer({ space: drawn, ofClass: own, predictor, prototypes: predicted, output, embeddings });
  for (let i = 0; i < n; i++) {
    const slow = slowZeroShotScores(
      { space: drawn, C, own, words, similarity, prototypes, output, embeddings, n, balance: BALANCE },
      i,
    );
    fast(i).forEach((score, l) => expect(score).toBeCloseTo(slow[l], 3));
    expect(predictor.scores(output.features.subarray(i * D, (i + 1) * D), [predicted[120]!])[0]).toBeCloseTo(
      slowLooks({ C, words, similarity, prototypes }, 120, rowsOf(output.features, D)[i]),
      4,
    );
  }
});

test("a label similar to no class has a zero prototype, and one similar to a class has that class's", () => {
  const nothing = predictor.predict(new Float32Array(C), among);
  expect([...nothing]).toEqual([0, 0]);
  const [dogs, teapots] = predictor.scores(Float32Array.of(1, 0), [asDogs, asTeapots]);
  expect(dogs).toBeGreaterThan(0);
  expect(teapots).toBeLessThan(0);
  expect([...predictor.scores(new Float32Array(2), [asDogs, nothing])]).toEqual([0, 0]);
});

test("refuses similarities that are not a valid kernel", () => {
  expect(() =>
    prototypePredictor(Float32Array.of(1, 0, 0, 1), 2).predict(Float32Array.of(1, 1), () =>
      Float32Array.of(0, 9, 9, 0),
    ),
  ).toThrow("matrix of 2 × 2 is not positive definite");
});

test("Lin similarity is 1 to itself, symmetric, higher for otter and weasel than otter and teapot, and 0 for own labels", () => {
  const wordnet = readWordNet(resource("words", "wordnet.bin"));
  const ids = ["otter", "weasel", "teapot"].map((name) => wordnet.senses(name)[name === "otter" ? 1 : 0]);
  const alike = linSimilarity([...ids, "own:Rex"], ids, wordnet);
  const content = (id: (typeof ids)[number]) =>
    1 - Math.log(1 + wordnet.descendants(id).length) / Math.log(wordnet.size);
  const shared = [...wordnet.ancestors(ids[0]).keys()].filter((id) => wordnet.isA(ids[1], id)).map(content);
  expect(alike[0]).toBeCloseTo(1, 6);
  expect(alike[1]).toBeCloseTo(alike[3], 6);
  expect(alike[1]).toBeCloseTo((2 * Math.max(...shared)) / (content(ids[0]) + content(ids[1])), 5);
  expect(alike[1]).toBeGreaterThan(alike[2]);
  expect([...alike.subarray(9)]).toEqual([0, 0, 0]);
});
