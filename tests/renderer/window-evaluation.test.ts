import { expect, test } from "vitest";
import { markdownOf } from "../../src-renderer/evaluation/markdown";
import { tableOf } from "../../src-renderer/evaluation/methods";
import { peopleText } from "../../src-renderer/inspector/people-text";
import { atLeast } from "../../src-renderer/messages/numbers";
import type { Evaluation } from "../../src-shared/contract";

const scores = (hit: number, n = 40) => ({
  n,
  hit: { 1: hit },
  precision: { 2: hit / 2 },
  ci: { "hit@1": [hit - 5, hit + 5] as [number, number] },
});
const evaluation: Evaluation = {
  dataset: "/data/zoo",
  at: "2026-02-01T11:30:00Z",
  pack: "seed",
  photos: 40,
  unknown: [{ label: "a|b", photos: 2 }],
  methods: {
    semblance: { seen: null, unseen: scores(60.04), generalised: null },
    softmax: { seen: null, unseen: null, generalised: null },
    devise: { seen: null, unseen: scores(60.01), generalised: null },
    conse: { seen: null, unseen: scores(59.9), generalised: null },
  },
  hedging: [{ threshold: 0.5, accuracy: 0.8, specificity: 0.6, labelled: 0.9 }],
  calibration: { error: 0.034, interval: [0.02, 0.05], bins: [] },
};

test("the rows are the evaluated methods, in the paper's order", () => {
  expect(tableOf(evaluation, "unseen").map(({ method, n }) => [method.name, n])).toEqual([
    ["Softmax baseline", 0],
    ["DeViSE", 40],
    ["ConSE(10)", 40],
    ["Semblance", 40],
  ]);
});

test("all values that display alike are marked best in a column, and a column without values has no best", () => {
  const [softmax, devise, conse, semblance] = tableOf(evaluation, "unseen").map(({ cells }) => cells);
  expect(softmax.every((cell) => cell === null)).toBe(true);
  expect([devise[0]?.best, conse[0]?.best, semblance[0]?.best]).toEqual([true, false, true]);
  expect(devise[1]).toBeNull();
  expect(semblance[5]).toEqual({ value: 30.02, interval: null, best: true });
});

test("the Markdown omits settings without photos and includes intervals where known", () => {
  const text = markdownOf(evaluation);
  expect(text).toContain("| Semblance | **60.0** (55.0–65.0) | – | – | – | – | **30.0** | – | – | – |");
  expect(text).not.toContain("## Seen");
  expect(text).not.toContain("Softmax");
  expect(text).toContain("| 0.50 | 0.800 | 0.600 | 0.900 |");
  for (const row of text.split("\n").filter((line) => line.startsWith("| ") && line.includes("**")))
    expect(row.match(/(?<!\\)\|/g)).toHaveLength(11);
});

test("a minimum confidence is written as text", () => {
  expect([0.05, 0.5, 0.95].map(atLeast)).toEqual(["at least 5%", "at least 50%", "at least 95%"]);
});

test("the number of people includes their faces if those were detected", () => {
  expect(
    [
      { people: 2, faces: 1 },
      { people: 1, faces: 0 },
      { people: 1, faces: null },
      { people: 12, faces: 12 },
      { people: 0, faces: 0 },
    ].map(peopleText),
  ).toEqual(["2 people, 1 face", "1 person", "1 person", "12 people, 12 faces", ""]);
});
