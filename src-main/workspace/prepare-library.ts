import { createHash } from "node:crypto";
import type { LabelId, ModelId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { readOrFallback } from "../base/fallback";
import type { Confidence } from "../devise/ranking-numbers";
import { TOWER_CONFIDENCE } from "../devise/tower-classes";
import { UNCALIBRATED } from "../devise/uncalibrated";
import { conceptBank } from "../labeller/concept-bank";
import { createRanker, type LabelRanker } from "../labeller/label-ranker";
import type { LongWork } from "../labeller/label-rows";
import type { Lexicon } from "../labeller/lexicon";
import { classLabelsOf } from "../labeller/pack-labels";
import {
  type Fit,
  localProjectionFolder,
  type PackProjection,
  PROTOTYPE_FIT,
  prototypeData,
  readProjection,
  writeProjection,
} from "../labeller/pack-projection";
import { packSpace } from "../labeller/pack-space";
import { createSemanticIndex } from "../labeller/semantic-index";
import { toStoredConfidence } from "../labeller/stored-confidence";
import { type Store } from "../store/database";
import { addModel, currentModel, latestModel, type Model, modelOf, useModel } from "../store/models";
import { markOthersStale } from "../store/predictions";
import { DEFAULT_SETTINGS, settingsOf } from "../store/settings";
import { MIN_STORED_SCORE } from "../store/shown-labels";
import { type Pack, readPrototypes } from "../vision/pack";
import type { TextTower } from "../vision/text-tower";
import type { NamedPack } from "./choose-pack";
import type { LibraryCaches } from "./library-caches";
import { estimateLibraryPrior } from "./library-prior";
import { prepareTower } from "./library-tower";
import { type OpenLibrary, type PackLibrary, requirePack } from "./open-library";
import {
  fitFewShotLabels,
  type LabelExamples,
  learnableExamples,
  ownVectors,
  storedExamples,
} from "./training-examples";

/** Prepares a library for labelling with a pack: finds its model for that pack, or adds the base model. */
export async function prepareLibrary(
  store: Store,
  lexicon: Lexicon,
  caches: LibraryCaches,
  pack: Pack,
  parts: PackParts,
  notices: string[] = [],
  better: NamedPack | null = null,
): Promise<OpenLibrary> {
  const seen = await seenThroughPack(store, lexicon, pack, parts, notices);
  const model = modelFor(store, lexicon, pack, seen.baseProjection);
  const library = { ...seen, caches, isPackMissing: false, better, model } as OpenLibrary;
  await reloadRanker(library);
  return library;
}

/** What computes what a pack needs before it can label. */
export interface PackParts {
  /** Fits a projection if the pack has none; the result is saved for next time. */
  fit: Fit;
  /** The pack's text tower, if it has one. */
  text: TextTower;
  /** Runs the embedding of labels, which can take minutes for a new pack. */
  within: LongWork;
}

/** Reads what a pack labels a library with. Changes no label in the library. */
export async function seenThroughPack(
  store: Store,
  lexicon: Lexicon,
  pack: Pack,
  { fit, text, within }: PackParts,
  notices: string[],
): Promise<PackLibrary> {
  const classLabels = classLabelsIn(store, lexicon, pack, notices);
  const embedded = pack.text ? await prepareTower({ store, lexicon, pack, text, classLabels }, within) : null;
  const known = embedded ? { vectors: embedded.rows, from: "text tower" } : readPrototypes(pack);
  const prototypes = known.vectors;
  const baseProjection = await firstProjection(store.home, lexicon, pack, prototypes, classLabels, fit);
  return {
    store,
    lexicon,
    pack,
    baseProjection,
    prototypes,
    space: packSpace(pack, known),
    classLabels,
    tower: embedded?.tower ?? null,
    concepts: conceptBank(pack, lexicon, baseProjection.confidence),
    notices,
  };
}

async function firstProjection(
  home: string,
  lexicon: Lexicon,
  pack: Pack,
  prototypes: Float32Array,
  classLabels: LabelId[],
  fit: Fit,
): Promise<PackProjection> {
  const { id, dimensions } = lexicon.vocabulary;
  const stored = readProjection(pack, id, dimensions, home);
  if (stored) return stored;
  const begun = performance.now();
  // A list of the user's own labels may have no words to learn from; search by the tower needs none.
  if (pack.text && classLabels.filter((label) => lexicon.vectorOf(label) !== null).length < 2)
    return {
      M: new Float32Array(dimensions * pack.dimensions),
      confidence: TOWER_CONFIDENCE,
      settings: PROTOTYPE_FIT,
      seconds: 0,
    };
  const { M } = await fit(prototypeData(pack, prototypes, classLabels, lexicon.vectorOf, dimensions), PROTOTYPE_FIT);
  const fitted = {
    M,
    confidence: pack.text ? TOWER_CONFIDENCE : UNCALIBRATED,
    settings: PROTOTYPE_FIT,
    seconds: (performance.now() - begun) / 1000,
  };
  writeProjection(localProjectionFolder(home, pack, id), pack, id, fitted);
  return fitted;
}

/** The library's current model of this pack, or else its latest, or else the base model, which is added. */
function modelFor(store: Store, lexicon: Lexicon, pack: Pack, baseProjection: PackProjection): Model {
  const { id: wordsId, dimensions: E } = lexicon.vocabulary;
  const stored = latestModel(store, pack.visualId, wordsId);
  if (stored?.current) return stored;
  const model =
    stored?.model ??
    addModel(store, {
      kind: "bundled",
      visualId: pack.visualId,
      wordsId,
      projection: baseProjection.M,
      E,
      D: pack.dimensions,
      settings: { ...baseProjection.settings },
      verdicts: 0,
      loss: null,
      seconds: baseProjection.seconds,
    });
  useModel(store, model);
  return latestModel(store, pack.visualId, wordsId)!;
}

/** As `classLabelsOf`, of the library's label set; of everyday labels if that can't be read, which `labelSetOf` reports. */
function classLabelsIn(store: Store, lexicon: Lexicon, pack: Pack, notices: string[]): LabelId[] {
  if (!pack.text) return classLabelsOf(pack, lexicon);
  return readOrFallback(
    (set) => classLabelsOf(pack, lexicon, set),
    settingsOf(store).labelSet,
    DEFAULT_SETTINGS.labelSet,
    notices,
  );
}

const labelSetOf = ({ store, lexicon, classLabels, notices }: PackLibrary) =>
  readOrFallback(
    (name) => lexicon.labelSet(name, classLabels),
    settingsOf(store).labelSet,
    DEFAULT_SETTINGS.labelSet,
    notices,
  );

/** A ranker for the labels in use, from a projection and training examples. */
export function rankerFor(library: PackLibrary, M: Float32Array, examples: LabelExamples[]): LabelRanker {
  const { lexicon, pack, prototypes, classLabels, concepts } = library;
  const parts = {
    M,
    confidence: library.baseProjection.confidence,
    prototypes,
    classLabels,
    dimensions: pack.dimensions,
    wordnet: lexicon.wordnet,
    conceptLabels: concepts?.labels,
    sceneLabels: concepts?.scenes,
    counted: concepts?.counted,
    overlapping: library.tower?.scores.kind === "siglip",
  };
  // An own label's vector is the mean embedding of its photos, so those are needed first.
  const own = ownVectors(library, createRanker({ ...parts, labels: [], vectorOf: lexicon.vectorOf }), examples);
  return createRanker({
    ...parts,
    labels: [...new Set([...labelSetOf(library).labels, ...learnableExamples(examples).map(({ label }) => label)])],
    vectorOf: (label) => own.get(label) ?? lexicon.vectorOf(label),
    fewShot: fitFewShotLabels(library, examples),
  });
}

const modelInUse = ({ store, pack, lexicon, isPackMissing }: OpenLibrary): Model =>
  (isPackMissing ? currentModel(store) : latestModel(store, pack.visualId, lexicon.vocabulary.id))!;

/** Rebuilds the ranker and the semantic index from the current model, its training examples and the label set. */
export async function reloadRanker(library: OpenLibrary): Promise<void> {
  const { store, lexicon, pack, classLabels, isPackMissing } = library;
  const model = modelInUse(library);
  const set = labelSetOf(library);
  const ranker = isPackMissing
    ? rankerFor(library, library.baseProjection.M, [])
    : rankerFor(library, model.projection, storedExamples(model.settings));
  // Photos may be being labelled right now; they continue with the old ranker until the new one is ready.
  if (library.ranker) await ranker.prepare();
  // The model changed meanwhile; whoever changed it reloads the ranker too.
  if (modelInUse(library).model !== model.model) return;
  const share = library.share ?? estimateLibraryPrior(store, pack.visualId, ranker);
  if (!isPackMissing) markOthersStale(store, rulesOf(library.baseProjection.confidence, ranker, share));
  library.share = share;
  library.model = model;
  library.ranker = ranker;
  library.labelSet = { name: set.name, size: set.labels.length };
  library.semanticIndex = createSemanticIndex(
    lexicon.vocabulary.dimensions,
    classLabels.length,
    library.concepts?.labels.length,
    library.tower && { scores: library.tower.scores, rows: library.prototypes, D: pack.dimensions },
  );
}

/**
 * Estimates the library's prior again after photos were added or removed.
 * @returns whether all photos must be ranked again, because confidences have changed
 */
export function updateLibraryPrior(library: OpenLibrary): boolean {
  const { store, pack, ranker } = library;
  const share = estimateLibraryPrior(store, pack.visualId, ranker);
  if (share === library.share) return false;
  library.share = share;
  markOthersStale(store, rulesOf(library.baseProjection.confidence, ranker, share));
  return true;
}

/**
 * Hash of what predictions depend on besides the model. When it changes, for example after the label set was edited,
 * predictions are made again.
 */
const rulesOf = (confidence: Confidence, { labels }: LabelRanker, share: number): string =>
  createHash("sha256")
    .update(JSON.stringify([labels, MIN_STORED_SCORE, toStoredConfidence(confidence), share]))
    .digest("hex");

/** Switches to another model; `rankPhotos` then updates the labels. @throws Refusal `no-model`, `pack-gone` */
export async function changeModel(library: OpenLibrary, model: ModelId): Promise<void> {
  const { store, pack, lexicon } = library;
  const { visualId, wordsId } = modelOf(store, model);
  requirePack(library);
  if (visualId !== pack.visualId || wordsId !== lexicon.vocabulary.id) {
    throw new Refusal(
      "no-model",
      `Version ${model} needs another pack or vocabulary than the current ones, ${pack.name} and ${lexicon.vocabulary.id}.`,
    );
  }
  useModel(store, model);
  await reloadRanker(library);
}
