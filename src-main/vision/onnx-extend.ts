import { PbfWriter } from "pbf";
import type { Composition } from "./onnx-compose";
import { GRAPH, MODEL, TENSOR, valueMessage } from "./onnx-messages";
import { prefixedGraph } from "./onnx-prefix";
import { concatBytes, encodeField, type Field, fieldsOf, payloadOf, textOf } from "./protobuf";

export interface Value {
  name: string;
  type: number;
  dims: (number | string)[];
}

export interface Extension {
  /** Computes the networks' inputs. */
  before: Composition;
  /** Networks that run beside it, on values of `before`. */
  beside?: EmbeddedNetwork[];
  /** Continues from the networks' outputs. */
  after: Composition;
  inputs: Value[];
  outputs: Value[];
}

/** A network that is embedded in another's file. */
export interface EmbeddedNetwork {
  /** Name in error messages. */
  name: string;
  /** Its ONNX file. */
  network: Uint8Array;
  /** Prefix of all its names in the file, including its input and outputs. */
  prefix: string;
}

/** From this version of the format on, initializers need not be inputs too. */
const MIN_IR_VERSION = 4;
/**
 * The operators that extend a network have the same meaning from this operator set on. The latest to settle were
 * ScatterElements and TopK with a tensor as k.
 */
const MIN_OPSET = 11;
/** Maximum size of a protobuf message, in bytes. */
export const MAX_MODEL_BYTES = 2 ** 31 - 1;

/**
 * A GraphProto of a network with graph pieces before and after it and networks beside it. The network's nodes and
 * weights are kept byte for byte; those of networks beside it too, except for their names.
 * @throws RangeError when a network stores weights in other files, its operator set is too old or differs from the
 * first one's, or the result would be too large
 */
export function extendedGraph(
  network: Uint8Array,
  { before, beside = [], after, inputs, outputs }: Extension,
): Uint8Array {
  const model = fieldsOf(network);
  const opset = opsetOf(model);
  if (opset < MIN_OPSET)
    throw new RangeError(`the network uses operator set ${opset}; only ${MIN_OPSET} and later can be extended`);
  const own = fieldsOf(graphOf(model));
  const kept = (tag: number) => own.filter((field) => field.tag === tag).map(({ whole }) => whole);
  refuseWeightsOutside(own);
  const others = beside.map((other) => graphBeside(opset, other));
  const taken = new Set([GRAPH.node, GRAPH.name, GRAPH.initializer, GRAPH.doc, GRAPH.input, GRAPH.output]);
  const parts = [
    ...before.nodes.map((node) => encodeField(GRAPH.node, node)),
    ...kept(GRAPH.node),
    ...others.flatMap(({ nodes }) => nodes),
    ...after.nodes.map((node) => encodeField(GRAPH.node, node)),
    encodeField(GRAPH.name, utf8.encode("labeller")),
    ...kept(GRAPH.initializer),
    ...others.flatMap(({ initializers }) => initializers),
    ...[...before.tensors, ...after.tensors].map((tensor) => encodeField(GRAPH.initializer, tensor)),
    ...inputs.map(({ name, type, dims }) => encodeField(GRAPH.input, valueMessage(name, type, dims))),
    ...outputs.map(({ name, type, dims }) => encodeField(GRAPH.output, valueMessage(name, type, dims))),
    ...own.filter(({ tag }) => !taken.has(tag)).map(({ whole }) => whole),
  ];
  refuseTooLarge(parts.reduce((sum, part) => sum + part.length, 0));
  return concatBytes(parts);
}

/** @param opset of the first network: a file has only one */
function graphBeside(opset: number, { name, network, prefix }: EmbeddedNetwork): ReturnType<typeof prefixedGraph> {
  const model = fieldsOf(network);
  if (opsetOf(model) !== opset)
    throw new RangeError(
      `network ${name} uses operator set ${opsetOf(model)} and the first one ${opset}; one file can only have one`,
    );
  const more = model
    .filter(({ tag }) => tag === MODEL.opset)
    .map((field) => textOf(payloadOf(field), 1))
    .find((domain) => !isStandard(domain));
  if (more !== undefined)
    throw new RangeError(
      `network ${name} uses operators of the domain ${more}; a network beside another can only use the standard ones`,
    );
  const graph = graphOf(model);
  refuseWeightsOutside(fieldsOf(graph));
  return prefixedGraph(graph, prefix);
}

function refuseWeightsOutside(graph: Field[]): void {
  const outside = graph.find(
    (part) =>
      part.tag === GRAPH.initializer && fieldsOf(payloadOf(part)).some((field) => field.tag === TENSOR.external),
  );
  if (outside) throw new RangeError(`weights ${textOf(payloadOf(outside), TENSOR.name)} are stored in another file`);
}

/**
 * The file of an extended network. @param network keeps its format version, operator sets and functions @throws
 * RangeError when it would be too large
 */
export function modelFile(network: Uint8Array, graph: Uint8Array, metadata: Record<string, string>): Uint8Array {
  const model = fieldsOf(network);
  const version = Math.max(
    MIN_IR_VERSION,
    ...model.filter(({ tag }) => tag === MODEL.irVersion).map(({ whole }) => whole[1] ?? 0),
  );
  const head = new PbfWriter();
  head.writeVarintField(MODEL.irVersion, version);
  head.writeStringField(MODEL.producer, "semblance");
  const parts = [
    head.finish(),
    encodeField(MODEL.graph, graph),
    ...model.filter(({ tag }) => tag === MODEL.opset || tag === MODEL.functions).map(({ whole }) => whole),
    ...Object.entries(metadata).map(([key, value]) => encodeField(MODEL.metadata, entryMessage(key, value))),
  ];
  refuseTooLarge(parts.reduce((sum, part) => sum + part.length, 0));
  return concatBytes(parts);
}

const utf8 = new TextEncoder();

function graphOf(model: Field[]): Uint8Array {
  const graph = model.find(({ tag }) => tag === MODEL.graph);
  if (!graph) throw new RangeError("the network's file has no graph");
  return payloadOf(graph);
}

const isStandard = (domain: string): boolean => domain === "" || domain === "ai.onnx";

/** The version of the standard operator set that a model uses. OperatorSetIdProto: domain = 1, version = 2. */
const opsetOf = (model: Field[]): number =>
  Math.max(
    0,
    ...model
      .filter(({ tag }) => tag === MODEL.opset)
      .map((field) => {
        const payload = payloadOf(field);
        const version = fieldsOf(payload).find(({ tag }) => tag === 2);
        return isStandard(textOf(payload, 1)) && version ? (version.whole[1] ?? 0) : 0;
      }),
  );

/** StringStringEntryProto */
function entryMessage(key: string, value: string): Uint8Array {
  return concatBytes([encodeField(1, utf8.encode(key)), encodeField(2, utf8.encode(value))]);
}

function refuseTooLarge(bytes: number): void {
  if (bytes > MAX_MODEL_BYTES)
    throw new RangeError(`the file would have ${bytes} bytes; ONNX allows ${MAX_MODEL_BYTES} in one file`);
}
