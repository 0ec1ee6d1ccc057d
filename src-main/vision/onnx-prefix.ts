import { GRAPH, TENSOR } from "./onnx-messages";
import { concatBytes, encodeField, type Field, fieldsOf, payloadOf } from "./protobuf";

/** Field numbers of NodeProto and AttributeProto for names and graphs. */
const NODE = { input: 1, output: 2, name: 3, attribute: 5 };
const ATTRIBUTE = { graph: 6, graphs: 11 };
/** SparseTensorProto.values */
const SPARSE = { initializer: 15, values: 1 };

/** The name field of ValueInfoProto. */
const VALUE_NAME = 1;

/**
 * Prefixes all value names of a GraphProto, including those in the bodies of loops and branches, so that it can share a
 * file with another graph. Leaves out annotations such as value_info.
 * @returns fields of a GraphProto: its nodes, in order, and its initializers
 */
export function prefixedGraph(graph: Uint8Array, prefix: string): { nodes: Uint8Array[]; initializers: Uint8Array[] } {
  const fields = fieldsOf(graph);
  const renamed = (tag: number, change: (payload: Uint8Array) => Uint8Array) =>
    fields.filter((field) => field.tag === tag).map((field) => encodeField(tag, change(payloadOf(field))));
  return {
    nodes: renamed(GRAPH.node, (node) => prefixedNode(node, prefix)),
    initializers: [
      ...renamed(GRAPH.initializer, (tensor) => prefixedNames(tensor, prefix, [TENSOR.name])),
      ...renamed(SPARSE.initializer, (sparse) => prefixedSparse(sparse, prefix)),
    ],
  };
}

const prefixedNode = (node: Uint8Array, prefix: string): Uint8Array =>
  changed(node, ({ tag, whole, payload }) => {
    if (tag === NODE.input || tag === NODE.output || tag === NODE.name)
      return encodeField(tag, withPrefix(payload!, prefix));
    return tag === NODE.attribute ? encodeField(tag, prefixedAttribute(payload!, prefix)) : whole;
  });

const prefixedAttribute = (attribute: Uint8Array, prefix: string): Uint8Array =>
  changed(attribute, ({ tag, whole, payload }) =>
    tag === ATTRIBUTE.graph || tag === ATTRIBUTE.graphs ? encodeField(tag, prefixedBody(payload!, prefix)) : whole,
  );

/** A complete graph inside a node's attribute. */
function prefixedBody(graph: Uint8Array, prefix: string): Uint8Array {
  const { nodes, initializers } = prefixedGraph(graph, prefix);
  const values = fieldsOf(graph)
    .filter(({ tag }) => tag === GRAPH.input || tag === GRAPH.output)
    .map((field) => encodeField(field.tag, prefixedNames(payloadOf(field), prefix, [VALUE_NAME])));
  const name = fieldsOf(graph)
    .filter(({ tag }) => tag === GRAPH.name)
    .map(({ whole }) => whole);
  return concatBytes([...nodes, ...name, ...initializers, ...values]);
}

const prefixedSparse = (sparse: Uint8Array, prefix: string): Uint8Array =>
  changed(sparse, ({ tag, whole, payload }) =>
    tag === SPARSE.values ? encodeField(tag, prefixedNames(payload!, prefix, [TENSOR.name])) : whole,
  );

const prefixedNames = (message: Uint8Array, prefix: string, tags: number[]): Uint8Array =>
  changed(message, ({ tag, whole, payload }) =>
    tags.includes(tag) ? encodeField(tag, withPrefix(payload!, prefix)) : whole,
  );

const changed = (message: Uint8Array, change: (field: Field) => Uint8Array): Uint8Array =>
  concatBytes(fieldsOf(message).map(change));

const utf8 = new TextEncoder();

/** An empty name means an input that is omitted, so it stays empty. */
const withPrefix = (name: Uint8Array, prefix: string): Uint8Array =>
  name.length === 0 ? name : concatBytes([utf8.encode(prefix), name]);
