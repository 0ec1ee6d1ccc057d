import * as tf from "@tensorflow/tfjs-core";
import { convolutionGradient, depthwiseGradient, type Geometry } from "./convolution";
// TensorFlow.js's own gradients, which its Node entry point leaves out
import "@tensorflow/tfjs-core/dist/register_all_gradients";

/**
 * Experimental: replaces the TensorFlow.js gradients whose kernels wasm lacks (convolutions) or has only in a slow form
 * (products of transposed matrices). Call it once a backend has started: an optional native package registers
 * TensorFlow.js's gradients again.
 */
export function registerGradients(): void {
  for (const gradient of OVERRIDES) tf.registerGradient(gradient);
}

const OVERRIDES: tf.GradConfig[] = [
  {
    kernelName: "BatchMatMul",
    inputsToSave: ["a", "b"],
    gradFunc: (dy, [a, b], attributes) =>
      productGradient(dy as tf.Tensor, a, b, attributes as unknown as { transposeA: boolean; transposeB: boolean }),
  },
  ofConvolution("Conv2D", convolutionGradient),
  ofConvolution("DepthwiseConv2dNative", depthwiseGradient),
];

function ofConvolution(kernelName: string, gradientOf: typeof convolutionGradient): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ["x", "filter"],
    gradFunc: (dy, [x, filter], attributes) => {
      const gradient = gradientOf(dy as tf.Tensor4D, x as tf.Tensor4D, filter as tf.Tensor4D, geometryOf(attributes));
      return { x: gradient.ofInput, filter: gradient.ofFilter };
    },
  };
}

/** A convolution's attributes; one number means the same for both axes. */
function geometryOf(attributes: tf.NamedAttrMap): Geometry & { pad: string } {
  const { strides, dilations, pad } = attributes as {
    strides: number | [number, number];
    dilations: number | [number, number];
    pad: string;
  };
  const pair = (size: number | [number, number]): [number, number] => (typeof size === "number" ? [size, size] : size);
  return { strides: pair(strides), dilations: pair(dilations), pad };
}

/** Operands are transposed before the product: wasm's fast product takes untransposed ones only. */
function productGradient(
  dy: tf.Tensor,
  a: tf.Tensor,
  b: tf.Tensor,
  { transposeA, transposeB }: { transposeA: boolean; transposeB: boolean },
) {
  const straightA = () => (transposeA ? turned(a) : a);
  const straightB = () => (transposeB ? turned(b) : b);
  const ofA = () => tf.matMul(dy, turned(straightB()));
  const ofB = () => tf.matMul(turned(straightA()), dy);
  return { a: () => (transposeA ? turned(ofA()) : ofA()), b: () => (transposeB ? turned(ofB()) : ofB()) };
}

/** Transposes the last two axes. */
export function turned(x: tf.Tensor): tf.Tensor {
  const axes = x.shape.map((_, axis) => axis);
  return tf.transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}
