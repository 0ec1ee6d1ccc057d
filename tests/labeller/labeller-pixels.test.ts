import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Pixels } from "../../src-main/base/detections";
import type { Preprocess } from "../../src-main/base/preprocess";
import { lightProbabilities } from "../../src-main/devise/light";
import { decode } from "../../src-main/images/decode";
import { measureQuality } from "../../src-main/images/image-quality";
import { composeLight } from "../../src-main/labeller/graph/labeller-light";
import { composePicture } from "../../src-main/labeller/graph/labeller-pixels";
import { composeGraph } from "../../src-main/vision/onnx-compose";
import { extendedGraph, modelFile } from "../../src-main/vision/onnx-extend";
import { TYPE } from "../../src-main/vision/onnx-messages";
import { InferenceSession, Tensor } from "../../src-main/vision/onnx-runtime";
import { pictureOf } from "../fixtures/label-with-onnxruntime";
import { labellerPixels } from "../fixtures/labeller-pixels";
import { temporaryFolder, waves } from "../fixtures/photo-folder";
import { onnxFile } from "../fixtures/small-onnx";

const detection = { longSide: 96, multiple: 32 };
const shortSide: Preprocess = { size: 60, resize: { shortSide: 64 }, recompress: null };
const stretch: Preprocess = { size: 60, resize: "stretch", recompress: null };
const cover: Preprocess = { size: 60, resize: "cover", recompress: null };

/** Waves with a sharp edge, which would reveal a shift by half a pixel. */
async function photoOf(width: number, height: number): Promise<string> {
  const data = waves(width, width, height);
  for (let y = 0; y < height; y++)
    for (let x = Math.floor(width / 3); x < width / 2; x++)
      data.fill(250 * (((x + y) % 2) ^ Number(y > height / 2)), 3 * (y * width + x), 3 * (y * width + x) + 3);
  const file = join(temporaryFolder(), "photo.png");
  await sharp(data, { raw: { width, height, channels: 3 } })
    .blur(0.7)
    .png()
    .toFile(file);
  return file;
}

const meanDifference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;

describe("an exported labeller's preprocessing of a whole photo", () => {
  // Shrunk, odd aspect ratio, upright, enlarged, enlarged for the detectors only, unchanged.
  const SIZES = [
    [200, 150],
    [190, 131],
    [101, 180],
    [50, 40],
    [80, 70],
    [96, 64],
  ];
  // guarantee: labeller-agrees
  test.each(
    SIZES.flatMap(
      ([w, h]) =>
        [
          ["short side", shortSide, w, h],
          ["cover", cover, w, h],
          ["stretch", stretch, w, h],
        ] as const,
    ),
  )("gives the pixels that the app gives: %s, %#", async (_, preprocess, width, height) => {
    const file = await photoOf(width, height);
    const pack = { preprocess, detection } as Parameters<typeof pictureOf>[1];
    const made = await labellerPixels(pack);
    onTestFinished(made.dispose);
    const picture = await pictureOf(file, pack, "decoded");
    expect([picture.width, picture.height]).toEqual([width, height]);
    const app = await decode(file, preprocess, detection);
    const { square, whole } = await made.of(picture);
    expect(square.length).toBe(app.pixels!.length);
    expect(meanDifference(square, app.pixels!)).toBeLessThan(0.7);
    expect([whole.width, whole.height]).toEqual([app.detectorPixels!.width, app.detectorPixels!.height]);
    expect(meanDifference(whole.data, app.detectorPixels!.data)).toBeLessThan(0.7);
  });

  test("leaves a photo of the detectors' size unchanged", async () => {
    const made = await labellerPixels({ preprocess: cover, detection } as Parameters<typeof labellerPixels>[0]);
    onTestFinished(made.dispose);
    const picture: Pixels = { data: waves(3, 96, 64), width: 96, height: 64 };
    expect((await made.of(picture)).whole).toEqual({ ...picture, data: new Uint8Array(picture.data) });
  });
});

describe("an exported labeller's judgement of light", () => {
  /** Grey rows from top to bottom, made warmer by `red`. */
  const bands = (levels: number[], red: number, width: number, height: number): Pixels => ({
    width,
    height,
    data: Uint8Array.from(
      { length: 3 * width * height },
      (_, i) => levels[Math.floor((4 * Math.floor(i / 3 / width)) / height)] * (i % 3 === 0 ? 1 : 1 - red),
    ),
  });

  test.each([
    ["a sunset", bands([120, 150, 150, 20], 0.35, 37, 50)],
    ["a night", bands([4, 9, 30, 20], 0, 64, 48)],
    ["a day", bands([220, 200, 150, 120], 0.05, 61, 33)],
    ["waves", { data: waves(2, 45, 31), width: 45, height: 31 }],
    ["three pixels", { data: Uint8Array.of(250, 90, 20, 90, 90, 90, 4, 4, 4), width: 1, height: 3 }],
  ])("agrees with the app on %s", async (name, { data, width, height }) => {
    const { sunset, night } = lightProbabilities(measureQuality(data, width, height).colours);
    const [before, after] = [composeGraph("before"), composeGraph("after")];
    const light = composeLight(before, composePicture(before, "photo"));
    before.call(light.sunset, "sunset");
    before.call(light.night, "night");
    const nothing = onnxFile(
      [{ op: "Identity", inputs: ["photo"], outputs: ["same"] }],
      [],
      { name: "photo", dims: [] },
      {},
    );
    const graph = extendedGraph(nothing, {
      before,
      after,
      inputs: [{ name: "photo", type: TYPE.uint8, dims: [1, "h", "w", 3] }],
      outputs: ["sunset", "night"].map((output) => ({ name: output, type: TYPE.double, dims: [1, 1] })),
    });
    const session = await InferenceSession.create(modelFile(nothing, graph, {}), { logSeverityLevel: 4 });
    const said = await session.run({ photo: new Tensor("uint8", data, [1, height, width, 3]) });
    await session.release();
    expect(said.sunset.data[0]).toBeCloseTo(sunset, 7);
    expect(said.night.data[0]).toBeCloseTo(night, 7);
    if (name === "a sunset") expect(sunset).toBeGreaterThan(0.8);
    if (name === "a night") expect(night).toBeGreaterThan(0.8);
  });
});
