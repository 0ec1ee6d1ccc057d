import { createHash } from "node:crypto";
import type { LabelId } from "../../../src-shared/contract";
import { EVEN_CHANCE, type RankingNumbers } from "../../devise/label-ranking";
import { composeGraph, type Composition } from "../../vision/onnx-compose";
import { extendedGraph, modelFile, type Value } from "../../vision/onnx-extend";
import { TYPE } from "../../vision/onnx-messages";
import type { Pack } from "../../vision/pack";
import type { PackDetector } from "../../vision/pack-detectors";
import { composeLabelConcepts } from "./labeller-concept-evidence";
import { composeConcepts, type ConceptGroup, type WholePhoto } from "./labeller-concepts";
import { composeConfidence, type EvidenceValues } from "./labeller-confidence";
import { composeLight } from "./labeller-light";
import { composePicture, composeSquare, composeWhole } from "./labeller-pixels";
import { preprocessingOf } from "./labeller-preprocessing";
import { composeInput, composeVisualOutput, marked } from "./labeller-visual-output";

/** All that a labeller labels photos by. */
export interface LabellerContents {
  pack: Pack;
  /** The pack's ONNX file. */
  network: Uint8Array;
  numbers: RankingNumbers;
  /** What is looked for beside the classes. */
  concepts: ConceptGroup[];
  /** ONNX files of the detectors among them, by their ids. */
  detectors: ReadonlyMap<string, Uint8Array>;
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

export const PHOTOS_INPUT = "photos";

/**
 * One ONNX file that labels photos as the app does: in, `photos` as uint8; out, `labels` as int64 `[n, top]`, indices
 * into the labels of
 * the metadata, best first and −1 where there are no more, and `scores` as float32 `[n, top]`, their confidences.
 * Without detectors, photos are `[n, size, size, 3]` as the visual model takes them. With them, there is one, whole and
 * of any size,
 * `[1, h, w, 3]`, and the graph makes of it what the visual model and the detectors take.
 * What the pixels are to be, and what the labels are called, stands in the metadata; docs/labeller.md describes
 * it.
 * @returns the file, and the fingerprint that its results carry
 * @throws RangeError of `extendedGraph`, or where detectors are to join a network that leans on JPEG, which no graph
 *   can make
 */
export function labellerOnnx({
  pack,
  network,
  numbers,
  concepts,
  detectors,
  share,
  labels,
  bars,
  rules,
  top,
  about,
}: LabellerContents): { file: Uint8Array; labeller: string } {
  const { preprocess } = pack;
  const looking = detectorsOf(concepts);
  if (looking.length > 0 && preprocess.recompress) {
    throw new RangeError(
      "its network leans on JPEG, which a graph can't make of a picture that detectors see too; without objects and faces it can be exported",
    );
  }
  const before = composeGraph("labeller/in");
  const { input, whole } =
    looking.length > 0 ? composePictureInput(before, pack, looking) : composeSquareInput(before, pack);
  const after = composeGraph("labeller");
  const seen = composeVisualOutput(after, pack, rules.classes);
  const predicted = composeConcepts(after, seen, concepts, whole);
  const byLabel = predicted && composeLabelConcepts(after, predicted, predicted.over);
  const weighed = composeConfidence(after, seen, numbers, byLabel, share);
  composeRanking(after, weighed, { bars, rules, top });
  const n = input.dims[0];
  const graph = extendedGraph(network, {
    before,
    after,
    inputs: [input],
    beside: looking.map((detector, d) => ({
      name: detector.name,
      network: detectors.get(detector.id)!,
      prefix: prefixOf(d),
    })),
    outputs: [
      { name: "labels", type: TYPE.int64, dims: [n, top] },
      { name: "scores", type: TYPE.float, dims: [n, top] },
    ],
  });
  const described = {
    labels: JSON.stringify(labels),
    preprocessing: JSON.stringify({
      input: PHOTOS_INPUT,
      type: "uint8",
      shape: input.dims,
      ...preprocessingOf(preprocess, looking.length > 0 ? pack.detection : null),
    }),
  };
  const hash = createHash("sha256").update(graph);
  for (const text of Object.values(described)) hash.update(text);
  const labeller = hash.digest("hex").slice(0, 16);
  return {
    file: modelFile(network, graph, { format: "semblance labeller 1", labeller, ...described, ...about }),
    labeller,
  };
}

/** The detectors that tell concepts, each once. */
export const detectorsOf = (concepts: readonly ConceptGroup[]): PackDetector[] =>
  concepts.flatMap(({ source }) => (source.kind === "objects" || source.kind === "portrait" ? [source.detector] : []));

const prefixOf = (detector: number): string => `detector ${detector}/`;

/** What goes in, and what is known of the whole photo by it. */
interface InputParts {
  input: Value;
  whole: WholePhoto;
}

function composeSquareInput(g: Composition, pack: Pack): InputParts {
  const { size } = pack.preprocess;
  composeInput(g, PHOTOS_INPUT, pack);
  return {
    input: { name: PHOTOS_INPUT, type: TYPE.uint8, dims: ["n", size, size, 3] },
    whole: { detectors: new Map(), light: null },
  };
}

function composePictureInput(g: Composition, pack: Pack, detectors: PackDetector[]): InputParts {
  const picture = composePicture(g, PHOTOS_INPUT);
  composeInput(g, composeSquare(g, picture, pack.preprocess), pack);
  const pixels = composeWhole(g, picture, pack.detection!);
  const named = detectors.map(({ id, input, outputs: { boxes, scores, classes } }, d) => {
    g.call(pixels, prefixOf(d) + input);
    return [id, { boxes: prefixOf(d) + boxes, scores: prefixOf(d) + scores, classes: prefixOf(d) + classes }] as const;
  });
  return {
    input: { name: PHOTOS_INPUT, type: TYPE.uint8, dims: [1, "h", "w", 3] },
    whole: { detectors: new Map(named), light: composeLight(g, picture) },
  };
}

type Cut = Pick<LabellerContents, "bars" | "rules" | "top">;

/**
 * So much less is a guess worth where labels are cut to the most that a photo keeps: a power of two, which changes no
 * digit.
 */
const GUESS_WEIGHT = 2 ** -200;

/**
 * Orders labels by what they say and cuts them, as `rankLabels`, `predict` and the view `shown` do one after another.
 */
function composeRanking(g: Composition, { sure, worth, candidates }: EvidenceValues, { bars, rules, top }: Cut): void {
  const L = bars.length;
  const most = Math.min(rules.most, L);
  const number = (value: number) => g.constant(Float64Array.of(value), [1, 1]);
  const least = (value: string, bar: string) => g.node("Not", [g.node("Less", [value, bar])]);
  const element = (value: string, at: string) => g.node("GatherElements", [value, at], { axis: 1 });

  const nothing = g.constant(Float32Array.of(0), [1, 1]);
  const kept = g.node("And", [g.node("Less", [nothing, candidates]), least(sure, number(rules.keptFrom))]);
  const isLikely = g.node("Less", [number(EVEN_CHANCE), sure]);
  const likelyFirst = g.node("Where", [isLikely, worth, g.node("Mul", [worth, number(GUESS_WEIGHT)])]);
  const chosen = g.largest(g.node("Where", [kept, likelyFirst, number(-1)]), most);
  const isChosen = g.node("And", [kept, g.node("Less", [nothing, marked(g, candidates, chosen.indices)])]);
  const best = g.largest(g.node("Where", [isChosen, worth, number(-1)]), most);
  const confidences = element(sure, best.indices);
  const bar = g.node("Gather", [g.constant(bars, [L]), best.indices], { axis: 0 });
  const shown = g.node("And", [least(best.values, number(0)), least(confidences, bar)]);

  // Those that are shown move up and keep their order.
  const places = g.constant(
    Float32Array.from({ length: most }, (_, place) => most - place),
    [1, most],
  );
  const given = g.largest(g.node("Where", [shown, places, nothing]), top);
  const isThere = g.node("Less", [nothing, given.values]);
  g.call(
    g.node("Where", [isThere, element(best.indices, given.indices), g.constant(BigInt64Array.of(-1n), [1, 1])]),
    "labels",
  );
  g.call(
    g.node("Where", [isThere, g.node("Cast", [element(confidences, given.indices)], { to: TYPE.float }), nothing]),
    "scores",
  );
}
