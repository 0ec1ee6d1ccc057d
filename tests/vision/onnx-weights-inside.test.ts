import { describe, expect, test } from "vitest";
import { checkOnnx } from "../../src-main/vision/check-onnx";
import { readOnnxGraph } from "../../src-main/vision/onnx-graph";
import { withWeightsInside } from "../../src-main/vision/onnx-weights-inside";
import { onnxFile, type Weights } from "../fixtures/small-onnx";
import { beside } from "../fixtures/weights-beside";

const network = (weights: Weights[]) =>
  onnxFile([{ op: "Relu", inputs: ["x"], outputs: ["y"] }], weights, { name: "x", dims: [1] }, { y: { dims: [1] } });
const none = () => {
  throw new Error("nothing lies beside it");
};
const w = (values: Weights["values"]): Weights => ({ name: "w", dims: [values.length], values });
const valuesOf = (file: Uint8Array) => readOnnxGraph(file).tensors.get("w")!.values;

describe("weights of an exported network", () => {
  test("in a file beside it are stored inside", () => {
    const values = Float32Array.of(1, -2, 3.5);
    const { file, data } = beside(network([w(values)]), "w", 8);
    expect(() => checkOnnx(file)).toThrow('tensor "w" is stored in another file');
    const asked: unknown[] = [];
    const made = withWeightsInside(file, (name, offset, length) => {
      asked.push([name, offset, length]);
      return data.subarray(offset, offset + length!);
    });
    expect(asked).toEqual([["model.onnx.data", 8, 12]]);
    checkOnnx(made);
    expect(valuesOf(made)).toEqual(values);
  });

  test("inside stay byte for byte", () => {
    const file = network([w(Float32Array.of(1, 2)), { ...w(BigInt64Array.of(1n, -1n)), name: "i" }]);
    expect(withWeightsInside(file, none)).toEqual(file);
  });

  test.each<[string, Weights["values"], Weights["values"]]>([
    [
      "32 bits",
      Float32Array.of(1, Infinity, -Infinity),
      Float32Array.of(1, 3.4028234663852886e38, -3.4028234663852886e38),
    ],
    ["16 bits", Float16Array.of(1, Infinity, -Infinity), Float16Array.of(1, 65504, -65504)],
  ])("that are infinite become the largest finite number: %s", (_, values, finite) => {
    const made = withWeightsInside(network([w(values)]), none);
    checkOnnx(made);
    expect(valuesOf(made)).toEqual(finite);
  });

  test("that are not numbers are still refused", () => {
    const made = withWeightsInside(network([w(Float32Array.of(1, NaN))]), none);
    expect(() => checkOnnx(made)).toThrow('tensor "w" contains numbers that are not finite');
  });
});
