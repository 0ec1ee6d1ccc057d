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
  /** Makes what the network takes in. */
  before: Composition;
  /** Networks that run beside it, on what `before` makes. */
  beside?: EmbeddedNetwork[];
  /** Goes on from what the networks give. */
  after: Composition;
  inputs: Value[];
  outputs: Value[];
}

/** A network that goes into a file with another. */
export interface EmbeddedNetwork {
  /** As errors call it. */
  name: string;
  /** Its ONNX file. */
  network: Uint8Array;
  /** Of all its names in the file, of its input and outputs too. */
  prefix: string;
}

/** Initializers need not be inputs from this version of the format on. */
const MIN_IR_VERSION = 4;
/**
 * The operators that extend a network mean the same from this version of the operator set on: ScatterElements and TopK
 * by a tensor came last.
 */
const MIN_OPSET = 11;
/** What a protobuf message can hold, in bytes. */
export const MAX_MODEL_BYTES = 2 ** 31 - 1;

/**
 * A network with more before, beside and behind it, as the GraphProto of a file of its own: the network's nodes and
 * weights byte for byte as
 * they were, those of networks beside it but for their names.
 * @throws RangeError when a network keeps weights in other files, its operator set is too old or another than that of
 *   the first, or the
 * result would be too large
 */
export function extendedGraph(
  network: Uint8Array,
  { before, beside = [], after, inputs, outputs }: Extension,
): Uint8Array {
  const model = fieldsOf(network);
  const opset = opsetOf(model);
  if (opset < MIN_OPSET)
    throw new RangeError(`the network is of operator set ${opset}; ${MIN_OPSET} is the least that can be extended`);
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

/** @param opset of the network that it lies beside: a file has one for all */
function graphBeside(opset: number, { name, network, prefix }: EmbeddedNetwork): ReturnType<typeof prefixedGraph> {
  const model = fieldsOf(network);
  if (opsetOf(model) !== opset)
    throw new RangeError(
      `network ${name} is of operator set ${opsetOf(model)}, the first is of ${opset}; one file can hold one set`,
    );
  const more = model
    .filter(({ tag }) => tag === MODEL.opset)
    .map((field) => textOf(payloadOf(field), 1))
    .find((domain) => !isStandard(domain));
  if (more !== undefined)
    throw new RangeError(
      `network ${name} takes operators of the domain ${more}; beside another it can take none but the standard's`,
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
  if (outside) throw new RangeError(`weights ${textOf(payloadOf(outside), TENSOR.name)} lie in another file`);
}

/**
 * The file of an extended network.
 * @param network whose format version, operator sets and functions it keeps
 * @throws RangeError when it would be too large
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
  if (!graph) throw new RangeError("the network's file holds no graph");
  return payloadOf(graph);
}

const isStandard = (domain: string): boolean => domain === "" || domain === "ai.onnx";

/** The version of the standard operators that a model takes. OperatorSetIdProto: domain = 1, version = 2. */
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
    throw new RangeError(`the file would have ${bytes} bytes; ONNX can hold ${MAX_MODEL_BYTES} in one file`);
}
