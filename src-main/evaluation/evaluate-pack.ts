import type { LabelId, MethodName } from "../../src-shared/contract";
import type { FitSettings } from "../devise/fit";
import { labelVectors } from "../labeller/label-space";
import type { Lexicon } from "../labeller/lexicon";
import { type Fit, readProjection } from "../labeller/pack-projection";
import { randomEmbedding } from "../math/random";
import { takeRows } from "../math/take-rows";
import { type Pack, readPrototypes } from "../vision/pack";
import { cachedFit } from "./fit-cache";
import {
  type Candidates,
  type ClassifierOutputs,
  conse,
  type Method,
  nearestWords,
  randomWords,
  softmaxBaseline,
  softmaxOver,
} from "./methods";
import { scoreMethods, type ScoresBySetting } from "./score";
import { semblanceMethod } from "./semblance-method";
import { settingsOf } from "./settings";
import { type LabelledFeatures, settingsFor, trainingData, withRandomWords } from "./training-data";

export interface EvaluationQuery {
  /** Photos to rank, with logits `[n, C]` over all of the pack's classes. */
  photos: LabelledFeatures & { logits: Float32Array };
  /** Photos to fit projections on in addition to the prototypes, with logits likewise. */
  training: (LabelledFeatures & { logits: Float32Array }) | null;
  /** Classes to remove from the visual model and from the fits, so that their photos are unseen. */
  heldOut: LabelId[];
  /** Candidates that are not classes; the photos' own labels that are not classes are always included. */
  unseen: LabelId[] | null;
  /** Further candidates for the generalised settings. */
  beside: LabelId[];
  /** Overrides for the fits' settings. */
  settings: Partial<FitSettings>;
}

export interface PackEvaluation {
  methods: Record<MethodName, ScoresBySetting>;
  /** Number of labels in each setting. */
  candidates: Record<keyof ScoresBySetting, number>;
  /** What DeViSE's projection was fitted on, and what its ablations were. */
  fitted: { devise: string; others: string };
}

export interface Evaluator {
  home: string;
  lexicon: Lexicon;
  pack: Pack;
  classLabels: LabelId[];
  fit: Fit;
}

/**
 * Scores the paper's methods and Semblance's own on photos. DeViSE uses the pack's projection, unless there are photos
 * to fit one on or classes to hold out; its ablations are then fitted in the same way, otherwise on the prototypes.
 * @throws Refusal `bad-training`, or the reason `signal` was aborted with
 */
export async function evaluatePack(
  { home, lexicon, pack, classLabels, fit }: Evaluator,
  query: EvaluationQuery,
  {
    signal,
    onPhase,
    onProgress,
  }: {
    signal?: AbortSignal;
    onPhase?: (doing: string) => void;
    onProgress?: (done: number, total: number) => void;
  } = {},
): Promise<PackEvaluation> {
  const {
    vocabulary: { dimensions: E, id: wordsId },
    wordnet,
    vectorOf,
  } = lexicon;
  const D = pack.dimensions;
  const heldOut = new Set(query.heldOut);
  const kept = Array.from(classLabels.keys()).filter((c) => !heldOut.has(classLabels[c]));
  const prototypes = readPrototypes(pack).vectors;
  const data = trainingData({
    pack,
    prototypes,
    classLabels,
    photos: query.training,
    heldOut,
    vectorOf,
    wordDimensions: E,
    wordnet,
  });
  const settings: FitSettings = { ...settingsFor(query.training), ...query.settings };
  const fresh = query.training !== null || heldOut.size > 0;
  const own = fresh ? null : readProjection(pack, wordsId, E, home);
  const saying =
    (name: string): Fit =>
    (on, by) => {
      onPhase?.(`fitting ${name}, step`);
      onProgress?.(0, by.steps);
      return fit(on, by);
    };
  const M = own?.M ?? (await cachedFit(home, data, settings, saying("DeViSE")));
  signal?.throwIfAborted();
  const l2 = await cachedFit(home, data, { ...settings, loss: "l2" }, saying("L2"));
  signal?.throwIfAborted();
  const randomM = await cachedFit(home, withRandomWords(data, settings.seed), settings, saying("the random embedding"));
  signal?.throwIfAborted();

  const known = kept.map((c) => classLabels[c]);
  const found: ClassifierOutputs = {
    features: query.photos.features,
    probabilities: softmaxOver(query.photos.logits, pack.classes.length, kept),
  };
  const classVectors = labelVectors(known, vectorOf, E);
  const fittedOn = query.training && trainingOutputs(query.training, heldOut, kept, pack);
  const methods: Record<MethodName, Method> = {
    softmax: softmaxBaseline(found, kept.length),
    devise: nearestWords(found, M, D),
    random: randomWords(found, randomM, D, (label) => randomEmbedding(label, E, settings.seed)),
    l2: nearestWords(found, l2, D),
    conse: conse(found, classVectors, E),
    semblance: semblanceMethod({
      found,
      training: fittedOn,
      M,
      prototypes: takeRows(prototypes, D, kept),
      classLabels: known,
      classVectors,
      dimensions: D,
      vectorOf,
      wordnet,
    }),
  };
  onPhase?.("comparing rankings");
  const all = settingsOf(query.photos.labels, known, query.unseen, query.beside);
  const scores = await scoreMethods(methods, {
    settings: all,
    truths: query.photos.labels,
    wordnet,
    signal,
    onProgress,
    candidatesOf: (labels) => candidatesOf(labels, known, vectorOf, E),
  });
  const on = `${data.prototypesUsed} prototypes${data.photosUsed > 0 ? ` and ${data.photosUsed} photos` : ""}, ${settings.steps} steps`;
  const count = (name: keyof ScoresBySetting) => all[name].labels.length;
  return {
    methods: scores,
    fitted: { devise: own ? "the pack's own projection" : on, others: on },
    candidates: {
      seen: count("seen"),
      unseen: count("unseen"),
      generalised: count("generalised"),
      generalisedSeen: count("generalisedSeen"),
    },
  };
}

/** Training photos of the classes that are not held out. */
function trainingOutputs(
  { features, logits, labels }: LabelledFeatures & { logits: Float32Array },
  heldOut: ReadonlySet<LabelId>,
  kept: number[],
  { dimensions: D, classes: { length: C } }: Pack,
): ClassifierOutputs {
  const rows = Array.from(labels.keys()).filter((i) => !heldOut.has(labels[i]));
  return { features: takeRows(features, D, rows), probabilities: softmaxOver(takeRows(logits, C, rows), C, kept) };
}

function candidatesOf(
  labels: readonly LabelId[],
  known: readonly LabelId[],
  vectorOf: Lexicon["vectorOf"],
  E: number,
): Candidates {
  const classes = Map.groupBy(known.keys(), (c) => known[c]);
  return {
    labels,
    vectors: labelVectors(labels, vectorOf, E),
    classes: labels.map((label) => Int32Array.from(classes.get(label) ?? [])),
  };
}
