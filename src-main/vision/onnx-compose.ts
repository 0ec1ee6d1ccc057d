import { type NodeAttribute, nodeMessage, tensorMessage, type TensorNumbers } from "./onnx-messages";

/** Builds a piece of an ONNX graph. Each method returns the name of the value that it adds. */
export interface Composition {
  /** Adds a stored tensor. */
  constant(values: TensorNumbers["values"], dims: number[]): string;
  /** Adds an operator with one output. */
  node(op: string, inputs: string[], attributes?: Record<string, NodeAttribute>): string;
  /** Values and indices of the k largest along axis 1, in descending order; ties go to the lower index. */
  largest(value: string, k: number): { values: string; indices: string };
  /** Gives a value a name for use outside the piece. */
  call(value: string, name: string): void;
  /** NodeProto messages in topological order. */
  nodes: Uint8Array[];
  /** TensorProto messages. */
  tensors: Uint8Array[];
}

/** @param prefix of every name, to keep them apart from the network's own */
export function composeGraph(prefix: string): Composition {
  const [nodes, tensors]: [Uint8Array[], Uint8Array[]] = [[], []];
  const name = (what: string) => `${prefix}/${nodes.length + tensors.length}/${what}`;
  const constant: Composition["constant"] = (values, dims) => {
    const called = name("numbers");
    tensors.push(tensorMessage(called, { dims, values }));
    return called;
  };
  return {
    nodes,
    tensors,
    constant,
    node(op, inputs, attributes) {
      const made = name(op);
      nodes.push(nodeMessage(op, inputs, [made], attributes));
      return made;
    },
    largest(value, k) {
      const many = constant(BigInt64Array.of(BigInt(k)), [1]);
      const made = { values: name("values"), indices: name("indices") };
      nodes.push(nodeMessage("TopK", [value, many], [made.values, made.indices], { axis: 1 }));
      return made;
    },
    call: (value, called) => void nodes.push(nodeMessage("Identity", [value], [called])),
  };
}
