import * as tf from "@tensorflow/tfjs-core";
import { Refusal } from "../../../src-shared/refusal";
import { type OnnxGraph, type OnnxNode, producersOf } from "../../vision/onnx-graph";
import { storedWeights, type Weights } from "../../vision/stored-weights";
import { registerGradients } from "./gradients";
import { toNhwc } from "./layout";
import { nameOf, type OperatorCall } from "./operator-call";
import { OPERATORS } from "./operators";

/** A convolution or linear layer with trainable weights. */
export interface Layer {
  /** Operator and name, to show to people. */
  name: string;
  /** Names of its weights in the graph, and of its bias if it has one. */
  weights: string[];
}

/**
 * Experimental: an ONNX graph that TensorFlow.js runs and trains. It covers the operators of common image classifiers
 * (`operators.ts`); labelling uses ONNX Runtime. Holds tensors until it is disposed.
 */
export interface Network {
  /** The layers that an output depends on, starting at the input. */
  layersOf(output: string): Layer[];
  /** A layer's weights as stored in the file, by name. */
  weightsOf(name: string): Weights;
  /**
   * Outputs `[n, width]` for images `[n, size, size, 3]`. The caller disposes these tensors and all intermediate ones
   * (`tf.tidy`).
   * @param trained replaces the stored weights of these names, in ONNX's layout
   */
  run(pictures: tf.Tensor4D, outputs: string[], trained?: ReadonlyMap<string, tf.Tensor>): tf.Tensor2D[];
  dispose(): void;
}

/** These nodes hold constants, which are read rather than run. */
const STORED = new Set(["Cast", "Constant", "DequantizeLinear"]);
const TRAINABLE = new Set(["Conv", "Gemm", "MatMul"]);

/**
 * @param input name of the image input
 * @param outputs names of all outputs that will be requested
 * @throws Refusal `unsupported-operator` naming the first unknown operator, `bad-pack` when no node computes an output
 */
export function buildNetwork(graph: OnnxGraph, input: string, outputs: string[]): Network {
  registerGradients();
  const producers = producersOf(graph);
  const isStored = (node: OnnxNode) => STORED.has(node.op) && storedWeights(graph, producers, node.outputs[0]) !== null;
  const nodes = ancestors(graph, producers, outputs).filter((node) => !isStored(node));
  const unknown = nodes.find(({ op }) => !(op in OPERATORS));
  if (unknown)
    throw new Refusal(
      "unsupported-operator",
      `Can’t train operator ${nameOf(unknown)}; supported: ${Object.keys(OPERATORS).sort().join(", ")}.`,
    );
  const orphan = outputs.find((output) => !producers.has(output));
  if (orphan !== undefined) throw new Refusal("bad-pack", `No node of the network computes its output ${orphan}.`);

  const constants = new Map<string, tf.Tensor>();
  const constant = (name: string): tf.Tensor | null => {
    const there = constants.get(name);
    if (there) return there;
    const weights = storedWeights(graph, producers, name);
    if (!weights) return null;
    const tensor = tf.keep(tf.tensor(weights.values, weights.dims, "float32"));
    constants.set(name, tensor);
    return tensor;
  };

  return {
    layersOf: (output) => ancestors(graph, producers, [output]).flatMap((node) => layerOf(graph, producers, node)),
    weightsOf(name) {
      const weights = storedWeights(graph, producers, name);
      if (!weights) throw new RangeError(`the network has no weights ${name}`);
      return weights;
    },
    run(pictures, wanted, trained = new Map<string, tf.Tensor>()) {
      const values = new Map<string, tf.Tensor>([[input, pictures]]);
      const weight = (name: string | undefined) => (name ? (trained.get(name) ?? constant(name)) : null);
      const leading = new Set(ancestors(graph, producers, wanted));
      for (const node of nodes) {
        if (!leading.has(node)) continue;
        const call: OperatorCall = {
          node,
          weight: (i) => weight(node.inputs[i]),
          value: (i) => {
            const value = values.get(node.inputs[i]);
            if (value) return value;
            const stored = weight(node.inputs[i]);
            return stored && toNhwc(stored);
          },
          numbers: (i) => {
            const stored = node.inputs[i] ? storedWeights(graph, producers, node.inputs[i]) : null;
            return stored && Array.from(stored.values);
          },
        };
        values.set(node.outputs[0], OPERATORS[node.op](call));
      }
      return wanted.map((name) => {
        const value = values.get(name)!;
        return tf.reshape(value, [value.shape[0], value.size / value.shape[0]]);
      });
    },
    dispose: () => tf.dispose([...constants.values()]),
  };
}

/** The nodes that the outputs depend on, in the file's order, which is topological. */
function ancestors({ nodes }: OnnxGraph, producers: Map<string, OnnxNode>, outputs: string[]): OnnxNode[] {
  const wanted = new Set<OnnxNode>();
  const waiting = [...outputs];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const node = producers.get(name);
    if (!node || wanted.has(node)) continue;
    wanted.add(node);
    waiting.push(...node.inputs);
  }
  return nodes.filter((node) => wanted.has(node));
}

function layerOf(graph: OnnxGraph, producers: Map<string, OnnxNode>, node: OnnxNode): Layer[] {
  if (!TRAINABLE.has(node.op)) return [];
  const weights = node.inputs.slice(1).filter((name) => name !== "" && storedWeights(graph, producers, name));
  return weights.length > 0 && weights[0] === node.inputs[1] ? [{ name: nameOf(node), weights }] : [];
}
