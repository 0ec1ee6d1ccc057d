import { existsSync, readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { beforeAll, describe, expect, test } from "vitest";
import { withHead, withWeights } from "../../src-main/lab/onnx-rewrite";
import { buildNetwork, type Network } from "../../src-main/lab/operators/network";
import { createTrainer, picturesOf } from "../../src-main/lab/train-network";
import { random } from "../../src-main/math/random";
import { readOnnxGraph } from "../../src-main/vision/onnx-graph";
import { classifierOutput, readPack } from "../../src-main/vision/pack";
import { loadVisualModel, normalise } from "../../src-main/vision/visual-model";
import { temporaryFolder, waves } from "../fixtures/photo-folder";
import { type Node, onnxFile, type Weights, writeColourPack } from "../fixtures/small-onnx";

const SEED = new URL("../fixtures/packs/seed", import.meta.url).pathname;
const EDGETPU = new URL("../../../shared/packs/mobilenet-edgetpu", import.meta.url).pathname;

beforeAll(async () => {
  tf.enableProdMode();
  await import("@tensorflow/tfjs-backend-wasm");
  await tf.setBackend("wasm");
  await tf.ready();
});

const numbers = (n: number, seed: number) => {
  const draw = random(seed);
  return Float32Array.from({ length: n }, () => draw() * 2 - 1);
};
const weights = (name: string, dims: number[], seed = 1): Weights => ({
  name,
  dims,
  values: numbers(
    dims.reduce((a, b) => a * b, 1),
    seed,
  ),
});
const integers = (name: string, ...values: number[]): Weights => ({
  name,
  dims: [values.length],
  values: BigInt64Array.from(values, BigInt),
});
const FLAT: Node = { op: "Flatten", inputs: ["y"], outputs: ["out"] };
const SIZE = [5, 7] as const; // neither square nor even, so that swapped axes show

const CASES: [string, Node[], Weights[]][] = [
  [
    "a convolution with strides and uneven pads",
    [{ op: "Conv", inputs: ["x", "w", "b"], outputs: ["y"], attributes: { strides: [2, 1], pads: [1, 0, 2, 1] } }],
    [weights("w", [6, 4, 3, 2]), weights("b", [6], 2)],
  ],
  [
    "a convolution with dilations",
    [{ op: "Conv", inputs: ["x", "w"], outputs: ["y"], attributes: { dilations: [2, 3] } }],
    [weights("w", [3, 4, 2, 2])],
  ],
  [
    "a depthwise convolution",
    [{ op: "Conv", inputs: ["x", "w"], outputs: ["y"], attributes: { group: 4, pads: [1, 1, 1, 1], strides: [2, 2] } }],
    [weights("w", [4, 1, 3, 3])],
  ],
  [
    "a depthwise convolution with two outputs per channel",
    [{ op: "Conv", inputs: ["x", "w"], outputs: ["y"], attributes: { group: 4 } }],
    [weights("w", [8, 1, 3, 3])],
  ],
  [
    "a grouped convolution",
    [{ op: "Conv", inputs: ["x", "w"], outputs: ["y"], attributes: { group: 2 } }],
    [weights("w", [6, 2, 3, 3])],
  ],
  [
    "SAME_LOWER padding",
    [{ op: "Conv", inputs: ["x", "w"], outputs: ["y"], attributes: { auto_pad: "SAME_LOWER", strides: [2, 2] } }],
    [weights("w", [3, 4, 2, 4])],
  ],
  [
    "SAME_UPPER padding",
    [{ op: "Conv", inputs: ["x", "w"], outputs: ["y"], attributes: { auto_pad: "SAME_UPPER", strides: [2, 2] } }],
    [weights("w", [3, 4, 2, 4])],
  ],
  [
    "average pooling past the edge",
    [
      {
        op: "AveragePool",
        inputs: ["x"],
        outputs: ["y"],
        attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 2] },
      },
    ],
    [],
  ],
  [
    "average pooling that counts the padding",
    [
      {
        op: "AveragePool",
        inputs: ["x"],
        outputs: ["y"],
        attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], count_include_pad: 1 },
      },
    ],
    [],
  ],
  [
    "average pooling with ceil_mode",
    [
      {
        op: "AveragePool",
        inputs: ["x"],
        outputs: ["y"],
        attributes: { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 },
      },
    ],
    [],
  ],
  [
    "max pooling",
    [
      {
        op: "MaxPool",
        inputs: ["x"],
        outputs: ["y"],
        attributes: { kernel_shape: [3, 2], pads: [1, 0, 1, 1], strides: [2, 2] },
      },
    ],
    [],
  ],
  [
    "batch normalisation",
    [
      {
        op: "BatchNormalization",
        inputs: ["x", "s", "b", "m", "v"],
        outputs: ["y"],
        attributes: { epsilon: { float: 0.01 } },
      },
    ],
    [
      weights("s", [4]),
      weights("b", [4], 2),
      weights("m", [4], 3),
      { name: "v", dims: [4], values: Float32Array.of(1, 2, 0.5, 3) },
    ],
  ],
  [
    "activations",
    [
      { op: "HardSwish", inputs: ["x"], outputs: ["a"] },
      { op: "Sigmoid", inputs: ["a"], outputs: ["c"] },
      { op: "HardSigmoid", inputs: ["c"], outputs: ["y"], attributes: { alpha: { float: 0.3 }, beta: { float: 0.1 } } },
    ],
    [],
  ],
  [
    "clipping",
    [{ op: "Clip", inputs: ["x", "lo", "hi"], outputs: ["y"] }],
    [
      { name: "lo", dims: [], values: Float32Array.of(-0.5) },
      { name: "hi", dims: [], values: Float32Array.of(0.4) },
    ],
  ],
  [
    "broadcasting over channels and over images",
    [
      { op: "Mul", inputs: ["x", "c"], outputs: ["a"] },
      { op: "Sub", inputs: ["w", "a"], outputs: ["b"] },
      { op: "Div", inputs: ["b", "d"], outputs: ["y"] },
    ],
    [weights("c", [4, 1, 1]), weights("w", [7], 2), { name: "d", dims: [], values: Float32Array.of(3) }],
  ],
  [
    "channel shuffle",
    [
      { op: "Reshape", inputs: ["x", "s5"], outputs: ["a"] },
      { op: "Transpose", inputs: ["a"], outputs: ["b"], attributes: { perm: [0, 2, 1, 3, 4] } },
      { op: "Reshape", inputs: ["b", "s4"], outputs: ["y"] },
    ],
    [integers("s5", 0, 2, 2, 5, 7), integers("s4", 0, 4, 5, 7)],
  ],
  [
    "images concatenated, sliced and padded",
    [
      { op: "Concat", inputs: ["x", "x"], outputs: ["a"], attributes: { axis: 1 } },
      { op: "Slice", inputs: ["a", "from", "to", "axes"], outputs: ["b"] },
      { op: "Pad", inputs: ["b", "pads"], outputs: ["y"] },
    ],
    [integers("from", 1, -4), integers("to", 6, 100), integers("axes", 1, 3), integers("pads", 0, 1, 0, 2, 0, 0, 1, 0)],
  ],
  [
    "mean over height",
    [{ op: "ReduceMean", inputs: ["x"], outputs: ["y"], attributes: { axes: [2], keepdims: 0 } }],
    [],
  ],
  [
    "global pooling, squeeze and linear layers",
    [
      { op: "GlobalAveragePool", inputs: ["x"], outputs: ["p"] },
      { op: "Squeeze", inputs: ["p", "axes"], outputs: ["q"] },
      { op: "MatMul", inputs: ["q", "w"], outputs: ["r"] },
      {
        op: "Gemm",
        inputs: ["r", "v", "b"],
        outputs: ["s"],
        attributes: { transB: 1, alpha: { float: 0.5 }, beta: { float: 2 } },
      },
      { op: "Softmax", inputs: ["s"], outputs: ["y"] },
    ],
    [integers("axes", 2, 3), weights("w", [4, 6]), weights("v", [3, 6], 2), weights("b", [3], 3)],
  ],
  [
    "quantised weights with a scale per output",
    [
      { op: "DequantizeLinear", inputs: ["q", "s", "z"], outputs: ["w"], attributes: { axis: 0 } },
      { op: "Conv", inputs: ["x", "w"], outputs: ["c"] },
      { op: "Clip", inputs: ["c", "lo", "hi"], outputs: ["y"] },
    ],
    [
      { name: "q", dims: [2, 4, 1, 1], values: Uint8Array.of(1, 200, 3, 4, 50, 6, 7, 8) },
      { name: "s", dims: [2], values: Float32Array.of(0.01, 0.02) },
      { name: "z", dims: [2], values: Uint8Array.of(9, 20) },
      { name: "lo", dims: [], values: Float32Array.of(-0.2) },
      { name: "hi", dims: [], values: Float32Array.of(0.3) },
    ],
  ],
];

