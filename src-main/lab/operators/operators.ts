import * as tf from "@tensorflow/tfjs-core";
import { castsToFloats } from "../../vision/stored-weights";
import { turned } from "./gradients";
import { inNhwcOrder, nhwcAxis, onnxShape, reshaped, toNhwc, toOnnxLayout } from "./layout";
import {
  listAttribute,
  listOf,
  numberAttribute,
  type Operator,
  type OperatorCall,
  requiredInput,
  textAttribute,
  unsupportedNode,
} from "./operator-call";
import { WINDOW_OPERATORS } from "./window-operators";

/** Experimental: the ONNX operators used by image classifiers, in TensorFlow.js. Opsets 7 to 21. */
export const OPERATORS: Record<string, Operator> = {
  ...WINDOW_OPERATORS,
  Add: (call) => tf.add(...operands(call)),
  Sub: (call) => tf.sub(...operands(call)),
  Mul: (call) => tf.mul(...operands(call)),
  Div: (call) => tf.div(...operands(call)),
  Relu: (call) => tf.relu(requiredInput(call, 0)),
  Sigmoid: (call) => tf.sigmoid(requiredInput(call, 0)),
  HardSigmoid: (call) =>
    hardSigmoid(
      requiredInput(call, 0),
      numberAttribute(call.node, "alpha", 0.2),
      numberAttribute(call.node, "beta", 0.5),
    ),
  HardSwish: (call) => tf.mul(requiredInput(call, 0), hardSigmoid(requiredInput(call, 0), 1 / 6, 0.5)),
  Clip: clip,
  Cast: cast,
  Identity: (call) => requiredInput(call, 0),
  Dropout: (call) => requiredInput(call, 0),
  DequantizeLinear: stored,
  Constant: stored,
  Gemm: gemm,
  MatMul: (call) => toNhwc(tf.matMul(onnx(call, 0), onnx(call, 1))),
  BatchNormalization: batchNormalization,
  ReduceMean: reduceMean,
  Softmax: softmax,
  Flatten: flatten,
  Reshape: reshape,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: (call) => toNhwc(tf.transpose(onnx(call, 0), listAttribute(call.node, "perm") ?? undefined)),
  Concat: (call) =>
    tf.concat(
      call.node.inputs.map((_, i) => requiredInput(call, i)),
      nhwcAxis(numberAttribute(call.node, "axis", 0), requiredInput(call, 0).rank),
    ),
  Slice: slice,
  Pad: pad,
};

const onnx = (call: OperatorCall, i: number): tf.Tensor => call.weight(i) ?? toOnnxLayout(requiredInput(call, i));

/** Broadcasts the smaller of two operands: ONNX aligns trailing axes, which are elsewhere in the running layout. */
function operands(call: OperatorCall): [tf.Tensor, tf.Tensor] {
  const pair = [requiredInput(call, 0), requiredInput(call, 1)];
  const rank = Math.max(pair[0].rank, pair[1].rank);
  return pair.map((x) => {
    if (x.rank === rank) return x;
    const shape = onnxShape(x);
    return reshaped(x, [...Array<number>(rank - shape.length).fill(1), ...shape]);
  }) as [tf.Tensor, tf.Tensor];
}

const hardSigmoid = (x: tf.Tensor, alpha: number, beta: number): tf.Tensor =>
  tf.clipByValue(tf.add(tf.mul(x, alpha), beta), 0, 1);

function clip(call: OperatorCall): tf.Tensor {
  const low = call.numbers(1)?.[0] ?? numberAttribute(call.node, "min", -3e38);
  const high = call.numbers(2)?.[0] ?? numberAttribute(call.node, "max", 3e38);
  return tf.clipByValue(requiredInput(call, 0), low, high);
}

function cast(call: OperatorCall): tf.Tensor {
  if (!castsToFloats(call.node))
    throw unsupportedNode(call.node, `to data type ${numberAttribute(call.node, "to", 0)}`);
  return requiredInput(call, 0);
}

function stored({ node }: OperatorCall): tf.Tensor {
  throw unsupportedNode(node, "its values are computed, not stored");
}

function gemm(call: OperatorCall): tf.Tensor {
  const side = (i: number, flag: string) =>
    numberAttribute(call.node, flag, 0) === 1 ? turned(onnx(call, i)) : onnx(call, i);
  const product = scaled(tf.matMul(side(0, "transA"), side(1, "transB")), numberAttribute(call.node, "alpha", 1));
  const bias = call.weight(2) ?? call.value(2);
  return bias ? tf.add(product, scaled(bias, numberAttribute(call.node, "beta", 1))) : product;
}

const scaled = (x: tf.Tensor, factor: number): tf.Tensor => (factor === 1 ? x : tf.mul(x, factor));

