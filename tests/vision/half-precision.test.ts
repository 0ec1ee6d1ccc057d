import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { PbfWriter } from "pbf";
import { beforeAll, describe, expect, test } from "vitest";
import { withHead, withWeights } from "../../src-main/lab/onnx-rewrite";
import { buildNetwork } from "../../src-main/lab/operators/network";
import { picturesOf } from "../../src-main/lab/train-network";
import { random } from "../../src-main/math/random";
import { checkOnnx } from "../../src-main/vision/check-onnx";
import { readClassifierHead } from "../../src-main/vision/classifier-head";
import { composeGraph } from "../../src-main/vision/onnx-compose";
import { extendedGraph, modelFile } from "../../src-main/vision/onnx-extend";
import { readOnnxGraph } from "../../src-main/vision/onnx-graph";
import { TYPE } from "../../src-main/vision/onnx-messages";
import { classifierOutput, readPack, readPrototypes } from "../../src-main/vision/pack";
import { concatBytes, encodeField } from "../../src-main/vision/protobuf";
import { loadVisualModel } from "../../src-main/vision/visual-model";
import { waves } from "../fixtures/photo-folder";
import { type Node, onnxFile, type Weights } from "../fixtures/small-onnx";

const LITE2 = new URL("../../resources/packs/efficientnet-lite2", import.meta.url).pathname;

beforeAll(async () => {
  tf.enableProdMode();
  await import("@tensorflow/tfjs-backend-wasm");
  await tf.setBackend("wasm");
  await tf.ready();
});

const draw = random(11);
const halves = (name: string, dims: number[]): Weights => ({
  name,
  dims,
  values: Float16Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => draw() * 2 - 1),
});
const TO_FLOAT = { to: 1 };

/** Half-precision weights behind a Cast, as in the bundled networks. */
const NODES: Node[] = [
  { op: "Cast", inputs: ["w/half"], outputs: ["w"], attributes: TO_FLOAT },
  { op: "Conv", inputs: ["x", "w", "b"], outputs: ["c"] },
  { op: "Relu", inputs: ["c"], outputs: ["r"] },
  { op: "GlobalAveragePool", inputs: ["r"], outputs: ["p"] },
  { op: "Flatten", inputs: ["p"], outputs: ["features"] },
  { op: "Cast", inputs: ["head/half"], outputs: ["head"], attributes: TO_FLOAT },
  { op: "Gemm", inputs: ["features", "head"], outputs: ["logits"], attributes: { transB: 1 } },
];
const STORED = [
  halves("w/half", [6, 3, 1, 1]),
  { name: "b", dims: [6], values: Float32Array.of(1, 2, 3, 4, 5, 6) },
  halves("head/half", [4, 6]),
];
const small = (nodes = NODES, stored = STORED) =>
  onnxFile(nodes, stored, { name: "x", dims: ["n", 3, 5, 5] }, { features: 6, logits: 4 });

/** onnxruntime's output for one picture `[3, 5, 5]`. */
async function run(file: Uint8Array, output: string, input = "x"): Promise<Float32Array> {
  const session = await InferenceSession.create(file, { logSeverityLevel: 4 });
  const found = await session.run({
    [input]: new Tensor(
      "float32",
      Float32Array.from({ length: 75 }, (_, i) => Math.sin(i)),
      [1, 3, 5, 5],
    ),
  });
  await session.release();
  return found[output].data as Float32Array;
}

