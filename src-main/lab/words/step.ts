import { instantiate } from "../../math/wasm";
import step from "./step.wat";

/**
 * One step of skip-gram: a word's vector and the rows that it is to tell apart, all moved down the gradient of
 *
 *     L = − Σ log σ(±row · input)     + where the label is 1, − where it is 0
 *
 * which is negative sampling (rows of one true and k false words, Mikolov et al. 2013) and hierarchical softmax (rows
 * of inner nodes, the label being which way the path goes on) alike. Rows are moved one after the other, so one that is
 * named twice is moved twice; the input moves last, by what the rows were before they moved.
 *
 * WebAssembly (`step.wat`), because JavaScript has no SIMD: with 100 dimensions and six rows it takes less than half
 * the time of the same loops in JavaScript.
 */
export type Step = (
  /** Byte offset of the input vector, of a multiple of `width`. */
  input: number,
  /** Byte offset of `count` pairs of i32 (a row's byte offset) and f32 (its label, 0 or 1). */
  targets: number,
  count: number,
  /** Learning rate. */
  rate: number,
  /** Byte offset of room for one vector. */
  scratch: number,
  /** Bytes of a vector, a multiple of 32; numbers past its dimensions are 0 and stay so. */
  width: number,
  /** Byte offset of `sigmoidTable()`. */
  sigmoid: number,
) => void;

export const VECTOR_ALIGNMENT = 32;
export const MAX_PAGES = 65_536;

/** Where σ(x) is 0 or 1 to within 0.0003; word2vec cuts at 6. */
const REACH = 8;
const PER_UNIT = 128;

/** σ at −8 to 8, read with linear interpolation: exact to 10⁻⁵. */
export function sigmoidTable(): Float32Array {
  return Float32Array.from({ length: 2 * REACH * PER_UNIT + 2 }, (_, i) => 1 / (1 + Math.exp(REACH - i / PER_UNIT)));
}

/** The step over a shared memory, which was made with at most `MOST_PAGES`. */
export const createStep = (memory: WebAssembly.Memory): Step => instantiate<{ step: Step }>(step, memory).step;
