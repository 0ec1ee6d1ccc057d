import * as tf from "@tensorflow/tfjs-core";

/**
 * Experimental: ONNX stores images as `[n, c, h, w]`, TensorFlow.js as `[n, h, w, c]`. While a network runs, every
 * tensor of rank 4 is `[n, h, w, c]`, and every other one is as in ONNX: images are transposed once, at the input.
 */

const FROM_ONNX = [0, 2, 3, 1];
const TO_ONNX = [0, 3, 1, 2];

/** The tensor in ONNX's layout. */
export function toOnnxLayout(x: tf.Tensor): tf.Tensor {
  if (x.rank !== 4) return x;
  const [n, h, w, c] = x.shape as [number, number, number, number];
  return h === 1 && w === 1 ? tf.reshape(x, [n, c, 1, 1]) : tf.transpose(x, TO_ONNX);
}

/** From ONNX's layout to the running one. */
export function toNhwc(x: tf.Tensor): tf.Tensor {
  if (x.rank !== 4) return x;
  const [n, c, h, w] = x.shape as [number, number, number, number];
  return h === 1 && w === 1 ? tf.reshape(x, [n, 1, 1, c]) : tf.transpose(x, FROM_ONNX);
}

/** Position of ONNX's axis in a running tensor. */
export function nhwcAxis(axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  return rank === 4 ? FROM_ONNX.indexOf(positive) : positive;
}

/** The tensor's shape in ONNX's layout. */
export const onnxShape = (x: tf.Tensor): number[] =>
  x.rank === 4 ? TO_ONNX.map((axis) => x.shape[axis]) : x.shape.slice();

/** Reorders one number per ONNX axis to the running tensor's axes. */
export const inNhwcOrder = <T>(values: T[]): T[] =>
  values.length === 4 ? FROM_ONNX.map((axis) => values[axis]) : values;

/** Reshapes, with the shape given in ONNX's axis order. */
export const reshaped = (x: tf.Tensor, shape: number[]): tf.Tensor => toNhwc(tf.reshape(toOnnxLayout(x), shape));