describe("TensorFlow.js agrees with ONNX Runtime:", () => {
  test.each(CASES)("%s", async (_, nodes, stored) => {
    const file = onnxFile([...nodes, FLAT], stored, { name: "x", dims: ["n", 4, ...SIZE] }, { out: 1 });
    const x = numbers(2 * 4 * 35, 9);
    const session = await InferenceSession.create(file, { logSeverityLevel: 4 });
    const { out } = await session.run({ x: new Tensor("float32", x, [2, 4, ...SIZE]) });
    await session.release();
    const network = buildNetwork(readOnnxGraph(file), "x", ["out"]);
    const before = tf.memory().numTensors;
    const ours = tf.tidy(() =>
      network.run(tf.transpose(tf.tensor4d(x, [2, 4, ...SIZE]), [0, 2, 3, 1]), ["out"])[0].dataSync(),
    );
    expect(ours).toHaveLength(out.data.length);
    ours.forEach((value, i) => expect(value).toBeCloseTo(Number(out.data[i]), 4));
    network.dispose();
    expect(tf.memory().numTensors).toBeLessThanOrEqual(before);
  });
});

test("names an unsupported operator and its node", () => {
  const file = onnxFile(
    [{ op: "Gru", inputs: ["x"], outputs: ["y"] }, FLAT],
    [],
    { name: "x", dims: ["n", 1, 1, 1] },
    { out: 1 },
  );
  expect(() => buildNetwork(readOnnxGraph(file), "x", ["out"])).toThrow("Can’t train operator Gru y");
});

