import * as tf from "@tensorflow/tfjs-core";

/** How a filter moves over an image. */
export interface Geometry {
  strides: [number, number];
  dilations: [number, number];
}

interface Gradient {
  ofInput(): tf.Tensor4D;
  ofFilter(): tf.Tensor4D;
}

/**
 * Experimental: the gradient of `tf.conv2d(x, filter, strides, "valid", "NHWC", dilations)`, built from matrix products
 * and forward convolutions only: wasm has no kernel for the filter's gradient, and its forward kernels are some twenty
 * times faster than those of the cpu backend.
 *
 * The outputs' gradient is scattered to where their windows begin, with zeros between. The pixel under weight (i, j) is
 * then a constant number of rows further in the flattened list of pixels, and each weight's gradient is one product of
 * two lists.
 * @param dy `[n, oh, ow, cout]`
 * @param x `[n, h, w, cin]`
 * @param filter `[kh, kw, cin, cout]`
 * @throws RangeError when the convolution is padded: pad the input first
 */
export function convolutionGradient(
  dy: tf.Tensor4D,
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  geometry: Geometry & { pad: string },
): Gradient {
  refusePadding(geometry.pad);
  const [kh, kw, cin, cout] = filter.shape;
  const at = offsets(kh, kw, geometry, x.shape[2]);
  const rows = x.size / cin;
  const length = rows - at[at.length - 1]; // no window begins beyond these
  return {
    ofInput: () =>
      tf.tidy(() => {
        const flipped = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]) as tf.Tensor4D;
        return tf.conv2d(
          beforeWindows(spreadOut(dy, x, geometry), kh, kw, geometry),
          flipped,
          1,
          "valid",
          "NHWC",
          geometry.dilations,
        );
      }),
    ofFilter: () =>
      tf.tidy(() => {
        const pixels = tf.reshape(x, [rows, cin]);
        const begun = tf.transpose(
          tf.slice(tf.reshape(spreadOut(dy, x, geometry), [rows, cout]), [0, 0], [length, cout]),
        );
        const each = at.map((offset) => tf.matMul(begun, tf.slice(pixels, [offset, 0], [length, cin])));
        return tf.reshape(tf.transpose(tf.stack(each), [0, 2, 1]), [kh, kw, cin, cout]) as tf.Tensor4D;
      }),
  };
}

/**
 * Like `convolutionGradient`, for `tf.depthwiseConv2d`.
 * @param filter `[kh, kw, c, 1]`
 */
export function depthwiseGradient(
  dy: tf.Tensor4D,
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  geometry: Geometry & { pad: string },
): Gradient {
  refusePadding(geometry.pad);
  const [kh, kw, c, multiplier] = filter.shape;
  if (multiplier !== 1)
    throw new RangeError(`no gradient for a depthwise convolution with ${multiplier} outputs per channel`);
  const at = offsets(kh, kw, geometry, x.shape[2]);
  const rows = x.size / c;
  const length = rows - at[at.length - 1];
  return {
    ofInput: () =>
      tf.tidy(() =>
        tf.depthwiseConv2d(
          beforeWindows(spreadOut(dy, x, geometry), kh, kw, geometry),
          tf.reverse(filter, [0, 1]),
          1,
          "valid",
          "NHWC",
          geometry.dilations,
        ),
      ),
    ofFilter: () =>
      tf.tidy(() => {
        const pixels = tf.reshape(x, [rows, c]);
        const begun = tf.slice(tf.reshape(spreadOut(dy, x, geometry), [rows, c]), [0, 0], [length, c]);
        return tf.reshape(
          tf.stack(at.map((offset) => tf.sum(tf.mul(begun, tf.slice(pixels, [offset, 0], [length, c])), 0))),
          [kh, kw, c, 1],
        ) as tf.Tensor4D;
      }),
  };
}

/**
 * For each weight, how many pixels after its window's first one it lies, in the flattened list of pixels of images
 * `width` wide.
 */
function offsets(kh: number, kw: number, { dilations: [dh, dw] }: Geometry, width: number): number[] {
  return Array.from({ length: kh * kw }, (_, k) => Math.floor(k / kw) * dh * width + (k % kw) * dw);
}

/**
 * Each window's gradient at the pixel where the window begins, zero elsewhere: `[n, oh, ow, c]` → `[n, h, w, c]` of x.
 */
function spreadOut(dy: tf.Tensor4D, x: tf.Tensor4D, { strides: [sh, sw] }: Geometry): tf.Tensor4D {
  const [n, oh, ow, c] = dy.shape;
  const [, h, w] = x.shape;
  const inRows =
    sw === 1
      ? dy
      : cut(
          tf.reshape(
            tf.pad(tf.reshape(dy, [n * oh, ow, 1, c]), [
              [0, 0],
              [0, 0],
              [0, sw - 1],
              [0, 0],
            ]),
            [n, oh, ow * sw, c],
          ),
          oh,
          Math.min(ow * sw, w),
        );
  const wide = inRows.shape[2];
  const all =
    sh === 1
      ? inRows
      : cut(
          tf.reshape(
            tf.pad(tf.reshape(inRows, [n, oh, 1, wide * c]), [
              [0, 0],
              [0, 0],
              [0, sh - 1],
              [0, 0],
            ]),
            [n, oh * sh, wide, c],
          ),
          Math.min(oh * sh, h),
          wide,
        );
  const [, high] = all.shape;
  return high === h && wide === w
    ? all
    : tf.pad(all, [
        [0, 0],
        [0, h - high],
        [0, w - wide],
        [0, 0],
      ]);
}

function cut(x: tf.Tensor, height: number, width: number): tf.Tensor4D {
  const [n, h, w, c] = x.shape as [number, number, number, number];
  return (h === height && w === width ? x : tf.slice(x, [0, 0, 0, 0], [n, height, width, c])) as tf.Tensor4D;
}

/** Zeros above and to the left, as far as a filter reaches: a pixel also lies in windows that begin before it. */
const beforeWindows = (x: tf.Tensor4D, kh: number, kw: number, { dilations: [dh, dw] }: Geometry): tf.Tensor4D =>
  kh === 1 && kw === 1
    ? x
    : tf.pad(x, [
        [0, 0],
        [(kh - 1) * dh, 0],
        [(kw - 1) * dw, 0],
        [0, 0],
      ]);

function refusePadding(pad: string): void {
  if (pad !== "valid") throw new RangeError(`no gradient for a convolution with padding ${pad}: pad the input first`);
}
