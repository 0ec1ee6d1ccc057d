import { PbfWriter } from "pbf";
import { describe, expect, test } from "vitest";
import { composeGraph } from "../../src-main/vision/onnx-compose";
import { type EmbeddedNetwork, extendedGraph, modelFile } from "../../src-main/vision/onnx-extend";
import {
  GRAPH,
  MODEL,
  nodeMessage,
  TENSOR,
  tensorMessage,
  TYPE,
  valueMessage,
} from "../../src-main/vision/onnx-messages";
import { InferenceSession, Tensor } from "../../src-main/vision/onnx-runtime";
import { concatBytes, encodeField } from "../../src-main/vision/protobuf";
import { onnxFile } from "../fixtures/small-onnx";

const utf8 = new TextEncoder();

/** `y = weight · x`, with the same names in every network. */
const scaled = (weight: number) =>
  onnxFile(
    [{ op: "Mul", inputs: ["x", "weight"], outputs: ["y"] }],
    [{ name: "weight", dims: [1], values: Float32Array.of(weight) }],
    { name: "x", dims: ["n"] },
    { y: { dims: ["n"] } },
  );

/** A branch of an If: `y = weight · x`, where x is defined outside of it. */
const body = (weight: number): Uint8Array =>
  concatBytes([
    encodeField(GRAPH.node, nodeMessage("Mul", ["x", "weight"], ["y"])),
    encodeField(GRAPH.name, utf8.encode("body")),
    encodeField(GRAPH.initializer, tensorMessage("weight", { dims: [1], values: Float32Array.of(weight) })),
    encodeField(GRAPH.output, valueMessage("y", TYPE.float, ["n"])),
  ]);

/** AttributeProto: name = 1, g = 6, type = 20 (GRAPH 5). */
function branch(name: string, weight: number): Uint8Array {
  const pbf = new PbfWriter();
  pbf.writeStringField(1, name);
  pbf.writeBytesField(6, body(weight));
  pbf.writeVarintField(20, 5);
  return pbf.finish();
}

/** Multiplies numbers below `bound` by 5 and others by 7, with names inside branches. */
function branching(opset = 14, bound = 10): Uint8Array {
  const either = concatBytes([
    nodeMessage("If", ["is below"], ["y"]),
    encodeField(5, branch("then_branch", 5)),
    encodeField(5, branch("else_branch", 7)),
  ]);
  const graph = concatBytes([
    encodeField(GRAPH.node, nodeMessage("Less", ["x", "bound"], ["is below"])),
    encodeField(GRAPH.node, either),
    encodeField(GRAPH.name, utf8.encode("branching")),
    encodeField(GRAPH.initializer, tensorMessage("bound", { dims: [1], values: Float32Array.of(bound) })),
    encodeField(GRAPH.input, valueMessage("x", TYPE.float, [1])),
    encodeField(GRAPH.output, valueMessage("y", TYPE.float, [1])),
  ]);
  const set = new PbfWriter();
  set.writeVarintField(2, opset);
  return concatBytes([Uint8Array.of(8, 8), encodeField(MODEL.graph, graph), encodeField(MODEL.opset, set.finish())]);
}

/** 2x from the first network, and the outputs of those beside it for x. */
function together(beside: EmbeddedNetwork[]): Uint8Array {
  const [before, after] = [composeGraph("before"), composeGraph("after")];
  for (const { prefix } of beside) before.call("x", `${prefix}x`);
  beside.forEach(({ prefix }, i) => after.call(`${prefix}y`, `other ${i}`));
  const value = (name: string) => ({ name, type: TYPE.float, dims: [1] });
  const network = scaled(2);
  return modelFile(
    network,
    extendedGraph(network, {
      before,
      beside,
      after,
      inputs: [value("x")],
      outputs: [value("y"), ...beside.map((_, i) => value(`other ${i}`))],
    }),
    {},
  );
}

async function run(file: Uint8Array, x: number): Promise<number[]> {
  const session = await InferenceSession.create(file, { logSeverityLevel: 4 });
  const made = await session.run({ x: new Tensor("float32", Float32Array.of(x), [1]) });
  await session.release();
  return session.outputNames.map((name) => made[name].data[0] as number);
}

describe("networks beside each other in one file", () => {
  // guarantee: labeller-agrees
  test("use their own weights, although all names are the same, including those in branches", async () => {
    const file = together([
      { name: "a", network: scaled(3), prefix: "a/" },
      { name: "b", network: branching(), prefix: "b/" },
    ]);
    expect(await run(file, 4)).toEqual([8, 12, 20]);
    expect(await run(file, 11)).toEqual([22, 33, 77]);
  });

  test("must have the same operator set", () => {
    expect(() => together([{ name: "finder", network: branching(15), prefix: "b/" }])).toThrow(
      "network finder uses operator set 15 and the first one 14",
    );
  });

  test("must not use other operator domains, except for the first", () => {
    const set = new PbfWriter();
    set.writeStringField(1, "com.microsoft");
    set.writeVarintField(2, 1);
    const network = concatBytes([branching(), encodeField(MODEL.opset, set.finish())]);
    expect(() => together([{ name: "finder", network, prefix: "b/" }])).toThrow(
      "network finder uses operators of the domain com.microsoft",
    );
  });

  test("must store their weights in the file", () => {
    const set = new PbfWriter();
    set.writeVarintField(2, 14);
    const tensor = concatBytes([
      encodeField(TENSOR.name, utf8.encode("far")),
      encodeField(TENSOR.external, new Uint8Array(0)),
    ]);
    const network = concatBytes([
      encodeField(MODEL.graph, encodeField(GRAPH.initializer, tensor)),
      encodeField(MODEL.opset, set.finish()),
    ]);
    expect(() => together([{ name: "finder", network, prefix: "b/" }])).toThrow(
      "weights far are stored in another file",
    );
  });
});
