import { type Logistic, LOGIT_BOUND } from "../../devise/calibration";
import { MAX_GUESS_CONFIDENCE } from "../../devise/label-ranking";
import type { Composition } from "../../vision/onnx-compose";
import { TYPE } from "../../vision/onnx-messages";

/** Arithmetic shared by the parts of the exported graph. Values are doubles `[n, width]` unless stated otherwise. */

/** `σ(bias + Σ weights·x)` of doubles of compatible shapes. */
export function logisticOf(g: Composition, { bias, weights }: Logistic, evidence: string[]): string {
  const narrowFirst = weights.map((weight, i) => times(g, evidence[i], weight)).reverse();
  const sum = narrowFirst.reduce((a, b) => g.node("Add", [a, b]), g.constant(Float64Array.of(bias), [1, 1]));
  return g.node("Sigmoid", [sum]);
}

/** See `logit`. */
export function logOdds(g: Composition, p: string): string {
  const odds = g.node("Log", [g.node("Div", [p, complement(g, p)])]);
  const bound = (sign: number) => g.constant(Float64Array.of(sign * LOGIT_BOUND), [1, 1]);
  return g.node("Max", [g.node("Min", [odds, bound(1)]), bound(-1)]);
}

export const one = (g: Composition): string => g.constant(Float64Array.of(1), [1, 1]);
export const complement = (g: Composition, p: string): string => g.node("Sub", [one(g), p]);
export const times = (g: Composition, value: string, factor: number): string =>
  g.node("Mul", [value, g.constant(Float64Array.of(factor), [1, 1])]);

/** Selects columns of `[n, width]` by number. */
export const columns = (g: Composition, value: string, of: ArrayLike<number>): string =>
  g.node("Gather", [value, g.constant(BigInt64Array.from(of, BigInt), [of.length])], { axis: 1 });

/** `[n, L]` with some of its columns replaced. */
export function withColumns(g: Composition, value: string, others: string, at: number[], L: number): string {
  const from = Array.from({ length: L }, (_, label) => label);
  at.forEach((label, i) => (from[label] = L + i));
  return columns(g, g.node("Concat", [value, others], { axis: 1 }), from);
}

/**
 * Casts to doubles, rounded to single precision where the app rounds too: near certainty, log-odds depend on the last
 * digits.
 */
export const rounded = (g: Composition, doubles: string): string =>
  g.node("Cast", [g.node("Cast", [doubles], { to: TYPE.float })], { to: TYPE.double });

/**
 * Maximum along axis 1 of `[n, m, width]`, as `[n, width]`. Avoids ReduceMax, whose axes became an input in later
 * operator sets.
 */
export function highest(g: Composition, value: string): string {
  return g.node("Gather", [g.largest(value, 1).values, g.constant(BigInt64Array.of(0n), [])], { axis: 1 });
}

/** See `capGuess`. @param from one bound for all columns, or one each */
export function composeCapGuess(g: Composition, sure: string, from: ArrayLike<number>): string {
  const bound = g.constant(Float64Array.from(from), [1, from.length]);
  const guess = g.node("Min", [sure, g.constant(Float64Array.of(MAX_GUESS_CONFIDENCE), [1, 1])]);
  return g.node("Where", [g.node("Less", [sure, bound]), guess, sure]);
}

/** `[1, n]` booleans. */
export const flags = (g: Composition, are: boolean[]): string =>
  g.node("Less", [g.constant(Float32Array.of(0), [1, 1]), g.constant(Float32Array.from(are, Number), [1, are.length])]);

/** Transposes `[rows, width]` to `[width, rows]`. */
export function transposed(values: Float32Array, width: number): Float32Array {
  const n = values.length / width;
  return Float32Array.from(values, (_, at) => values[(at % n) * width + Math.floor(at / n)]);
}
