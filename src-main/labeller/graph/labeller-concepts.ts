import {
  type BoxLogistic,
  MIN_AREA,
  MIN_PEOPLE_CONFIDENCE,
  NO_PERSON_LOG_ODDS,
  PEOPLE_GROUPS,
  PORTRAIT,
  SCORE_BOUNDS,
} from "../../devise/concepts";
import type { Composition } from "../../vision/onnx-compose";
import { TYPE } from "../../vision/onnx-messages";
import type { PackDetector } from "../../vision/pack-detectors";
import type { PackScenes } from "../../vision/pack-scenes";
import type { ConceptSource } from "../concept-source";
import {
  columns,
  complement,
  composeCapGuess,
  highest,
  logisticOf,
  logOdds,
  rounded,
  times,
  transposed,
} from "./labeller-arithmetic";
import { composeDerived } from "./labeller-derived";
import type { LightValues } from "./labeller-light";
import { unitLength, type VisualValues } from "./labeller-visual-output";

/** Names of concept scores in the graph, `[n, W]` doubles each: the counterpart of `ConceptScores`. */
export interface ConceptValues {
  right: string;
  said: string;
}

/** Names of a detector's outputs in the graph; see `PackDetector`. */
export interface DetectorValues {
  boxes: string;
  scores: string;
  classes: string;
}

/** Minimum length of a detector's output, padded if necessary, for concepts that need several boxes. */
const MIN_BOXES = Math.max(...PEOPLE_GROUPS.map(({ least }) => least));

/** The concepts of one source, and for each the numbers of the labels that are it or a hypernym of it. */
export interface ConceptGroup {
  source: ConceptSource;
  over: Int32Array[];
}

/** Values computed from the whole photo; available if the exported labeller takes whole photos. */
export interface WholePhoto {
  /** The detectors in the graph, by id. */
  detectors: ReadonlyMap<string, DetectorValues>;
  /** Null if the graph does not see the whole photo. */
  light: LightValues | null;
}

/**
 * The probability that a photo shows each concept, and that a person would mention it; see `conceptBank`. With
 * detectors, n is 1.
 * @returns null if there are no concepts; `over` for those that can be computed
 */
export function composeConcepts(
  g: Composition,
  seen: VisualValues,
  looked: readonly ConceptGroup[],
  { detectors, light }: WholePhoto,
): (ConceptValues & { over: Int32Array[] }) | null {
  const found = new Map(Array.from(detectors, ([id, outputs]) => [id, composeFound(g, outputs)]));
  // Scenes are concepts and other concepts derive from them, so compute them once.
  const bySource = new Map<PackScenes, string>();
  const probabilitiesOf = (scenes: PackScenes) => {
    const known = bySource.get(scenes) ?? sceneProbabilities(g, seen.features, scenes);
    bySource.set(scenes, known);
    return known;
  };
  const parts = looked
    .map(({ source, over }) => {
      if (source.kind === "scenes") return { ...composeScenes(g, probabilitiesOf(source.scenes), source), over };
      if (source.kind === "derived")
        return composeDerived(g, source, over, {
          scenes: probabilitiesOf(source.scenes),
          light,
          vehicle: () => {
            const boxes = source.vehicles && found.get(source.vehicles.detector.id);
            return boxes ? composeLikeliest(g, boxes, source.vehicles!) : null;
          },
        });
      const boxes = found.get(source.detector.id)!;
      return { ...(source.kind === "objects" ? composeObjects(g, boxes, source) : composePortrait(g, boxes)), over };
    })
    .filter((part) => part.over.length > 0);
  if (parts.length === 0) return null;
  const joined = (of: keyof ConceptValues) =>
    g.node(
      "Concat",
      parts.map((part) => part[of]),
      { axis: 1 },
    );
  return { right: joined("right"), said: joined("said"), over: parts.flatMap(({ over }) => over) };
}

/** Boxes as doubles, padded with empty ones: corners within the photo, scores and classes. */
interface FoundValues {
  /** `[1, k, 4]` */
  boxes: string;
  /** `[1, k]`, 0 where there is no box */
  scores: string;
  /** `[1, k]` int64 */
  classes: string;
}

