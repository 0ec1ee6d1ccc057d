import { instantiate } from "../../math/wasm";
import step from "./step.wat";

/**
 * One step of skip-gram: updates a word's vector and the rows it is trained against, by gradient descent on
 *
 *     L = − Σ log σ(±row · input) + where the label is 1, − where it is 0
 *
 * This covers both negative sampling (rows of one true and k negative words, Mikolov et al. 2013) and hierarchical
 * softmax (rows of inner nodes, the label being the branch taken). Rows are updated one after the other, so a row
 * listed twice is updated twice; the input is updated last, from the rows' old values.
 *
 * In WebAssembly (`step.wat`), because JavaScript has no SIMD: with 100 dimensions and six rows it takes less than half
 * the time of the same loops in JavaScript.
 */
export type Step = (
  /** Byte offset of the input vector, a multiple of `width`. */
  input: number,
  /** Byte offset of `count` pairs of i32 (a row's byte offset) and f32 (its label, 0 or 1). */
  targets: number,
  count: number,
  /** Learning rate. */
  rate: number,
  /** Byte offset of scratch space for one vector. */
  scratch: number,
  /** Bytes per vector, a multiple of 32; numbers past its dimensions are 0 and stay 0. */
  width: number,
  /** Byte offset of `sigmoidTable()`. */
  sigmoid: number,
) => void;

export const VECTOR_ALIGNMENT = 32;
export const MAX_PAGES = 65_536;

/** Where σ(x) is 0 or 1 to within 0.0003; word2vec cuts at 6. */
const REACH = 8;
const PER_UNIT = 128;

/** σ from −8 to 8, read with linear interpolation: accurate to 10⁻⁵. */
export function sigmoidTable(): Float32Array {
  return Float32Array.from({ length: 2 * REACH * PER_UNIT + 2 }, (_, i) => 1 / (1 + Math.exp(REACH - i / PER_UNIT)));
}

/** Compiles the step for a shared memory, created with a maximum of at most `MAX_PAGES` pages. */
export const createStep = (memory: WebAssembly.Memory): Step => instantiate<{ step: Step }>(step, memory).step;
