import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { adoptClassifier, CLASSIFIER_NAMES, classifierForm } from "../../src-main/vision/adopt-classifier";
import { readClassifierHead } from "../../src-main/vision/classifier-head";
import {
  BIAS,
  C,
  classifierFile,
  CLASSIFIERS,
  D,
  halfClassifier,
  HEAD,
  pixels,
  SIDE,
  slowFeatures,
  slowLogits,
  TOKENS,
} from "../fixtures/exported-classifiers";
import { temporaryFolder } from "../fixtures/photo-folder";
import { runOnnx } from "../fixtures/run-onnx";
import type { Node } from "../fixtures/small-onnx";

const GEMM = CLASSIFIERS["ResNet: Flatten, Gemm"]!;
const close = (found: number[], wanted: number[], digits = 5) => {
  expect(found).toHaveLength(wanted.length);
  found.forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, digits));
};
const adopted = (file: Uint8Array) => adoptClassifier(file, classifierForm(file), SIDE);
const run = async (file: Uint8Array, n: number) => {
  const found = await runOnnx(file, {
    [CLASSIFIER_NAMES.input]: { values: pixels(n), dims: [n, 3, SIDE, SIDE] },
  });
  return { features: found[CLASSIFIER_NAMES.features]!, logits: found[CLASSIFIER_NAMES.logits]! };
};

describe("features and logits of an exported classifier", () => {
  test.each(Object.keys(CLASSIFIERS))("%s", async (name) => {
    const file = adopted(classifierFile(CLASSIFIERS[name]!));
    const { features, logits } = await run(file, 2);
    expect(features.dims).toEqual([2, D]);
    expect(logits.dims).toEqual([2, C]);
    close(features.values, slowFeatures(pixels(2), 2));
    close(logits.values, slowLogits(slowFeatures(pixels(2), 2)));
    const path = join(temporaryFolder(), "network.onnx");
    writeFileSync(path, file);
    expect(readClassifierHead(path, CLASSIFIER_NAMES.logits, C, D)).toEqual({ weights: HEAD, bias: BIAS });
  });

  test("ViT: the first token", async () => {
    const { features, logits } = await run(adopted(classifierFile(TOKENS)), 2);
    close(features.values, slowFeatures(pixels(2), 2, "first"));
    close(logits.values, slowLogits(slowFeatures(pixels(2), 2, "first")));
  });

  test("16 bits inside, 32 outside", async () => {
    const { features, logits } = await run(adopted(halfClassifier()), 1);
    close(features.values, slowFeatures(pixels(1), 1), 2);
    close(logits.values, slowLogits(slowFeatures(pixels(1), 1)), 2);
  });

  test("size and batch as the file declares them", () => {
    expect(classifierForm(classifierFile(GEMM))).toMatchObject({
      size: SIDE,
      single: false,
      dimensions: D,
      classes: C,
    });
    const single = classifierFile(GEMM, { input: { dims: [1, 3, "h", "w"] }, outputs: { y: { dims: [1, C] } } });
    expect(classifierForm(single)).toMatchObject({ size: null, single: true });
  });
});

const node = (op: string, inputs: string[], output: string, attributes = {}): Node => ({
  op,
  inputs,
  outputs: [output],
  attributes,
});
const BODY = GEMM.slice(0, 4);

describe("a network that is no classifier is refused with what it is", () => {
  test.each<[string, Uint8Array, string]>([
    [
      "SqueezeNet",
      classifierFile([
        node("Conv", ["x", "conv"], "map"),
        node("Relu", ["map"], "positive"),
        node("GlobalAveragePool", ["positive"], "y"),
      ]),
      "the logits come from GlobalAveragePool, not from a linear layer: it averages scores over the picture",
    ],
    ["a layer of its own", classifierFile([...BODY, node("Tanh", ["flat"], "y")]), "the logits come from Tanh"],
    ["nothing", classifierFile([node("Identity", ["x"], "y")]), "y does not come from a linear layer"],
    [
      "two heads",
      classifierFile([
        ...BODY,
        node("Gemm", ["flat", "w", "b"], "one", { transB: 1 }),
        node("MatMul", ["flat", "columns"], "two"),
        node("Add", ["one", "two"], "y"),
      ]),
      "the logits are a sum of several layers",
    ],
    [
      "computed weights",
      classifierFile([...BODY, node("MatMul", ["flat", "flat"], "y")]),
      "the weights flat of its last layer are computed, not stored",
    ],
    [
      "two outputs",
      classifierFile(GEMM, { outputs: { y: C, flat: D } }),
      "it has 2 outputs, and none is called logits: float32 y [n, 3]; float32 flat [n, 5]",
    ],
    ["bytes", classifierFile(GEMM, { input: { type: 2 } }), "it takes uint8 x [n, 3, 4, 4]; only float32 or float16"],
    ["other channels", classifierFile(GEMM, { input: { dims: ["n", 4, 8, 8] } }), "it takes float32 x [n, 4, 8, 8]"],
    ["rank 3", classifierFile(GEMM, { input: { dims: [3, 8, 8] } }), "it takes float32 x [3, 8, 8]"],
    ["eight at a time", classifierFile(GEMM, { input: { dims: [8, 3, 4, 4] } }), "it takes 8 photos at a time"],
    ["oblong", classifierFile(GEMM, { input: { dims: ["n", 3, 4, 8] } }), "its input is not square"],
  ])("%s", (_, file, message) => {
    expect(() => classifierForm(file)).toThrow(message);
  });

  test("an operator set that is too old", () => {
    const file = classifierFile(GEMM, { opset: 9 });
    expect(() => adopted(file)).toThrow("the network uses operator set 9; only 11 and later can be extended");
  });
});
