import { MAX_BOXES } from "../base/detections";
import { ints, number } from "./compose-detector-input";
import type { Composition } from "./onnx-compose";
import { TYPE } from "./onnx-messages";

/** Of two boxes of a class that overlap more than this, the one with the lower score is dropped: YOLOX's own value. */
export const MAX_IOU = 0.65;
/** Boxes with this score or less are dropped. */
export const MIN_SCORE = 0.05;
/** Values that the pieces share, as tensors `[1, …]`. */
export interface Candidates {
  /** float32 `[1, m, 4]`: x0, y0, x1, y1 as fractions of the photo */
  boxes: string;
  /** float32 `[1, C, m]`, 0..1 */
  scores: string;
}

/**
 * Turns candidates into a detector's outputs, see `PackDetector`: clipped to the photo, non-maximum suppression per
 * class, the 100 best in descending order, zeros after the last.
 */
export function composeDetections(
  g: Composition,
  { boxes, scores }: Candidates,
): { boxes: string; scores: string; classes: string } {
  const clipped = g.node("Clip", [boxes, number(g, 0), number(g, 1)]);
  const sure = g.node("Clip", [scores, number(g, 0), number(g, 1)]);
  const kept = g.node("NonMaxSuppression", [
    clipped,
    withoutEmpty(g, clipped, sure),
    ints(g, MAX_BOXES),
    vector(g, MAX_IOU),
    vector(g, MIN_SCORE),
  ]);
  const nothing = g.node("ConstantOfShape", [g.node("Shape", [sure])], {
    value: { dims: [1], values: Float32Array.of(0) },
  });
  const masked = g.node("ScatterND", [nothing, kept, g.node("GatherND", [sure, kept])]);
  // at class · m + candidate, with places to spare so that there are at least MAX_BOXES
  const spare = g.constant(new Float32Array(MAX_BOXES), [1, MAX_BOXES]);
  const flat = g.node("Concat", [g.node("Reshape", [masked, ints(g, 1, -1)]), spare], { axis: 1 });
  const { values, indices } = g.largest(flat, MAX_BOXES);
  const many = g.node("Gather", [g.node("Shape", [boxes]), ints(g, 1)], { axis: 0 });
  const there = g.node("Greater", [values, number(g, 0)]);
  const none = ints(g, 0);
  const candidate = g.node("Where", [there, g.node("Mod", [indices, many]), none]);
  const rows = g.node("Gather", [clipped, g.node("Reshape", [candidate, ints(g, -1)])], { axis: 1 });
  return {
    boxes: g.node("Where", [g.node("Reshape", [there, ints(g, 1, -1, 1)]), rows, number(g, 0)]),
    scores: values,
    classes: g.node("Where", [there, g.node("Div", [indices, many]), none]),
  };
}

const vector = (g: Composition, value: number): string => g.constant(Float32Array.of(value), [1]);

/** The scores, 0 for boxes that clipping left without an area: those lie outside the photo. */
function withoutEmpty(g: Composition, boxes: string, scores: string): string {
  const at = (i: number) => g.node("Gather", [boxes, g.constant(BigInt64Array.of(BigInt(i)), [])], { axis: 2 });
  const side = (i: number) => g.node("Sub", [at(i + 2), at(i)]);
  const full = g.node("Greater", [g.node("Min", [side(0), side(1)]), number(g, 0)]);
  return g.node("Mul", [scores, g.node("Reshape", [g.node("Cast", [full], { to: TYPE.float }), ints(g, 1, 1, -1)])]);
}
