import * as tf from "@tensorflow/tfjs-core";
import { convolutionGradient, depthwiseGradient, type Geometry } from "./convolution";

/**
 * TensorFlow.js's core comes without gradients in Node; these are those of the kernels that convolutional networks are
 * made of.
 * They also replace those that an optional native package brings along: it does so even where it then fails to start,
 * and its
 * convolutions then ask the other backends for kernels that they lack.
 */
export function registerGradients(): void {
  for (const gradient of GRADIENTS) tf.registerGradient(gradient);
}

type Shape = number[];
const kernel = (name: string, inputs: Record<string, tf.Tensor>, attributes: Record<string, unknown>): tf.Tensor =>
  tf.engine().runKernel(name, inputs, attributes as tf.NamedAttrMap) as tf.Tensor;

/** Sums over the axes along which an operand was spread out, so that its gradient gets its shape. */
function summedTo(gradient: tf.Tensor, shape: Shape): tf.Tensor {
  const lead = gradient.rank - shape.length;
  const axes = gradient.shape
    .map((size, axis) => (axis < lead || (shape[axis - lead] === 1 && size !== 1) ? axis : -1))
    .filter((axis) => axis >= 0);
  return tf.reshape(axes.length > 0 ? tf.sum(gradient, axes) : gradient, shape);
}

/** A reduced gradient with its axes of size 1 put back. */
function spread(dy: tf.Tensor, shape: Shape, axis: number | number[]): tf.Tensor {
  const axes = tf.util.parseAxisParam(axis, shape); // all of them where none are given
  return tf.reshape(
    dy,
    shape.map((size, i) => (axes.includes(i) ? 1 : size)),
  );
}

