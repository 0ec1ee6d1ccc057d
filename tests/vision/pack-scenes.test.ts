import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readPack } from "../../src-main/vision/pack";
import { sceneNumbers } from "../../src-main/vision/pack-scenes";
import { temporaryFolder } from "../fixtures/photo-folder";
import { COLOUR_PACK, FEATURES, writeColourPack } from "../fixtures/small-onnx";

const CLASSES = [
  { name: "grass", wnid: "n12102133", from: 0.6 },
  { name: "indoors", wnid: null, from: 0.5 },
];
const count = 3 * FEATURES + 2;
const numbers = Float32Array.from({ length: count }, (_, i) => i / 8);

function packWith(change: object = {}, classes: unknown = CLASSES, values: Float32Array = numbers): string {
  const folder = writeColourPack(temporaryFolder());
  writeFileSync(
    join(folder, "pack.json"),
    JSON.stringify({ ...COLOUR_PACK, format: 2, scenes: { weights: "scenes.f32", classes: "scenes.json" }, ...change }),
  );
  writeFileSync(join(folder, "scenes.json"), JSON.stringify(classes));
  writeFileSync(join(folder, "scenes.f32"), new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return folder;
}

test("a pack of format 2 describes its scenes, which do not affect the features' id", () => {
  const pack = readPack(packWith());
  expect(pack.scenes!.classes).toEqual(CLASSES);
  expect([...pack.scenes!.centre]).toEqual([...numbers.subarray(0, FEATURES)]);
  expect([...pack.scenes!.weights]).toEqual([...numbers.subarray(FEATURES, 3 * FEATURES)]);
  expect([...pack.scenes!.bias]).toEqual([...numbers.subarray(3 * FEATURES)]);
  expect(new Float32Array(sceneNumbers(pack.scenes!).buffer)).toEqual(numbers);
  expect(pack.visualId).toBe(readPack(writeColourPack(temporaryFolder())).visualId);
});

test("a pack of format 1, or one that describes no scenes, has none", () => {
  expect(readPack(packWith({ format: 1 })).scenes).toBeNull();
  expect(readPack(packWith({ scenes: undefined })).scenes).toBeNull();
});

test.each<[string, string, Parameters<typeof packWith>]>([
  [
    "numbers are too few",
    `scenes.f32 holds ${count - 1} numbers, 2 scenes × ${FEATURES} features with centre and bias need ${count}`,
    [{}, CLASSES, numbers.subarray(1)],
  ],
  [
    "numbers are not finite",
    `number ${count - 1} of ${count} is Infinity`,
    [{}, CLASSES, numbers.with(count - 1, Infinity)],
  ],
  ["names are equal", "its 2 scenes have only 1 different names", [{}, [CLASSES[0], CLASSES[0]]]],
  ["minimum probability is out of range", "expected number to be <=1", [{}, [{ ...CLASSES[0], from: 60 }]]],
  ["list is empty", "expected array to have >=1 items", [{}, []]],
  [
    "numbers are outside the pack",
    'file name "../scenes.f32" points outside the pack',
    [{ scenes: { weights: "../scenes.f32", classes: "scenes.json" } }],
  ],
  ["list is missing", "nowhere.json is missing", [{ scenes: { weights: "scenes.f32", classes: "nowhere.json" } }]],
  ["numbers have another hash than stated", "scenes.f32 has SHA-256", [{ sha256: { "scenes.f32": "0".repeat(64) } }]],
])("scenes whose %s are refused with the reason", (_, message, spoilt) => {
  const folder = packWith(...spoilt);
  expect(() => readPack(folder)).toThrow(
    expect.objectContaining({ code: "bad-pack", message: expect.stringContaining(message) }),
  );
});