function composeFound(g: Composition, { boxes, scores, classes }: DetectorValues): FoundValues {
  const corner = (at: number) => g.constant(Float32Array.of(at), [1, 1, 1]);
  const within = g.node("Max", [g.node("Min", [boxes, corner(1)]), corner(0)]);
  const none = (width: number[]) => new Float32Array(width.reduce((a, b) => a * b, 1));
  const padded = (value: string, more: string) => g.node("Concat", [value, more], { axis: 1 });
  return {
    boxes: g.node("Cast", [padded(within, g.constant(none([MIN_BOXES, 4]), [1, MIN_BOXES, 4]))], {
      to: TYPE.double,
    }),
    scores: g.node("Cast", [padded(scores, g.constant(none([MIN_BOXES]), [1, MIN_BOXES]))], { to: TYPE.double }),
    classes: padded(classes, g.constant(new BigInt64Array(MIN_BOXES), [1, MIN_BOXES])),
  };
}

/** One side of every box, `[1, k]`: 0 left, 1 top, 2 right, 3 bottom. */
const side = (g: Composition, { boxes }: FoundValues, at: number): string =>
  g.node("Gather", [boxes, g.constant(BigInt64Array.of(BigInt(at)), [])], { axis: 2 });

const number = (g: Composition, value: number): string => g.constant(Float64Array.of(value), [1, 1]);

/** `[1, k]` whether there is a box. */
const isThere = (g: Composition, { scores }: FoundValues): string => g.node("Less", [number(g, 0), scores]);

/** `[1, k]` log-odds of boxes; see `boxLogOdds`. @param O number of classes */
function composeBoxOdds(g: Composition, found: FoundValues, { score, area, biases }: BoxLogistic, O: number): string {
  const extent = (from: number, to: number) => g.node("Sub", [side(g, found, to), side(g, found, from)]);
  const share = g.node("Mul", [extent(0, 2), extent(1, 3)]);
  const within = g.node("Min", [g.node("Max", [share, number(g, MIN_AREA)]), number(g, 1)]);
  const sure = g.node("Min", [g.node("Max", [found.scores, number(g, SCORE_BOUNDS[0])]), number(g, SCORE_BOUNDS[1])]);
  const bias = g.node(
    "Gather",
    [
      g.constant(
        Float64Array.from({ length: O }, (_, c) => biases[c] ?? 0),
        [O],
      ),
      found.classes,
    ],
    { axis: 0 },
  );
  return g.node("Add", [
    g.node("Add", [times(g, logOdds(g, sure), score), times(g, g.node("Log", [within]), area)]),
    bias,
  ]);
}

/** See `objectScores` and `peopleScores`: O classes, followed by groups of people if one of them is person. */
function composeObjects(
  g: Composition,
  found: FoundValues,
  { detector, confidence, person }: ConceptSource & { kind: "objects" },
): ConceptValues {
  const O = detector.classes.length;
  const rows = (value: string) => g.node("Reshape", [value, g.constant(BigInt64Array.of(1n, -1n, 1n), [3])]);
  const isOf = g.node("Equal", [
    rows(found.classes),
    g.constant(
      BigInt64Array.from({ length: O }, (_, c) => BigInt(c)),
      [1, 1, O],
    ),
  ]);
  const there = isThere(g, found);
  const isOne = g.node("And", [rows(there), isOf]);
  const likeliest = (odds: string) =>
    rounded(
      g,
      highest(g, g.node("Where", [isOne, rows(g.node("Sigmoid", [odds])), g.constant(Float64Array.of(0), [1, 1, 1])])),
    );
  const right = composeBoxOdds(g, found, confidence.right, O);
  const each = { right: likeliest(right), said: likeliest(composeBoxOdds(g, found, confidence.said, O)) };
  if (person < 0) return each;

  const isPerson = g.node("And", [
    there,
    g.node("Equal", [found.classes, g.constant(BigInt64Array.of(BigInt(person)), [1, 1])]),
  ]);
  const surest = g.largest(
    g.node("Where", [isPerson, g.node("Max", [right, number(g, NO_PERSON_LOG_ODDS)]), number(g, NO_PERSON_LOG_ODDS)]),
    MIN_BOXES,
  );
  const people = rounded(
    g,
    g.node(
      "Concat",
      PEOPLE_GROUPS.map(({ least }, i) =>
        logisticOf(g, confidence.people[i], [columns(g, surest.values, [least - 1])]),
      ),
      { axis: 1 },
    ),
  );
  const both = (a: string, b: string) => g.node("Concat", [a, b], { axis: 1 });
  return {
    right: both(each.right, people),
    said: both(each.said, rounded(g, composeCapGuess(g, people, [MIN_PEOPLE_CONFIDENCE]))),
  };
}