const two = (
  kernelName: string,
  inputsToSave: string[],
  slopes: (dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => [() => tf.Tensor, () => tf.Tensor],
): tf.GradConfig => ({
  kernelName,
  inputsToSave,
  gradFunc: (dy, [a, b]) => {
    const [ofA, ofB] = slopes(dy as tf.Tensor, a, b);
    return { a: () => summedTo(ofA(), a.shape), b: () => summedTo(ofB(), b.shape) };
  },
});

/** Of kernels whose gradient needs the input `x` and their attributes. */
const ofInput = (
  kernelName: string,
  slope: (dy: tf.Tensor, x: tf.Tensor, attributes: Record<string, never>) => tf.Tensor,
): tf.GradConfig => ({
  kernelName,
  inputsToSave: ["x"],
  gradFunc: (dy, [x], attributes) => ({ x: () => slope(dy as tf.Tensor, x, attributes as Record<string, never>) }),
});

const pooled = (kernelName: "AvgPool" | "MaxPool"): tf.GradConfig => ({
  kernelName,
  inputsToSave: ["x"],
  outputsToSave: kernelName === "MaxPool" ? [true] : [],
  gradFunc: (dy, [x, y], attributes) => ({
    x: () => {
      const { filterSize, strides, pad } = attributes as Record<string, unknown>;
      const inputs: Record<string, tf.Tensor> = { dy: dy as tf.Tensor, input: x };
      if (kernelName === "MaxPool") inputs.output = y;
      return kernel(`${kernelName}Grad`, inputs, { filterSize, strides, pad });
    },
  }),
});

const GRADIENTS: tf.GradConfig[] = [
  two("Add", ["a", "b"], (dy) => [() => dy, () => dy]),
  two("Sub", ["a", "b"], (dy) => [() => dy, () => tf.neg(dy)]),
  two("Multiply", ["a", "b"], (dy, a, b) => [() => tf.mul(dy, b), () => tf.mul(dy, a)]),
  two("RealDiv", ["a", "b"], (dy, a, b) => [() => tf.div(dy, b), () => tf.neg(tf.div(tf.mul(dy, a), tf.square(b)))]),
  ofInput("Identity", (dy) => dy),
  ofInput("Cast", (dy) => dy),
  ofInput("Reshape", (dy, x) => tf.reshape(dy, x.shape)),
  ofInput("Relu", (dy, x) => tf.mul(dy, tf.step(x))),
  ofInput("ClipByValue", (dy, x, { clipValueMin, clipValueMax }) =>
    tf.mul(dy, tf.cast(tf.logicalAnd(tf.greaterEqual(x, clipValueMin), tf.lessEqual(x, clipValueMax)), "float32")),
  ),
  ofInput("Square", (dy, x) => tf.mul(dy, tf.mul(x, 2))),
  ofInput("Sqrt", (dy, x) => tf.div(dy, tf.mul(tf.sqrt(x), 2))),
  ofInput("Sum", (dy, x, { axis }) => tf.mul(spread(dy, x.shape, axis), tf.onesLike(x))),
  ofInput("Mean", (dy, x, { axis }) => {
    const small = spread(dy, x.shape, axis);
    return tf.mul(tf.div(small, x.size / small.size), tf.onesLike(x));
  }),
  ofInput("Transpose", (dy, _, { perm }) => {
    const back: number[] = [];
    (perm as number[]).forEach((from, to) => {
      back[from] = to;
    });
    return tf.transpose(dy, back);
  }),
  ofInput("PadV2", (dy, x, { paddings }) =>
    tf.slice(
      dy,
      (paddings as [number, number][]).map(([before]) => before),
      x.shape,
    ),
  ),
  ofInput("Slice", (dy, x, { begin, size }) => {
    const from = [begin].flat() as number[];
    return tf.pad(
      dy,
      from.map((b, i) => [b, x.shape[i] - b - ((size as number[])[i] < 0 ? x.shape[i] - b : (size as number[])[i])]),
    );
  }),
  {
    kernelName: "Sigmoid",
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({ x: () => tf.mul(dy as tf.Tensor, tf.mul(y, tf.sub(1, y))) }),
  },
  {
    kernelName: "Concat",
    saveAllInputs: true,
    gradFunc: (dy, parts, attributes) => {
      const axis = (attributes as { axis: number }).axis;
      let at = 0;
      return Object.fromEntries(
        parts.map((part, i) => {
          const begin = part.shape.map((_, a) => (a === axis ? at : 0));
          at += part.shape[axis];
          return [i, () => tf.slice(dy as tf.Tensor, begin, part.shape)];
        }),
      );
    },
  },
  {
    kernelName: "BatchMatMul",
    inputsToSave: ["a", "b"],
    gradFunc: (dy, [a, b], attributes) =>
      productGradient(dy as tf.Tensor, a, b, attributes as unknown as { transposeA: boolean; transposeB: boolean }),
  },
  {
    kernelName: "Conv2D",
    inputsToSave: ["x", "filter"],
    gradFunc: (dy, [x, filter], attributes) => {
      const gradient = convolutionGradient(
        dy as tf.Tensor4D,
        x as tf.Tensor4D,
        filter as tf.Tensor4D,
        geometryOf(attributes),
      );
      return { x: gradient.ofInput, filter: gradient.ofFilter };
    },
  },
  {
    kernelName: "DepthwiseConv2dNative",
    inputsToSave: ["x", "filter"],
    gradFunc: (dy, [x, filter], attributes) => {
      const gradient = depthwiseGradient(
        dy as tf.Tensor4D,
        x as tf.Tensor4D,
        filter as tf.Tensor4D,
        geometryOf(attributes),
      );
      return { x: gradient.ofInput, filter: gradient.ofFilter };
    },
  },
  pooled("AvgPool"),
  pooled("MaxPool"),
];

/** A convolution's attributes, in which one number stands for two alike. */
function geometryOf(attributes: tf.NamedAttrMap): Geometry & { pad: string } {
  const { strides, dilations, pad } = attributes as {
    strides: number | [number, number];
    dilations: number | [number, number];
    pad: string;
  };
  const pair = (size: number | [number, number]): [number, number] => (typeof size === "number" ? [size, size] : size);
  return { strides: pair(strides), dilations: pair(dilations), pad };
}

/** Operands are turned before they are multiplied: wasm has a fast product for those that lie straight only. */
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

/** The last two axes changed places. */
export function turned(x: tf.Tensor): tf.Tensor {
  const axes = x.shape.map((_, axis) => axis);
  return tf.transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}