describe("both runtimes compute the same features and logits", () => {
  const check = async (folder: string, n: number) => {
    const pack = { ...readPack(folder), mirror: false };
    const { size } = pack.preprocess;
    const photos = Array.from({ length: n }, (_, i) => waves(i + 1, size, size));
    const model = await loadVisualModel(pack);
    const seen = await model.embed(photos).finally(() => model.dispose());
    const network = buildNetwork(readOnnxGraph(readFileSync(pack.visual.file)), pack.visual.input, [
      pack.visual.features,
      classifierOutput(pack),
    ]);
    const pictures = picturesOf(photos, { size, mean: pack.mean, std: pack.std });
    const [features, logits] = tf.tidy(() =>
      network
        .run(tf.tensor4d(pictures, [n, size, size, 3]), [pack.visual.features, classifierOutput(pack)])
        .map((x) => x.dataSync()),
    );
    network.dispose();
    features.forEach((value, i) => expect(Math.abs(value - seen.features[i])).toBeLessThan(1e-4));
    logits.forEach((value, i) => expect(Math.abs(value - seen.logits[i])).toBeLessThan(1e-4));
  };
  test("for the bundled pack", () => check(SEED, 3));
  test("for a small quantised pack", () => check(writeColourPack(temporaryFolder(), true), 3));
  test.skipIf(!existsSync(EDGETPU))("for a quantised pack (skipped without ../shared)", () => check(EDGETPU, 1));

  test("training and inference normalise pixels alike, in their own layouts", () => {
    const how = {
      preprocess: { size: 6, resize: "cover" as const, recompress: null },
      mean: [0.4, 0.5, 0.6],
      std: [0.2, 0.3, 0.4],
      mirror: true,
    };
    const photo = waves(3, 6, 6);
    const planes = normalise([photo], how);
    const pictures = picturesOf([photo, photo], { size: 6, mean: how.mean, std: how.std }, [false, true]);
    pictures.forEach((value, i) => {
      const [image, pixel, c] = [Math.floor(i / 108), Math.floor(i / 3) % 36, i % 3];
      expect(value).toBeCloseTo(planes[(image * 3 + c) * 36 + pixel], 5);
    });
  });
});

