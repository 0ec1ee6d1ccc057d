import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { readOnnxGraph } from "../../src-main/vision/onnx-graph";
import { hasQuantisedWeightsOnly, sessionOptions } from "../../src-main/vision/session";
import { temporaryFolder } from "../fixtures/photo-folder";
import { type Node, onnxFile, type Weights, writeColourPack } from "../fixtures/small-onnx";

const SHARED = new URL("../../../shared/packs", import.meta.url).pathname;

const STORED: Weights[] = [
  { name: "bytes", dims: [2, 3, 1, 1], values: Uint8Array.of(10, 20, 30, 40, 50, 60) },
  { name: "scale", dims: [], values: Float32Array.of(0.5) },
  { name: "zero", dims: [], values: Uint8Array.of(15) },
  { name: "half", dims: [2], values: Float16Array.of(0.25, -4) },
];
const WEIGHTS: Node[] = [
  { op: "DequantizeLinear", inputs: ["bytes", "scale", "zero"], outputs: ["w"] },
  { op: "Cast", inputs: ["half"], outputs: ["b"], attributes: { to: 1 } },
  { op: "Conv", inputs: ["x", "w", "b"], outputs: ["maps"] },
];
const fileOf = (nodes: Node[]) =>
  onnxFile(nodes, STORED, { name: "x", dims: ["n", 3, 2, 2] }, { maps: { dims: ["n", 2, 2, 2] } });
/** Pictures stay bytes between two operators. */
const QUANTISED = [
  { op: "QuantizeLinear", inputs: ["x", "scale", "zero"], outputs: ["q"] },
  { op: "DequantizeLinear", inputs: ["q", "scale", "zero"], outputs: ["d"] },
  ...WEIGHTS.slice(0, 2),
  { op: "Conv", inputs: ["d", "w", "b"], outputs: ["maps"] },
];

/** The operators that onnxruntime keeps, and its output. */
async function optimised(file: Uint8Array): Promise<{ operators: string[]; maps: number[] }> {
  const kept = join(temporaryFolder(), "optimised.onnx");
  const session = await InferenceSession.create(file, {
    ...sessionOptions(file, "cpu", 1),
    optimizedModelFilePath: kept,
    graphOptimizationLevel: "basic",
  });
  const { maps } = await session.run({
    x: new Tensor(
      "float32",
      Float32Array.from({ length: 12 }, (_, i) => i),
      [1, 3, 2, 2],
    ),
  });
  await session.release();
  return {
    operators: readOnnxGraph(readFileSync(kept)).nodes.map(({ op }) => op),
    maps: [...(maps.data as Float32Array)],
  };
}

test("weights stored as bytes or half precision become floats once, when the network is loaded", async () => {
  const { operators, maps } = await optimised(fileOf(WEIGHTS));
  expect(operators).toEqual(["Conv"]);
  // Rows of weights: (10, 20, 30) and (40, 50, 60), minus 15, halved.
  expect(maps).toEqual(
    [0, 1, 2, 3, 0, 1, 2, 3].map((i, at) =>
      at < 4 ? -2.5 * i + 2.5 * (i + 4) + 7.5 * (i + 8) + 0.25 : 12.5 * i + 17.5 * (i + 4) + 22.5 * (i + 8) - 4,
    ),
  );
});

test("a network that computes in bytes continues to do so", async () => {
  expect(hasQuantisedWeightsOnly(fileOf(QUANTISED))).toBe(false);
  expect((await optimised(fileOf(QUANTISED))).operators).toContain("QuantizeLinear");
});

test("the bundled networks and those of a small pack in floats and in bytes are classified correctly", () => {
  const of = (file: string) => hasQuantisedWeightsOnly(readFileSync(file));
  const [floats, bytes] = [false, true].map((each) => join(writeColourPack(temporaryFolder(), each), "visual.onnx"));
  expect([of(floats), of(bytes)]).toEqual([false, true]);
  const bundled = ["visual", "faces", "objects"].map((name) => of(`resources/packs/efficientnet-lite2/${name}.onnx`));
  expect(bundled).toEqual([false, false, false]);
});

test.skipIf(!existsSync(SHARED))("real networks are classified correctly (skipped without ../shared)", () => {
  const of = (file: string) => hasQuantisedWeightsOnly(readFileSync(join(SHARED, file)));
  expect([of("mobilenet-edgetpu/visual.onnx"), of("efficientnet-lite2/visual.onnx"), of("faces/faces.onnx")]).toEqual([
    true,
    false,
    false,
  ]);
});
