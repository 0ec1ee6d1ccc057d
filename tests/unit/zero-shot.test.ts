import { expect, test } from "vitest";
import { kinshipOf, kinshipScores } from "../../src-main/devise/kinship";
import type { Seen } from "../../src-main/devise/places";
import { random } from "../../src-main/devise/random";
import type { LabelSpace } from "../../src-main/devise/ranking";
import { BALANCE, zeroShotScorer } from "../../src-main/devise/zero-shot";
import { resource } from "../../src-main/labelling/resources";
import { linSimilarity } from "../../src-main/words/lin-similarity";
import { readWordNet } from "../../src-main/words/wordnet";
import { slowZeroShotScores } from "../fixtures/slow-zero-shot";

// Classes 0 beagle, 1 poodle, 2 teapot; labels: the three, dog (over both), hound (over beagle), otter and wrench (no class is a kind of them).
const space: LabelSpace = {
  vectors: Float32Array.of(1, 0, 0.95, 0.05, 0, 1, 0.9, 0.1, 0.9, 0.1, 0.8, 0.2, 0, 1),
  mean: new Float32Array(7), deviation: new Float32Array(7).fill(0.3),
  labelsOver: [Int32Array.of(0, 3, 4), Int32Array.of(1, 3), Int32Array.of(2)],
  covered: Uint8Array.of(1, 1, 1, 1, 1, 0, 0), specificity: new Float32Array(7).fill(1), taught: null, labelsOverConcepts: [],
};
const [beagle, poodle, teapot, dog, hound, otter, wrench] = Array.from({ length: 7 }, (_, label) => label);
const ofClass = Int32Array.of(0, 1, 2, -1, -1, -1, -1);
const place = Float32Array.of(1, 0);
// Otter is kin to dogs, wrench to nothing.
const kinship = { similarity: Float32Array.of(1, 0.8, 0, 0.8, 1, 0, 0, 0, 1, 0.9, 0.9, 0, 0.9, 0.9, 0, 0.6, 0.6, 0, 0, 0, 0.3), mean: new Float32Array(7).fill(0.4), deviation: new Float32Array(7).fill(0.2) };
const photo = (...probabilities: number[]): Seen => ({ features: new Float32Array(1), classes: Uint16Array.of(0, 1, 2), probabilities: Float32Array.from(probabilities) });
const scores = (...probabilities: number[]) => zeroShotScorer(space, kinship, ofClass, photo(...probabilities), place)(0);

test("a class has the logarithm of its probability", () => {
  expect(scores(0.7, 0.2, 0.1)[beagle]).toBeCloseTo(Math.log(0.7 + 1e-3), 5);
  expect(scores(0.7, 0.2, 0.1)[teapot]).toBeCloseTo(Math.log(0.1 + 1e-3), 5);
});

test("a label that is more general than classes has their share, by hand", () => {
  const words = 0.75 * (0.9 / 0.3 - 2.1) - 0.5 * Math.log(0.7 / 0.3);
  const prior = 0.25 + 0.5 * Math.log(3 / 4);
  expect(scores(0.7, 0.2, 0.1)[dog]).toBeCloseTo(Math.log(((0.9 + 1e-3) / 2) * Math.exp(words)) + prior, 4);
  expect(scores(0.7, 0.2, 0.1)[hound]).toBeCloseTo(Math.log((0.7 + 1e-3) * Math.exp(words)) + prior, 4);
});

test("a classifier that is sure of a breed leaves it its name; one that wavers between breeds says dog before them", () => {
  const sure = scores(0.99, 0.005, 0.005);
  expect(sure[beagle]).toBeGreaterThan(sure[dog]);
  expect(sure[beagle]).toBeGreaterThan(sure[hound]);
  const wavering = scores(0.46, 0.44, 0.1);
  expect(wavering[dog]).toBeGreaterThan(Math.max(wavering[beagle], wavering[poodle]));
});

test("among labels that no class vouches for the nearer word and kin win", () => {
  const found = scores(0.7, 0.2, 0.1);
  expect(found[otter]).toBeGreaterThan(found[wrench]);
});

