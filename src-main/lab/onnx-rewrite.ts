import { bytesOf } from "../base/bytes-of";
import { type OnnxGraph, type OnnxNode, producersOf, readOnnxGraph } from "../vision/onnx-graph";
import { GRAPH, MODEL, nodeMessage, TENSOR, tensorMessage, TYPE, valueMessage } from "../vision/onnx-messages";
import { concatBytes, encodeField, fieldsOf, payloadOf, textOf } from "../vision/protobuf";
import { storedWeights, type Weights } from "../vision/stored-weights";

/** float_data, int32_data, string_data, int64_data, raw_data, double_data, uint64_data */
const TENSOR_NUMBERS = new Set([4, 5, 6, 7, 9, 10, 11]);

/**
 * A copy of an ONNX file with other weights; everything else stays as it was, byte for byte. Weights stored as bytes
 * behind a DequantizeLinear, as halves behind a Cast, or in a Constant become floats, and those nodes are removed.
 * @throws RangeError when the file stores no weights of a given name, or stores them in another shape
 */
export function withWeights(file: Uint8Array, weights: ReadonlyMap<string, Weights>): Uint8Array {
  const graph = readOnnxGraph(file);
  const producers = producersOf(graph);
  const added: Uint8Array[] = [];
  const gone = new Set<OnnxNode>();
  for (const [name, each] of weights) {
    const stored = graph.tensors.get(name);
    if (stored) {
      if (!(stored.values instanceof Float32Array || stored.values instanceof Float16Array))
        throw new RangeError(`weights ${name} are not floats`);
      if (`${stored.dims}` !== `${each.dims}`)
        throw new RangeError(`weights ${name} have shape [${stored.dims}], not [${each.dims}]`);
      continue;
    }
    const maker = producers.get(name);
    const made = storedWeights(graph, producers, name);
    if (!maker || !made) throw new RangeError(`the network has no weights ${name}`);
    if (`${made.dims}` !== `${each.dims}`)
      throw new RangeError(`weights ${name} have shape [${made.dims}], not [${each.dims}]`);
    gone.add(maker);
    added.push(encodeField(GRAPH.initializer, tensorMessage(name, each)));
  }
  const orphans = orphaned(graph, gone);
  const nodes = graph.nodes.values();
  return rewriteGraph(
    file,
    (tag, payload) => {
      if (tag === GRAPH.node) return gone.has(nodes.next().value!) ? null : payload;
      if (tag === GRAPH.input) return orphans.has(textOf(payload, 1)) ? null : payload;
      if (tag !== GRAPH.initializer) return payload;
      const name = textOf(payload, TENSOR.name);
      const others = weights.get(name);
      if (orphans.has(name)) return null;
      return others
        ? withNumbers(
            payload,
            graph.tensors.get(name)!.values instanceof Float16Array ? new Float16Array(others.values) : others.values,
          )
        : payload;
    },
    added,
  );
}

/**
 * A copy of an ONNX file that keeps everything up to the features and adds a new linear layer after them: `logits = W·v
 * + b`.
 * @param head weights `[C, D]`, row-major, and bias `[C]`
 */
export function withHead(
  file: Uint8Array,
  names: { features: string; logits: string },
  head: { weights: Float32Array; bias: Float32Array },
): Uint8Array {
  const graph = readOnnxGraph(file);
  const producers = producersOf(graph);
  if (!producers.has(names.features)) throw new RangeError(`no node of the network outputs ${names.features}`);
  const C = head.bias.length;
  const gone = new Set(graph.nodes);
  const waiting = [names.features];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const node = producers.get(name);
    if (node && gone.delete(node)) waiting.push(...node.inputs);
  }
  const orphans = orphaned(graph, gone);
  const made = new Set(graph.nodes.filter((node) => !gone.has(node)).flatMap((node) => node.outputs));
  const nodes = graph.nodes.values();
  const [flat, weights, bias] = ["flat", "weights", "bias"].map((part) => `${names.logits}/${part}`);
  return rewriteGraph(
    file,
    (tag, payload) => {
      if (tag === GRAPH.node) return gone.has(nodes.next().value!) ? null : payload;
      if (tag === GRAPH.initializer) return orphans.has(textOf(payload, TENSOR.name)) ? null : payload;
      if (tag === GRAPH.input) return orphans.has(textOf(payload, 1)) ? null : payload;
      if (tag === GRAPH.output) return textOf(payload, 1) === names.features ? payload : null;
      if (tag === GRAPH.valueInfo) return made.has(textOf(payload, 1)) ? payload : null;
      return payload;
    },
    [
      encodeField(GRAPH.node, nodeMessage("Flatten", [names.features], [flat])),
      encodeField(GRAPH.node, nodeMessage("Gemm", [flat, weights, bias], [names.logits], { transB: 1 })),
      encodeField(
        GRAPH.initializer,
        tensorMessage(weights, { dims: [C, head.weights.length / C], values: head.weights }),
      ),
      encodeField(GRAPH.initializer, tensorMessage(bias, { dims: [C], values: head.bias })),
      encodeField(GRAPH.output, valueMessage(names.logits, TYPE.float, ["n", C])),
    ],
  );
}

/** Initializers used only by removed nodes. */
function orphaned(graph: OnnxGraph, gone: Set<OnnxNode>): Set<string> {
  const used = new Set(graph.nodes.filter((node) => !gone.has(node)).flatMap((node) => node.inputs));
  return new Set([...gone].flatMap((node) => node.inputs).filter((name) => graph.tensors.has(name) && !used.has(name)));
}

/** @param change returns a field's new bytes, the same bytes to leave it untouched, or null to remove it */
function rewriteGraph(
  file: Uint8Array,
  change: (tag: number, payload: Uint8Array) => Uint8Array | null,
  added: Uint8Array[],
): Uint8Array {
  return concatBytes(
    fieldsOf(file).map((field) => {
      if (field.tag !== MODEL.graph) return field.whole;
      const kept = fieldsOf(payloadOf(field)).flatMap((part) => {
        if (part.payload === null) return [part.whole];
        const changed = change(part.tag, part.payload);
        return changed === null ? [] : [changed === part.payload ? part.whole : encodeField(part.tag, changed)];
      });
      return encodeField(MODEL.graph, concatBytes([...kept, ...added]));
    }),
  );
}

/** A TensorProto with new values, stored in its own type and in the same field. */
function withNumbers(tensor: Uint8Array, values: Float32Array | Float16Array): Uint8Array {
  let put = false;
  return concatBytes(
    fieldsOf(tensor).flatMap(({ tag, whole }) => {
      if (!TENSOR_NUMBERS.has(tag)) return [whole];
      if (put) return [];
      put = true;
      return [encodeField(TENSOR.raw, bytesOf(values))];
    }),
  );
}