/** `[1, 1]` probability of the most probable box of these classes. */
function composeLikeliest(
  g: Composition,
  found: FoundValues,
  { detector, classes, right }: { detector: PackDetector; classes: number[]; right: BoxLogistic },
): string {
  const O = detector.classes.length;
  const isOne = g.constant(
    Float32Array.from({ length: O }, (_, c) => Number(classes.includes(c))),
    [O],
  );
  const isOf = g.node("Less", [
    g.constant(Float32Array.of(0), [1, 1]),
    g.node("Gather", [isOne, found.classes], { axis: 0 }),
  ]);
  const sure = g.node("Sigmoid", [composeBoxOdds(g, found, right, O)]);
  return g.largest(g.node("Where", [g.node("And", [isThere(g, found), isOf]), sure, number(g, 0)]), 1).values;
}

/** `[1, 1]`; see `portraitScore`. */
function composePortrait(g: Composition, found: FoundValues): ConceptValues {
  const height = columns(g, g.node("Sub", [side(g, found, 3), side(g, found, 1)]), [0]);
  const large = logisticOf(g, { bias: -PORTRAIT.steepness * PORTRAIT.height, weights: [PORTRAIT.steepness] }, [height]);
  const alone = complement(g, columns(g, found.scores, [1]));
  const right = rounded(g, g.node("Mul", [g.node("Mul", [columns(g, found.scores, [0]), alone]), large]));
  return { right, said: rounded(g, composeCapGuess(g, right, [MIN_PEOPLE_CONFIDENCE])) };
}

/** `[n, S]`; see `sceneProbabilities` in devise/scenes.ts. @param features `[n, D]` */
function sceneProbabilities(
  g: Composition,
  features: string,
  { classes: { length: S }, centre, weights, bias }: PackScenes,
): string {
  const D = centre.length;
  const roots = g.node("Sqrt", [g.node("Max", [features, g.constant(Float32Array.of(0), [1, 1])])]);
  const rows = unitLength(g, g.node("Sub", [roots, g.constant(centre, [1, D])]), D);
  const products = g.node("Cast", [g.node("MatMul", [rows, g.constant(transposed(weights, D), [D, S])])], {
    to: TYPE.double,
  });
  return rounded(g, g.node("Sigmoid", [g.node("Add", [products, g.constant(Float64Array.from(bias), [1, S])])]));
}

/** @param right from `sceneProbabilities` */
function composeScenes(
  g: Composition,
  right: string,
  { scenes, said }: ConceptSource & { kind: "scenes" },
): ConceptValues {
  const S = scenes.classes.length;
  const per = (of: (scene: number) => number) =>
    g.constant(
      Float64Array.from({ length: S }, (_, s) => of(s)),
      [1, S],
    );
  const wouldSay = said
    ? g.node("Sigmoid", [
        g.node("Add", [g.node("Mul", [logOdds(g, right), per((s) => said[s].weights[0])]), per((s) => said[s].bias)]),
      ])
    : right;
  return {
    right,
    said: rounded(
      g,
      composeCapGuess(
        g,
        wouldSay,
        scenes.classes.map(({ from }) => from),
      ),
    ),
  };
}