describe("reading half-precision weights", () => {
  test("gives their numbers, whether stored raw or as bits", () => {
    const values = Float16Array.of(1.5, -0.25, 65504, 2 ** -24);
    const graph = readOnnxGraph(small(NODES, [...STORED, { name: "raw", dims: [4], values }]));
    expect(graph.tensors.get("raw")!.values).toEqual(values);
    expect(readOnnxGraph(withTensor(small(), halvesAsBits("bits", values))).tensors.get("bits")!.values).toEqual(
      values,
    );
  });

  test("gives the classifier head, with or without a Cast", () => {
    const folder = mkdtempSync(join(tmpdir(), "semblance-half-"));
    const file = join(folder, "visual.onnx");
    const rows = Float32Array.from(STORED[2].values as Float16Array);
    writeFileSync(file, small());
    expect(readClassifierHead(file, "logits", 4, 6)).toEqual({ weights: rows, bias: new Float32Array(4) });
    // A network that computes in half precision throughout and casts its output to floats.
    writeFileSync(
      file,
      onnxFile(
        [
          { op: "Gemm", inputs: ["v", "head"], outputs: ["small"], attributes: { transB: 1 } },
          { op: "Cast", inputs: ["small"], outputs: ["logits"], attributes: TO_FLOAT },
        ],
        [{ ...STORED[2], name: "head" }],
        { name: "v", dims: ["n", 6] },
        { logits: 4 },
      ),
    );
    expect(readClassifierHead(file, "logits", 4, 6).weights).toEqual(rows);
    rmSync(folder, { recursive: true });
  });

  test("gives a trainable network that computes what onnxruntime does", async () => {
    const network = buildNetwork(readOnnxGraph(small()), "x", ["logits"]);
    const picture = tf.transpose(
      tf.tensor4d(
        Float32Array.from({ length: 75 }, (_, i) => Math.sin(i)),
        [1, 3, 5, 5],
      ),
      [0, 2, 3, 1],
    );
    const ours = tf.tidy(() => network.run(picture as tf.Tensor4D, ["logits"])[0].dataSync());
    const theirs = await run(small(), "logits");
    ours.forEach((value, i) => expect(value).toBeCloseTo(theirs[i], 5));
    expect(network.layersOf("logits").map(({ weights }) => weights)).toEqual([["w", "b"], ["head"]]);
    expect(network.weightsOf("w").values).toEqual(Float32Array.from(STORED[0].values as Float16Array));
    network.dispose();
  });

  test("refuses to train through a Cast of computed values to integers", () => {
    const nodes: Node[] = [
      { op: "Cast", inputs: ["x"], outputs: ["whole"], attributes: { to: 7 } },
      { op: "Flatten", inputs: ["whole"], outputs: ["logits"] },
    ];
    const network = buildNetwork(
      readOnnxGraph(onnxFile(nodes, [], { name: "x", dims: ["n", 3, 5, 5] }, { logits: 75 })),
      "x",
      ["logits"],
    );
    expect(() => network.run(tf.zeros([1, 5, 5, 3]), ["logits"])).toThrow("Operator Cast whole: to data type 7");
  });
});

describe("writing half-precision weights", () => {
  test("writes floats and drops the Cast that followed", async () => {
    const values = Float32Array.from({ length: 18 }, (_, i) => Math.cos(i) / 3);
    const changed = withWeights(small(), new Map([["w", { dims: [6, 3, 1, 1], values }]]));
    const graph = readOnnxGraph(changed);
    expect(graph.nodes.map(({ op }) => op)).toEqual(["Conv", "Relu", "GlobalAveragePool", "Flatten", "Cast", "Gemm"]);
    expect(graph.tensors.get("w")!.values).toEqual(values);
    expect(graph.tensors.has("w/half")).toBe(false);
    const plain = small([...NODES.slice(1)], [{ name: "w", dims: [6, 3, 1, 1], values }, ...STORED.slice(1)]);
    expect(await run(changed, "logits")).toEqual(await run(plain, "logits"));
    expect(() => withWeights(small(), new Map([["w", { dims: [18], values }]]))).toThrow(
      "weights w have shape [6,3,1,1], not [18]",
    );
  });

  test("writes half precision where the network computes in it, and changes nothing else in the file", () => {
    const file = small();
    const values = Float32Array.from({ length: 24 }, (_, i) => i / 16);
    const changed = withWeights(file, new Map([["head/half", { dims: [4, 6], values }]]));
    expect(changed).toHaveLength(file.length);
    expect(readOnnxGraph(changed).tensors.get("head/half")!.values).toEqual(Float16Array.from(values));
    expect(changed.reduce((count, byte, i) => count + Number(byte !== file[i]), 0)).toBeLessThanOrEqual(48);
  });

  test("writes floats in a new last layer, and drops what only the old one used", async () => {
    const head = { weights: Float32Array.from({ length: 12 }, (_, i) => i / 10), bias: Float32Array.of(1, 2) };
    const made = withHead(small(), { features: "features", logits: "logits" }, head);
    expect(readOnnxGraph(made).tensors.has("head/half")).toBe(false);
    const features = await run(made, "features");
    const logits = await run(made, "logits");
    head.bias.forEach((b, c) =>
      expect(logits[c]).toBeCloseTo(
        features.reduce((sum, v, d) => sum + v * head.weights[c * 6 + d], b),
        4,
      ),
    );
  });
});

