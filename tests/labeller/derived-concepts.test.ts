import { expect, test } from "vitest";
import { NOT_DETECTED } from "../../src-main/devise/concepts";
import { derivedConcepts } from "../../src-main/labeller/derived-concepts";
import { readLexicon } from "../../src-main/labeller/lexicon";
import type { Pack } from "../../src-main/vision/pack";

const lexicon = readLexicon();
const pack = (scenes: string[], objects: string[] = []) =>
  ({
    scenes: { classes: scenes.map((name) => ({ name, wnid: null, from: 0.5 })) },
    detection:
      objects.length > 0 ? { detectors: [{ kind: "objects", classes: objects.map((name) => ({ name })) }] } : null,
  }) as unknown as Pack;
const right = { score: 1, area: 0, biases: [0, 0] };
const one = (
  concepts: ReturnType<typeof derivedConcepts>,
  name: string,
  ...given: Parameters<NonNullable<typeof concepts>["probabilities"]>
) => concepts!.probabilities(...given)[concepts!.labels.indexOf(lexicon.meant(name))];

test("derives a beach from sand and sea, unless the pack has learned beaches itself", () => {
  const concepts = derivedConcepts(pack(["sand", "sea"]), lexicon, null);
  expect(one(concepts, "beach", Float32Array.of(0.9, 0.9), null, null)).toBeGreaterThan(0.6);
  expect(one(concepts, "beach", Float32Array.of(0.9, 0.1), null, null)).toBeLessThan(0.1);
  expect(derivedConcepts(pack(["sand", "sea", "beach"]), lexicon, null)!.labels).not.toContain(lexicon.meant("beach"));
  expect(derivedConcepts({ scenes: null } as unknown as Pack, lexicon, null)).toBeNull();
});

test("derives a street from a road with vehicles, if a detector has looked for vehicles", () => {
  const concepts = derivedConcepts(pack(["road"], ["person", "car"]), lexicon, right);
  const box = (object: number) => ({
    boxes: Float32Array.of(0, 0, 1, 1),
    scores: Float32Array.of(0.95),
    classes: Uint16Array.of(object),
  });
  expect(one(concepts, "street", Float32Array.of(0.9), box(1), null)).toBeGreaterThan(0.6);
  expect(one(concepts, "street", Float32Array.of(0.9), box(0), null)).toBe(0);
  expect(one(concepts, "street", Float32Array.of(0.9), null, null)).toBe(NOT_DETECTED);
});

test("derives a sunset from a sky and its light, which image quality provides", () => {
  const concepts = derivedConcepts(pack(["sky", "outdoors"]), lexicon, null);
  // Four rows of a 4×4 grid: dark blue, red, glowing, black.
  const glow = Uint8Array.from(
    [
      [70, 50, 60],
      [190, 90, 50],
      [220, 120, 50],
      [12, 8, 8],
    ].flatMap((row) => [row, row, row, row].flat()),
  );
  expect(one(concepts, "sunset", Float32Array.of(0.9, 0.9), null, glow)).toBeGreaterThan(0.6);
  expect(one(concepts, "sunset", Float32Array.of(0.9, 0.9), null, new Uint8Array(48).fill(200))).toBeLessThan(0.05);
  expect(one(concepts, "sunset", Float32Array.of(0.9, 0.9), null, null)).toBe(NOT_DETECTED);
});