test("labels without a class stand back as there are more of them beside as many classes", () => {
  const many: LabelSpace = { ...space, labelsOver: [...space.labelsOver, ...Array.from({ length: 9 }, () => new Int32Array(0))] };
  const among = zeroShotScorer(many, kinship, ofClass, photo(0.7, 0.2, 0.1), place)(0);
  expect(among[otter] - scores(0.7, 0.2, 0.1)[otter]).toBeCloseTo(0.5 * Math.log(12 / 3), 5);
});

test("scores are those of the definition, written out slowly, on random photos and labels", () => {
  const [L, C, E, K, n] = [40, 12, 6, 5, 8];
  const draw = random(3);
  const numbers = (count: number) => Float32Array.from({ length: count }, () => draw() - 0.5);
  const classes = Uint16Array.from({ length: n * K }, (_, i) => (Math.floor(i / K) * 3 + (i % K) * 2) % C);
  const probabilities = Float32Array.from({ length: n * K }, (_, i) => [0.5, 0.2, 0.15, 0.1, 0.05][i % K]);
  const labelsOver = Array.from({ length: C }, (_, c) => Int32Array.from([c, ...Array.from({ length: 15 }, (_, l) => C + l).filter(() => draw() < 0.2)]));
  const drawn: LabelSpace = { vectors: numbers(L * E), mean: numbers(L), deviation: numbers(L).map((x) => Math.abs(x) + 0.1), labelsOver, covered: new Uint8Array(L), specificity: new Float32Array(L), taught: null, labelsOverConcepts: [] };
  const own = Int32Array.from({ length: L }, (_, l) => (l < C ? l : -1));
  const similarity = numbers(L * C).map(Math.abs);
  const seen: Seen = { features: numbers(n), classes, probabilities };
  const kin = kinshipOf(similarity, C, [{ classes, probabilities, K }]);
  const places = numbers(n * E);
  const fast = zeroShotScorer(drawn, kin, own, seen, places);
  for (let i = 0; i < n; i++) {
    const slow = slowZeroShotScores({ space: drawn, similarity, C, own, seen, places, n, balance: BALANCE }, i);
    fast(i).forEach((score, l) => expect(score).toBeCloseTo(slow[l], 3));
  }
});

test("kinship's standard scores of the reference photos themselves have mean 0", () => {
  const shown = { classes: Uint16Array.of(0, 1, 1, 2, 2, 0), probabilities: Float32Array.of(0.6, 0.4, 0.9, 0.1, 0.5, 0.5), K: 2 };
  const kin = kinshipOf(kinship.similarity, 3, [shown]);
  const all = [0, 1, 2].map((i) => kinshipScores(kin, shown, i));
  for (let l = 0; l < 7; l++) expect(all[0][l] + all[1][l] + all[2][l]).toBeCloseTo(0, 4);
});

test("Lin's similarity in WordNet: 1 to itself, symmetric, otter nearer to weasel than to teapot, nothing of an own label", () => {
  const wordnet = readWordNet(resource("words", "wordnet.bin"));
  const ids = ["otter", "weasel", "teapot"].map((name) => wordnet.senses(name)[name === "otter" ? 1 : 0]);
  const alike = linSimilarity([...ids, "own:Rex"], ids, wordnet);
  const content = (id: (typeof ids)[number]) => 1 - Math.log(1 + wordnet.descendants(id).length) / Math.log(wordnet.size);
  const shared = [...wordnet.ancestors(ids[0]).keys()].filter((id) => wordnet.isA(ids[1], id)).map(content);
  expect(alike[0]).toBeCloseTo(1, 6);
  expect(alike[1]).toBeCloseTo(alike[3], 6);
  expect(alike[1]).toBeCloseTo((2 * Math.max(...shared)) / (content(ids[0]) + content(ids[1])), 5);
  expect(alike[1]).toBeGreaterThan(alike[2]);
  expect([...alike.subarray(9)]).toEqual([0, 0, 0]);
});