describe("gradients match finite differences", () => {
  // Left out: operators without a gradient here (two outputs, softmax, rank 5) and a clip whose kink falls within a
  // finite step.
  test.each(CASES.filter(([name]) => !/shuffle|two outputs|squeeze|quantised/.test(name)))("%s", (_, nodes, stored) => {
    const network = buildNetwork(
      readOnnxGraph(onnxFile([...nodes, FLAT], stored, { name: "x", dims: ["n", 4, ...SIZE] }, { out: 1 })),
      "x",
      ["out"],
    );
    const x = numbers(2 * 35 * 4, 4);
    const layer = network.layersOf("out")[0];
    const kernel = layer ? network.weightsOf(layer.weights[0]) : null;
    const lossAt = (pictures: Float32Array, values: Float32Array | null) =>
      tf.tidy(
        () =>
          loss(
            network,
            tf.tensor(pictures, [2, ...SIZE, 4]),
            trainedWith(layer?.weights[0], kernel && values && tf.tensor(values, kernel.dims)),
          ).dataSync()[0],
      );
    const [ofX, ofKernel] = tf.tidy(() => {
      const inputs = [tf.tensor(x, [2, ...SIZE, 4]), ...(kernel ? [tf.tensor(kernel.values, kernel.dims)] : [])];
      return tf
        .grads((...given: tf.Tensor[]) => loss(network, given[0], trainedWith(layer?.weights[0], given[1] ?? null)))(
          inputs,
        )
        .map((g) => g.dataSync());
    });
    const step = 1e-2;
    const slope = (values: Float32Array, i: number, at: (moved: Float32Array) => number) =>
      (at(values.map((v, j) => (j === i ? v + step : v))) - at(values.map((v, j) => (j === i ? v - step : v)))) /
      (2 * step);
    for (const i of [0, 17, 100, 171, 279])
      expect(Math.abs(ofX[i] - slope(x, i, (moved) => lossAt(moved, null)))).toBeLessThan(0.03);
    if (kernel)
      for (const i of [0, 5, kernel.values.length - 1])
        expect(Math.abs(ofKernel[i] - slope(kernel.values, i, (moved) => lossAt(x, moved)))).toBeLessThan(0.03);
    network.dispose();
  });

  test("and a kernel without one makes the step fail with its name", () => {
    const nodes: Node[] = [{ op: "Relu", inputs: ["x"], outputs: ["y"] }, FLAT];
    const network = buildNetwork(
      readOnnxGraph(onnxFile(nodes, [], { name: "x", dims: ["n", 4, ...SIZE] }, { out: 1 })),
      "x",
      ["out"],
    );
    const step = () =>
      tf.tidy(() => tf.grad((x) => loss(network, x, new Map()))(tf.tensor(numbers(35 * 4, 4), [1, ...SIZE, 4])));
    expect(step).not.toThrow();
    const relu = tf.getGradient("Relu");
    tf.unregisterGradient("Relu");
    try {
      expect(step).toThrow("gradient function not found for Relu");
    } finally {
      tf.registerGradient(relu);
      network.dispose();
    }
  });

  const trainedWith = (name: string | undefined, value: tf.Tensor | null) =>
    new Map(name !== undefined && value ? [[name, value]] : []);
  /** Weights every output differently, so that swapped outputs show. */
  const loss = (network: Network, x: tf.Tensor, trained: Map<string, tf.Tensor>) => {
    const out = network.run(x as tf.Tensor4D, ["out"], trained)[0];
    return tf.sum(tf.mul(out, tf.tensor(numbers(out.size, 6), out.shape))) as tf.Scalar;
  };
});

