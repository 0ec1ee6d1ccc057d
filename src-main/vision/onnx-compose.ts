import { type NodeAttribute, nodeMessage, tensorMessage, type TensorNumbers } from "./onnx-messages";

/** A piece of an ONNX graph in the making: each step gives the name of the value it makes. */
export interface Composition {
  /** A tensor that the file stores. */
  constant(values: TensorNumbers["values"], dims: number[]): string;
  /** The value of an operator with one output. */
  node(op: string, inputs: string[], attributes?: Record<string, NodeAttribute>): string;
  /** Value and index, both sorted: the k largest along axis 1, the lower index first among equals. */
  largest(value: string, k: number): { values: string; indices: string };
  /** Gives a value a name that is known outside. */
  call(value: string, name: string): void;
  /** NodeProto messages, each after what it needs. */
  nodes: Uint8Array[];
  /** TensorProto messages. */
  tensors: Uint8Array[];
}

/** @param prefix of every name, so that none is a name of the network's */
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
