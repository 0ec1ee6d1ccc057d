import { createHash } from "node:crypto";
import type { LabelId } from "../../../src-shared/contract";
import { EVEN_CHANCE } from "../../devise/label-ranking";
import type { RankingNumbers } from "../../devise/ranking-numbers";
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

/** Everything that an exported labeller needs. */
export interface LabellerContents {
  pack: Pack;
  /** The pack's ONNX file. */
  network: Uint8Array;
  numbers: RankingNumbers;
  /** The concepts besides the classes. */
  concepts: ConceptGroup[];
  /** ONNX files of their detectors, by id. */
  detectors: ReadonlyMap<string, Uint8Array>;
  /** Fraction of the library's photos that show a class. */
  share: number;
  /** `[L]` in the order of the numbers */
  labels: LabelCaption[];
  /** `[L]` minimum confidence of each label; infinite for a hidden one */
  bars: Float64Array;
  rules: LabellingRules;
  /** Maximum number of labels per photo. */
  top: number;
  /** Additional metadata for people. */
  about: Record<string, string>;
}

export interface LabelCaption {
  id: LabelId;
  /** Display name; unique. */
  name: string;
  /** The labels that it is a kind of. */
  parents: LabelId[];
}

/** Limits on the predictions that the app keeps. */
export interface LabellingRules {
  /** Classes kept per photo. */
  classes: number;
  /** Minimum confidence of predictions that are kept. */
  keptFrom: number;
  /** Maximum number of predictions kept per photo. */
  most: number;
}

export const PHOTOS_INPUT = "photos";

/**
 * One ONNX file that labels photos as the app does. Input: `photos`, uint8. Outputs: `labels`, int64 `[n, top]`,
 * indices into the labels of the metadata, best first and padded with −1; and `scores`, float32 `[n, top]`, their
 * confidences.
 *
 * Without detectors, photos are `[n, size, size, 3]`, prepared for the visual model. With detectors, the input is one
 * whole photo of any size, `[1, h, w, 3]`, and the graph resizes it for the visual model and the detectors. The
 * metadata describe the pixels and the labels; see docs/labeller.md.
 * @returns the file, and the fingerprint that its results carry
 * @throws RangeError from `extendedGraph`, or when a network that needs JPEG-compressed pixels is to be combined with
 * detectors, which a graph can't do
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
      "the network needs photos compressed as JPEG, which a graph can't do for a photo that " +
        "detectors use too; export it without objects and faces",
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

/** The detectors that concepts need, each once. */
export const detectorsOf = (concepts: readonly ConceptGroup[]): PackDetector[] =>
  concepts.flatMap(({ source }) => (source.kind === "objects" || source.kind === "portrait" ? [source.detector] : []));

const prefixOf = (detector: number): string => `detector ${detector}/`;

/** The input, and what is computed from the whole photo. */
interface InputParts {
  input: Value;
  whole: WholePhoto;
}

function composeSquareInput(g: Composition, pack: Pack): InputParts {
  const { size } = pack.preprocess;
  composeInput(g, PHOTOS_INPUT, pack);
  return {
    input: { name: PHOTOS_INPUT, type: TYPE.uint8, dims: [pack.batch ?? "n", size, size, 3] },
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
 * Factor on guesses when cutting to the maximum kept per photo, so that they come last; a power of two, which keeps all
 * digits.
 */
const GUESS_WEIGHT = 2 ** -200;

/** Orders and cuts labels as `rankLabels`, `predict` and the view `shown` do in sequence. */
function composeRanking(
  g: Composition,
  { confidence, worth, candidates }: EvidenceValues,
  { bars, rules, top }: Cut,
): void {
  const L = bars.length;
  const most = Math.min(rules.most, L);
  const number = (value: number) => g.constant(Float64Array.of(value), [1, 1]);
  const least = (value: string, bar: string) => g.node("Not", [g.node("Less", [value, bar])]);
  const element = (value: string, at: string) => g.node("GatherElements", [value, at], { axis: 1 });

  const nothing = g.constant(Float32Array.of(0), [1, 1]);
  const kept = g.node("And", [g.node("Less", [nothing, candidates]), least(confidence, number(rules.keptFrom))]);
  const isLikely = g.node("Less", [number(EVEN_CHANCE), confidence]);
  const likelyFirst = g.node("Where", [isLikely, worth, g.node("Mul", [worth, number(GUESS_WEIGHT)])]);
  const chosen = g.largest(g.node("Where", [kept, likelyFirst, number(-1)]), most);
  const isChosen = g.node("And", [kept, g.node("Less", [nothing, marked(g, candidates, chosen.indices)])]);
  const best = g.largest(g.node("Where", [isChosen, worth, number(-1)]), most);
  const confidences = element(confidence, best.indices);
  const bar = g.node("Gather", [g.constant(bars, [L]), best.indices], { axis: 0 });
  const shown = g.node("And", [least(best.values, number(0)), least(confidences, bar)]);

  // Shown labels move up and keep their order.
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