describe("weights are written back into the file", () => {
  const file = new Uint8Array(readFileSync(`${SEED}/visual.onnx`));

  test("and nothing else changes", () => {
    const graph = readOnnxGraph(file);
    const name = "net.body.0.c1.weight";
    const { dims, values } = graph.tensors.get(name)!;
    expect(withWeights(file, new Map([[name, { dims, values: values as Float32Array }]]))).toEqual(file);
    const other = (values as Float32Array).map((value) => value + 1);
    const changed = withWeights(file, new Map([[name, { dims, values: other }]]));
    expect(readOnnxGraph(changed).tensors.get(name)!.values).toEqual(other);
    const different = changed.reduce((count, byte, i) => count + Number(byte !== file[i]), 0);
    expect(changed).toHaveLength(file.length);
    expect(different).toBeLessThanOrEqual(other.byteLength);
    expect(() => withWeights(file, new Map([[name, { dims: [1], values: Float32Array.of(1) }]]))).toThrow(
      `weights ${name} have shape [32,32,3,3], not [1]`,
    );
    expect(() => withWeights(file, new Map([["none", { dims: [1], values: Float32Array.of(1) }]]))).toThrow(
      "the network has no weights none",
    );
  });

  test("and quantised ones become floats, without their dequantisation", () => {
    const [, nodes, stored] = CASES.at(-1)!;
    const bytes = onnxFile([...nodes, FLAT], stored, { name: "x", dims: ["n", 4, ...SIZE] }, { out: 1 });
    const graph = readOnnxGraph(withWeights(bytes, new Map([["w", { dims: [2, 4, 1, 1], values: numbers(8, 2) }]])));
    expect(graph.nodes.map(({ op }) => op)).toEqual(["Conv", "Clip", "Flatten"]);
    expect([...graph.tensors.keys()]).toEqual(["lo", "hi", "w"]);
  });

  test("replaces the last layer, in ONNX Runtime too", async () => {
    const head = { weights: numbers(3 * 320, 5), bias: Float32Array.of(1, 2, 3) };
    const made = withHead(file, { features: "features", logits: "logits" }, head);
    const again = withHead(made, { features: "features", logits: "logits" }, head);
    expect(again).toEqual(made);
    const session = await InferenceSession.create(made, { logSeverityLevel: 4 });
    const out = await session.run({ pixels: new Tensor("float32", numbers(3 * 64 * 64, 3), [1, 3, 64, 64]) });
    await session.release();
    const features = out.features.data as Float32Array;
    expect(out.logits.dims).toEqual([1, 3]);
    head.bias.forEach((b, c) =>
      expect(Number(out.logits.data[c])).toBeCloseTo(
        features.reduce((sum, v, d) => sum + v * head.weights[c * 320 + d], b),
        3,
      ),
    );
  });
});

test("training lowers the loss, leaks no tensors and leaves frozen layers alone", async () => {
  const nodes: Node[] = [
    { op: "Conv", inputs: ["x", "first"], outputs: ["a"] },
    { op: "Relu", inputs: ["a"], outputs: ["b"] },
    { op: "Conv", inputs: ["b", "second", "bias"], outputs: ["c"] },
    { op: "GlobalAveragePool", inputs: ["c"], outputs: ["y"] },
    FLAT,
  ];
  const network = buildNetwork(
    readOnnxGraph(
      onnxFile(
        nodes,
        [weights("first", [4, 3, 3, 3]), weights("second", [2, 4, 1, 1], 2), weights("bias", [2], 3)],
        { name: "x", dims: ["n", 3, 6, 6] },
        { out: 2 },
      ),
    ),
    "x",
    ["out"],
  );
  const layers = network.layersOf("out");
  expect(layers.map(({ weights: names }) => names)).toEqual([["first"], ["second", "bias"]]);
  const pictures = numbers(4 * 6 * 6 * 3, 8);
  const trainer = createTrainer({
    network,
    layers: layers.slice(-1),
    features: "out",
    size: 6,
    along: [],
    learningRate: 0.1,
    rateAlong: 0,
    nextBatch: () => Promise.resolve({ pictures }),
    loss: (features) => {
      const away = tf.sub(features, 1);
      return tf.mean(tf.mul(away, away)) as tf.Scalar;
    },
  });
  const { seconds, bytes } = await trainer.measure();
  expect(seconds).toBeGreaterThan(0);
  expect(bytes).toBeGreaterThan(1e6);
  const losses = [await trainer.step(), await trainer.step()];
  const held = tf.memory().numTensors;
  for (let step = 2; step < 20; step++) losses.push(await trainer.step());
  expect(tf.memory().numTensors).toBe(held);
  expect(losses.at(-1)).toBeLessThan(losses[0] / 2);
  const trained = await trainer.weights();
  expect([...trained.keys()]).toEqual(["second", "bias"]);
  trainer.dispose();
  network.dispose();
  expect(tf.memory().numTensors).toBeLessThan(held);
});
