import { expect, test } from "vitest";
import { DERIVED_SCENES, derivedScenes } from "../../src-main/devise/derived-scenes";
import { lightProbabilities } from "../../src-main/devise/light";

type Rgb = [number, number, number];
/** A grid of rows of one colour each. */
const rows = (...colours: Rgb[]) =>
  Uint8Array.from(colours.flatMap((rgb) => Array.from({ length: 4 }, () => rgb).flat()));
const grey = (value: number): Rgb => [value, value, value];

test("a red horizon above dark ground is a sunset, and neither alone is", () => {
  const glow = rows([110, 90, 100], [200, 130, 80], [230, 120, 40], [30, 25, 30]);
  expect(lightProbabilities(glow).sunset).toBeGreaterThan(0.9);
  expect(lightProbabilities(glow).night).toBeLessThan(0.01);
  const others: [string, Uint8Array][] = [
    ["by day", rows([120, 170, 240], [150, 190, 240], [60, 110, 40], [50, 90, 40])],
    ["grey over dark ground", rows(grey(120), grey(160), grey(180), grey(30))],
    ["red over ground as light", rows([110, 90, 100], [200, 130, 80], [230, 120, 40], [220, 140, 70])],
    ["red by the ground", rows([30, 25, 30], [40, 25, 30], [60, 30, 30], [230, 120, 40])],
    ["golden grass", rows([190, 200, 210], [190, 200, 210], [170, 175, 60], [90, 95, 30])],
    ["embers", rows([5, 3, 3], [10, 6, 6], [60, 20, 10], [5, 3, 3])],
    ["white", rows(grey(255), grey(255), grey(255), grey(255))],
  ];
  for (const [name, colours] of others) expect(lightProbabilities(colours).sunset, name).toBeLessThan(0.1);
});

test("a night is dark, with a few lights at most", () => {
  const street = rows(grey(8), [40, 30, 20], [90, 60, 30], grey(25));
  expect(lightProbabilities(street).night).toBeGreaterThan(0.9);
  expect(lightProbabilities(rows(grey(0), grey(0), grey(0), grey(0))).night).toBeGreaterThan(0.9);
  expect(lightProbabilities(rows(grey(8), grey(8), grey(8), grey(200))).night).toBeLessThan(0.1);
  expect(lightProbabilities(rows(grey(90), grey(100), grey(80), grey(70))).night).toBeLessThan(0.01);
});

test("refuses half a grid", () => {
  expect(() => lightProbabilities(new Uint8Array(24))).toThrow("24 numbers are not 4 × 4 colours");
});

test("a derived scene is as probable as its parts together, and never more than its rule's reliability", () => {
  const parts: Record<string, number> = {
    sand: 0.9,
    sea: 0.5,
    water: 0.6,
    sky: 0.8,
    road: 0,
    building: 0.9,
    outdoors: 1,
    grass: 1,
    "playing field": 1,
    tree: 1,
  };
  const found = new Map(
    derivedScenes((name) => parts[name] ?? null).map(({ name, probability }) => [name, probability]),
  );
  expect(found.get("beach")).toBeCloseTo(0.83 * 0.9 * (1 - 0.5 * 0.4 * 0.2), 12);
  expect(found.get("street")).toBe(0);
  expect(found.get("field")).toBe(0);
  expect(found.get("forest")).toBeCloseTo(0.16 * 0.1 * 0 * 1, 12);
  // Nothing is known of its light.
  expect([found.has("sunset"), found.has("night")]).toEqual([false, false]);
  const all = derivedScenes((name) =>
    Number(DERIVED_SCENES.every(({ none }) => !none.includes(name)) || ["sky"].includes(name)),
  );
  for (const { name, probability } of all)
    expect(probability).toBeLessThanOrEqual(DERIVED_SCENES.find((rule) => rule.name === name)!.reliability);
});

test("leaves out a scene if no alternative part is known, and refuses a part that is not a probability", () => {
  expect(derivedScenes((name) => (name === "sand" ? 1 : null))).toEqual([]);
  expect(() => derivedScenes((name) => (name === "sand" ? 1.5 : 0.5))).toThrow(
    "a part of beach has probability 1.5, outside 0 to 1",
  );
});