/** Batch normalisation with the stored statistics, which are not trained. */
function batchNormalization(call: OperatorCall): tf.Tensor {
  const [scale, bias, mean, variance] = [1, 2, 3, 4].map((i) => {
    const numbers = call.weight(i);
    if (!numbers) throw unsupportedNode(call.node, `input ${i} is computed`);
    return numbers;
  });
  const x = requiredInput(call, 0);
  const factor = tf.div(scale, tf.sqrt(tf.add(variance, numberAttribute(call.node, "epsilon", 1e-5))));
  const offset = tf.sub(bias, tf.mul(mean, factor));
  if (x.rank === 4 || x.rank === 2) return tf.add(tf.mul(x, factor), offset); // channels are last
  throw unsupportedNode(call.node, `rank ${x.rank}`);
}

function reduceMean(call: OperatorCall): tf.Tensor {
  const x = requiredInput(call, 0);
  const axes = listOf(call, "axes", 1) ?? Array.from(x.shape.keys());
  const kept = tf.mean(
    x,
    axes.map((axis) => nhwcAxis(axis, x.rank)),
    true,
  );
  if (numberAttribute(call.node, "keepdims", 1) === 1) return kept;
  const gone = axes.map((axis) => (axis < 0 ? axis + x.rank : axis));
  return reshaped(
    kept,
    onnxShape(kept).filter((_, axis) => !gone.includes(axis)),
  );
}

function softmax(call: OperatorCall): tf.Tensor {
  const x = toOnnxLayout(requiredInput(call, 0));
  const axis = numberAttribute(call.node, "axis", -1);
  if (axis !== -1 && axis !== x.rank - 1) throw unsupportedNode(call.node, `axis ${axis} of rank ${x.rank}`);
  return toNhwc(tf.softmax(x));
}

function flatten(call: OperatorCall): tf.Tensor {
  const x = requiredInput(call, 0);
  const axis = numberAttribute(call.node, "axis", 1);
  const rows = onnxShape(x)
    .slice(0, axis < 0 ? axis + x.rank : axis)
    .reduce((product, size) => product * size, 1);
  return reshaped(x, [rows, x.size / rows]);
}

function reshape(call: OperatorCall): tf.Tensor {
  const x = requiredInput(call, 0);
  const shape = listOf(call, "shape", 1);
  if (!shape) throw unsupportedNode(call.node, "its shape is computed");
  const before = onnxShape(x);
  return reshaped(
    x,
    shape.map((size, axis) => (size === 0 && numberAttribute(call.node, "allowzero", 0) === 0 ? before[axis] : size)),
  );
}

function squeeze(call: OperatorCall): tf.Tensor {
  const x = requiredInput(call, 0);
  const before = onnxShape(x);
  const axes = listOf(call, "axes", 1)?.map((axis) => (axis < 0 ? axis + x.rank : axis));
  return reshaped(
    x,
    before.filter((size, axis) => (axes ? !axes.includes(axis) : size !== 1)),
  );
}

function unsqueeze(call: OperatorCall): tf.Tensor {
  const x = requiredInput(call, 0);
  const given = listOf(call, "axes", 1);
  if (!given) throw unsupportedNode(call.node, "its axes are computed");
  const rank = x.rank + given.length;
  const axes = given.map((axis) => (axis < 0 ? axis + rank : axis));
  const left = onnxShape(x);
  return reshaped(
    x,
    Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : left.shift()!)),
  );
}

function slice(call: OperatorCall): tf.Tensor {
  const x = requiredInput(call, 0);
  const starts = listOf(call, "starts", 1);
  const ends = listOf(call, "ends", 2);
  if (!starts || !ends) throw unsupportedNode(call.node, "its bounds are computed");
  if (call.numbers(4)?.some((step) => step !== 1)) throw unsupportedNode(call.node, `steps of [${call.numbers(4)}]`);
  const axes = listOf(call, "axes", 3) ?? Array.from(starts.keys());
  const begin = x.shape.map(() => 0);
  const size = x.shape.slice();
  axes.forEach((given, i) => {
    const axis = nhwcAxis(given, x.rank);
    const within = (at: number) => Math.max(0, Math.min(x.shape[axis], at < 0 ? at + x.shape[axis] : at));
    begin[axis] = within(starts[i]);
    size[axis] = Math.max(0, within(ends[i]) - begin[axis]);
  });
  return tf.slice(x, begin, size);
}

function pad(call: OperatorCall): tf.Tensor {
  const x = requiredInput(call, 0);
  const pads = listOf(call, "pads", 1);
  const mode = textAttribute(call.node, "mode", "constant");
  if (!pads || mode !== "constant") throw unsupportedNode(call.node, pads ? `mode ${mode}` : "its pads are computed");
  if (call.node.inputs[3]) throw unsupportedNode(call.node, "chosen axes");
  if (pads.every((one) => one === 0)) return x;
  const rank = pads.length / 2;
  const each = inNhwcOrder(
    Array.from({ length: rank }, (_, axis) => [pads[axis], pads[axis + rank]] as [number, number]),
  );
  return tf.pad(x, each, call.numbers(2)?.[0] ?? numberAttribute(call.node, "value", 0));
}