test("a half-precision network is extended unchanged, as for an exported labeller", async () => {
  const [before, after] = [composeGraph("before"), composeGraph("after")];
  before.call(before.node("Identity", ["given"]), "x");
  after.call(after.node("Sigmoid", ["logits"]), "sure");
  const graph = extendedGraph(small(), {
    before,
    after,
    inputs: [{ name: "given", type: TYPE.float, dims: ["n", 3, 5, 5] }],
    outputs: [{ name: "sure", type: TYPE.float, dims: ["n", 4] }],
  });
  const file = modelFile(small(), graph, { made: "for a test" });
  expect(() => checkOnnx(file)).not.toThrow();
  expect(readOnnxGraph(file).tensors.get("head/half")!.values).toEqual(STORED[2].values);
  const [sure, logits] = [await run(file, "sure", "given"), await run(small(), "logits")];
  sure.forEach((value, i) => expect(value).toBeCloseTo(1 / (1 + Math.exp(-logits[i])), 5));
});

test.each([
  ["raw", true],
  ["bits", false],
])("half-precision numbers that are not finite are refused, given as %s", (_, raw) => {
  for (const stray of [NaN, Infinity]) {
    const values = Float16Array.of(1, stray);
    const tensor = raw ? { name: "w", dims: [2], values } : null;
    const file = tensor ? small(NODES, [...STORED, tensor]) : withTensor(small(), halvesAsBits("w", values));
    expect(() => checkOnnx(file)).toThrow('tensor "w" contains numbers that are not finite');
  }
  expect(() => checkOnnx(raw ? small() : withTensor(small(), halvesAsBits("w", Float16Array.of(1, 2))))).not.toThrow();
});

describe("the bundled network, with half-precision weights,", () => {
  test("gives the same features and logits in both runtimes, and its head multiplies to the logits", async () => {
    const pack = readPack(LITE2);
    const { size } = pack.preprocess;
    const photos = [waves(1, size, size)];
    const model = await loadVisualModel(pack);
    const seen = await model.embed(photos).finally(() => model.dispose());
    const network = buildNetwork(readOnnxGraph(readFileSync(pack.visual.file)), pack.visual.input, [
      pack.visual.features,
      classifierOutput(pack),
    ]);
    const pictures = tf.tensor4d(picturesOf(photos, { size, mean: pack.mean, std: pack.std }), [1, size, size, 3]);
    const [features, logits] = tf.tidy(() =>
      network.run(pictures, [pack.visual.features, classifierOutput(pack)]).map((x) => x.dataSync()),
    );
    expect(network.layersOf("logits")).toHaveLength(65);
    network.dispose();
    features.forEach((value, i) => expect(Math.abs(value - seen.features[i])).toBeLessThan(1e-3));
    logits.forEach((value, i) => expect(Math.abs(value - seen.logits[i])).toBeLessThan(1e-3));
    const { vectors, from } = readPrototypes(pack);
    const { bias } = readClassifierHead(pack.visual.file, classifierOutput(pack), 1000, 1280);
    expect(from).toBe("classifier");
    for (const c of [0, 207, 999]) {
      const product = seen.features.reduce((sum, value, d) => sum + value * vectors[c * 1280 + d], bias[c]);
      expect(product).toBeCloseTo(seen.logits[c], 3);
    }
  });
});

/** A TensorProto with half-precision numbers in int32_data (field 5), which the format also allows. */
function halvesAsBits(name: string, values: Float16Array): Uint8Array {
  const pbf = new PbfWriter();
  pbf.writePackedVarint(1, [values.length]);
  pbf.writeVarintField(2, 10);
  pbf.writePackedVarint(5, [...new Uint16Array(values.buffer, values.byteOffset, values.length)]);
  pbf.writeStringField(8, name);
  return pbf.finish();
}

/** A second graph field in a file is merged with the first: repeated fields of a message are. */
const withTensor = (file: Uint8Array, tensor: Uint8Array): Uint8Array =>
  concatBytes([file, encodeField(7, encodeField(5, tensor))]);
