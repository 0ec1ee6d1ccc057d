import * as tf from "@tensorflow/tfjs-core";
import { addGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Add_grad";
import { avgPoolGradConfig } from "@tensorflow/tfjs-core/dist/gradients/AvgPool_grad";
import { castGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Cast_grad";
import { clipByValueGradConfig } from "@tensorflow/tfjs-core/dist/gradients/ClipByValue_grad";
import { concatGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Concat_grad";
import { identityGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Identity_grad";
import { maxGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Max_grad";
import { maxPoolGradConfig } from "@tensorflow/tfjs-core/dist/gradients/MaxPool_grad";
import { meanGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Mean_grad";
import { multiplyGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Multiply_grad";
import { padV2GradConfig } from "@tensorflow/tfjs-core/dist/gradients/PadV2_grad";
import { divGradConfig } from "@tensorflow/tfjs-core/dist/gradients/RealDiv_grad";
import { reluGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Relu_grad";
import { reshapeGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Reshape_grad";
import { sigmoidGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Sigmoid_grad";
import { sliceGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Slice_grad";
import { softmaxGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Softmax_grad";
import { sqrtGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Sqrt_grad";
import { subGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Sub_grad";
import { sumGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Sum_grad";
import { transposeGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Transpose_grad";
import { convolutionGradient, depthwiseGradient, type Geometry } from "./convolution";

/**
 * Experimental: registers the gradients of `OPERATORS`. TensorFlow.js's Node entry point leaves out its own, and replaced
 * are those whose kernels wasm lacks (convolutions) or has only in a slow form (products of transposed matrices). Call it
 * once a backend has started: an optional native package registers TensorFlow.js's gradients again. Without a gradient,
 * a training step throws an error that names the kernel.
 */
export function registerGradients(): void {
  for (const gradient of [...OWN, ...REPLACED]) tf.registerGradient(gradient);
}

/** TensorFlow.js's gradients of the kernels that `operators.ts` and the losses run. */
const OWN: tf.GradConfig[] = [
  addGradConfig,
  avgPoolGradConfig,
  castGradConfig,
  clipByValueGradConfig,
  concatGradConfig,
  identityGradConfig,
  maxGradConfig,
  maxPoolGradConfig,
  meanGradConfig,
  multiplyGradConfig,
  padV2GradConfig,
  divGradConfig,
  reluGradConfig,
  reshapeGradConfig,
  sigmoidGradConfig,
  sliceGradConfig,
  softmaxGradConfig,
  sqrtGradConfig,
  subGradConfig,
  sumGradConfig,
  transposeGradConfig,
];

const REPLACED: tf.GradConfig[] = [
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
