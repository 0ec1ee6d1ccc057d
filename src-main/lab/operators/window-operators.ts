import * as tf from "@tensorflow/tfjs-core";
import type { OnnxNode } from "../../vision/onnx-graph";
import {
  listAttribute,
  numberAttribute,
  type Operator,
  type OperatorCall,
  requiredInput,
  textAttribute,
  unsupportedNode,
} from "./operator-call";

/**
 * Experimental: ONNX operators that slide a window over an image. Images are padded first, so that every kernel and its
 * gradient only deals with whole windows.
 */
export const WINDOW_OPERATORS: Record<string, Operator> = {
  Conv: convolution,
  AveragePool: (call) => pool(call, "avg"),
  MaxPool: (call) => pool(call, "max"),
  GlobalAveragePool: (call) => tf.mean(picture(call), [1, 2], true),
  GlobalMaxPool: (call) => tf.max(picture(call), [1, 2], true),
};

type Pair = [number, number];

interface Window {
  kernel: Pair;
  strides: Pair;
  dilations: Pair;
  /** top, left, bottom, right */ pads: [number, number, number, number];
}

function convolution(call: OperatorCall): tf.Tensor {
  const x = picture(call);
  const filter = call.weight(1);
  if (filter?.rank !== 4)
    throw unsupportedNode(call.node, filter ? `a filter of shape [${filter.shape}]` : "its filter is computed");
  const groups = numberAttribute(call.node, "group", 1);
  const window = windowOf(call.node, x, filter.shape.slice(2) as Pair);
  if (Math.max(...window.strides) > 1 && Math.max(...window.dilations) > 1)
    throw unsupportedNode(call.node, "strides and dilations together");
  const padded = pad(x, window.pads, 0);
  const maps =
    groups === 1
      ? over(padded, filter, window)
      : groups === x.shape[3]
        ? overEachChannel(padded, filter, window)
        : overGroups(padded, filter, window, groups);
  const bias = call.weight(2);
  return bias ? tf.add(maps, bias) : maps;
}

/** @param filter `[out, in, kh, kw]` */
const over = (x: tf.Tensor4D, filter: tf.Tensor, { strides, dilations }: Window): tf.Tensor4D =>
  tf.conv2d(x, tf.transpose(filter, [2, 3, 1, 0]) as tf.Tensor4D, strides, "valid", "NHWC", dilations);

/** @param filter `[c·m, 1, kh, kw]`: m outputs per channel */
function overEachChannel(x: tf.Tensor4D, filter: tf.Tensor, { strides, dilations }: Window): tf.Tensor4D {
  const c = x.shape[3];
  const [out, , kh, kw] = filter.shape;
  const byChannel = tf.reshape(filter, [c, out / c, kh, kw]);
  return tf.depthwiseConv2d(
    x,
    tf.transpose(byChannel, [2, 3, 0, 1]) as tf.Tensor4D,
    strides,
    "valid",
    "NHWC",
    dilations,
  );
}

function overGroups(x: tf.Tensor4D, filter: tf.Tensor, window: Window, groups: number): tf.Tensor4D {
  const [n, h, w, c] = x.shape;
  const [out, channels, kh, kw] = filter.shape;
  return tf.concat(
    Array.from({ length: groups }, (_, g) =>
      over(
        tf.slice(x, [0, 0, 0, (g * c) / groups], [n, h, w, c / groups]),
        tf.slice(filter, [(g * out) / groups, 0, 0, 0], [out / groups, channels, kh, kw]),
        window,
      ),
    ),
    3,
  );
}

function pool(call: OperatorCall, kind: "avg" | "max"): tf.Tensor {
  const x = picture(call);
  const kernel = listAttribute(call.node, "kernel_shape");
  if (kernel?.length !== 2) throw unsupportedNode(call.node, `a window of [${kernel}]`);
  const window = windowOf(call.node, x, kernel as Pair);
  if (Math.max(...window.dilations) > 1) throw unsupportedNode(call.node, "dilations");
  const over = numberAttribute(call.node, "ceil_mode", 0) === 1 ? lastWindow(x, window) : ([0, 0] as Pair);
  const [top, left, bottom, right] = window.pads;
  const pads: Window["pads"] = [top, left, bottom + over[0], right + over[1]];
  if (kind === "max") return tf.maxPool(pad(x, pads, -3e38), window.kernel, window.strides, "valid");
  const mean = tf.avgPool(pad(x, pads, 0), window.kernel, window.strides, "valid");
  // A window that hangs over the edge divides its sum by the pixels inside only.
  const counting = numberAttribute(call.node, "count_include_pad", 0) === 1;
  if (counting ? Math.max(...over) === 0 : Math.max(...pads) === 0) return mean;
  const [, h, w] = x.shape;
  const inside = counting
    ? pad(tf.ones([1, h + top + bottom, w + left + right, 1]), [0, 0, ...over], 0)
    : pad(tf.ones([1, h, w, 1]), pads, 0);
  return tf.div(mean, tf.avgPool(inside, window.kernel, window.strides, "valid"));
}

/** Rows and columns needed to complete a last window that begins inside the image. */
function lastWindow(x: tf.Tensor4D, { kernel, strides, pads }: Window): Pair {
  return [0, 1].map((axis) => {
    const size = x.shape[axis + 1] + pads[axis] + pads[axis + 2];
    let windows = Math.ceil((size - kernel[axis]) / strides[axis]) + 1;
    if ((windows - 1) * strides[axis] >= x.shape[axis + 1] + pads[axis]) windows--;
    return Math.max(0, (windows - 1) * strides[axis] + kernel[axis] - size);
  }) as Pair;
}

function windowOf(node: OnnxNode, x: tf.Tensor4D, kernel: Pair): Window {
  const strides = (listAttribute(node, "strides") ?? [1, 1]) as Pair;
  const dilations = (listAttribute(node, "dilations") ?? [1, 1]) as Pair;
  return { kernel, strides, dilations, pads: padsOf(node, x, kernel, strides, dilations) };
}

function padsOf(node: OnnxNode, x: tf.Tensor4D, kernel: Pair, strides: Pair, dilations: Pair): Window["pads"] {
  const auto = textAttribute(node, "auto_pad", "NOTSET");
  if (auto === "VALID") return [0, 0, 0, 0];
  if (auto === "NOTSET") return (listAttribute(node, "pads") ?? [0, 0, 0, 0]) as Window["pads"];
  if (auto !== "SAME_UPPER" && auto !== "SAME_LOWER") throw unsupportedNode(node, `padding ${auto}`);
  const [high, wide] = [0, 1].map((axis) => {
    const size = x.shape[axis + 1];
    return Math.max(
      0,
      (Math.ceil(size / strides[axis]) - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1 - size,
    );
  });
  const before = auto === "SAME_UPPER" ? Math.floor : Math.ceil;
  return [before(high / 2), before(wide / 2), high - before(high / 2), wide - before(wide / 2)];
}

function pad(x: tf.Tensor, [top, left, bottom, right]: Window["pads"], value: number): tf.Tensor4D {
  const picture = x as tf.Tensor4D;
  return top + left + bottom + right === 0
    ? picture
    : tf.pad(
        picture,
        [
          [0, 0],
          [top, bottom],
          [left, right],
          [0, 0],
        ],
        value,
      );
}

function picture(call: OperatorCall): tf.Tensor4D {
  const x = requiredInput(call, 0);
  if (x.rank !== 4) throw unsupportedNode(call.node, `expects images of rank 4, not rank ${x.rank}`);
  return x as tf.Tensor4D;
}
