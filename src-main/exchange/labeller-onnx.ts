import { createHash } from "node:crypto";
import type { LabelId } from "../../src-preload/contract";
import type { RankingNumbers } from "../devise/ranking";
import { THUMBNAIL } from "../library/decode-limits";
import { type Composition, composeGraph } from "../vision/onnx-compose";
import { extendedGraph, modelFile } from "../vision/onnx-extend";
import { TYPE } from "../vision/onnx-messages";
import type { Pack } from "../vision/pack";
import { composeConfidence, type Weighed } from "./labeller-confidence";
import { composeInput, composeSeen } from "./labeller-seen";

/** All that a labeller labels photos by. */
export interface LabellerContents {
  pack: Pack;
  /** The pack's ONNX file. */
  network: Uint8Array;
  numbers: RankingNumbers;
  /** Share of photos that show a class. */
  share: number;
  /** `[L]` in the order of the numbers */
  labels: LabelCaption[];
  /** `[L]` confidence from which each label is given; infinite for a hidden one. */
  bars: Float64Array;
  rules: LabellingRules;
  /** Labels a photo, at most. */
  top: number;
  /** What else is worth knowing, in words. */
  about: Record<string, string>;
}

export interface LabelCaption {
  id: LabelId;
  /** As people read it; no two labels have one name. */
  name: string;
  /** What it is a kind of. */
  parents: LabelId[];
}

/** How the app cuts what it predicts. */
export interface LabellingRules {
  /** Classes of a photo that are kept. */
  classes: number;
  /** Predictions less sure are not kept. */
  keptFrom: number;
  /** Predictions of one photo that are kept. */
  most: number;
}

export const PHOTOS = "photos";

/**
 * One ONNX file that labels photos as the app does: in, `photos` as uint8 `[n, size, size, 3]`; out, `labels` as int64 `[n, top]`, indices
 * into the labels of the metadata, best first and −1 where there are no more, and `scores` as float32 `[n, top]`, their confidences.
 * What the pixels are to be, and what the labels are called, stands in the metadata; resources/labeller.md describes it.
 * @returns the file, and the fingerprint that its results carry
 * @throws RangeError of `extendedGraph`
 */
export function labellerOnnx({ pack, network, numbers, share, labels, bars, rules, top, about }: LabellerContents): { file: Uint8Array; labeller: string } {
  const before = composeGraph("labeller/in");
  composeInput(before, PHOTOS, pack);
  const after = composeGraph("labeller");
  const seen = composeSeen(after, pack, rules.classes);
  const weighed = composeConfidence(after, seen, numbers, share);
  composeRanking(after, weighed, { specificity: numbers.space.specificity, bars, rules, top });
  const { size, resize, recompress } = pack.preprocess;
  const graph = extendedGraph(network, {
    before, after,
    inputs: [{ name: PHOTOS, type: TYPE.uint8, dims: ["n", size, size, 3] }],
    outputs: [{ name: "labels", type: TYPE.int64, dims: ["n", top] }, { name: "scores", type: TYPE.float, dims: ["n", top] }],
  });
  const described = {
    labels: JSON.stringify(labels),
    preprocessing: JSON.stringify({
      input: PHOTOS, type: "uint8", shape: ["n", size, size, 3], colours: "sRGB: red, green, blue; upright; transparency on white",
      first: `shrunk as a whole until its long side has ${THUMBNAIL} pixels or its short side ${resize === "cover" ? size : resize.shortSide}, whichever comes first (Lanczos 3); smaller photos stay`,
      size, resize: resize === "cover" ? `centre square to ${size}×${size}` : `short side to ${resize.shortSide}, centre crop ${size}`,
      kernel: "cubic (Catmull-Rom), widened by the factor where a photo is shrunk",
      recompress: recompress && { format: "jpeg", quality: recompress.quality, chroma: "4:2:0" },
      normalisation: "inside the graph",
    }),
  };
  const hash = createHash("sha256").update(graph);
  for (const text of Object.values(described)) hash.update(text);
  const labeller = hash.digest("hex").slice(0, 16);
  return { file: modelFile(network, graph, { format: "semblance labeller 1", labeller, ...described, ...about }), labeller };
}

interface Cut extends Pick<LabellerContents, "bars" | "rules" | "top"> {
  /** `[L]` */
  specificity: Float32Array;
}

/** Orders labels by what they say and cuts them, as `rankLabels`, `predict` and the view `shown` do one after another. */
function composeRanking(g: Composition, { sure, candidates }: Weighed, { specificity, bars, rules, top }: Cut): void {
  const L = bars.length;
  const most = Math.min(rules.most, L);
  const number = (value: number) => g.constant(Float64Array.of(value), [1, 1]);
  const least = (value: string, bar: string) => g.node("Not", [g.node("Less", [value, bar])]);
  const element = (value: string, at: string) => g.node("GatherElements", [value, at], { axis: 1 });

  const kept = g.node("And", [g.node("Less", [g.constant(Float32Array.of(0), [1, 1]), candidates]), least(sure, number(rules.keptFrom))]);
  const worth = g.node("Where", [kept, g.node("Mul", [sure, g.constant(Float64Array.from(specificity), [1, L])]), number(-1)]);
  const best = g.largest(worth, most);
  const confidences = element(sure, best.indices);
  const bar = g.node("Gather", [g.constant(bars, [L]), best.indices], { axis: 0 });
  const shown = g.node("And", [least(best.values, number(0)), least(confidences, bar)]);

  // Those that are shown move up and keep their order.
  const places = g.constant(Float32Array.from({ length: most }, (_, place) => most - place), [1, most]);
  const nowhere = g.constant(Float32Array.of(0), [1, 1]);
  const given = g.largest(g.node("Where", [shown, places, nowhere]), top);
  const isThere = g.node("Less", [nowhere, given.values]);
  g.call(g.node("Where", [isThere, element(best.indices, given.indices), g.constant(BigInt64Array.of(-1n), [1, 1])]), "labels");
  g.call(g.node("Where", [isThere, g.node("Cast", [element(confidences, given.indices)], { to: TYPE.float }), nowhere]), "scores");
}
