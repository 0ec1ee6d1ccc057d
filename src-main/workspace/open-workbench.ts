import { createHash } from "node:crypto";
import type { LabelId, ModelId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { standingIn } from "../base/standing-in";
import type { Confidence } from "../devise/ranking";
import { UNCALIBRATED } from "../devise/uncalibrated";
import { conceptBank } from "../labeller/concept-bank";
import { createLabeller, type Labeller } from "../labeller/labeller";
import type { Lexicon } from "../labeller/lexicon";
import { classLabelsOf } from "../labeller/pack-labels";
import {
  type Fit,
  keptFolder,
  type PackProjection,
  PROTOTYPE_FIT,
  prototypeData,
  readProjection,
  writeProjection,
} from "../labeller/pack-projection";
import { packSpace } from "../labeller/pack-space";
import { createPhotoPlaces } from "../labeller/photo-places";
import { type Library } from "../store/database";
import { addModel, currentModel, latestModel, type Model, modelOf, useModel } from "../store/models";
import { unrankOthers } from "../store/predictions";
import { DEFAULT_SETTINGS, settingsOf } from "../store/settings";
import { KEPT_FROM } from "../store/shown";
import { type Pack, readPrototypes } from "../vision/pack";
import type { NamedPack } from "./choose-pack";
import { givenLabels, type Lesson, lessonsOf, ownVectors, teach } from "./lessons";
import { libraryShare } from "./library-share";
import { needsPack, type Workbench } from "./workbench";

/**
 * Makes a library ready to be labelled with a pack: finds its model of that pack, or adds the pack's own.
 * @param fit fits a projection for a pack that has none; it is kept for the next time
 */
export async function openWorkbench(
  library: Library,
  lexicon: Lexicon,
  pack: Pack,
  fit: Fit,
  notices: string[] = [],
  better: NamedPack | null = null,
): Promise<Workbench> {
  const classLabels = classLabelsOf(pack, lexicon);
  const known = readPrototypes(pack);
  const prototypes = known.vectors;
  const first = await firstProjection(library.home, lexicon, pack, prototypes, classLabels, fit);
  const model = modelFor(library, lexicon, pack, first);
  const bench = {
    library,
    lexicon,
    pack,
    isPackGone: false,
    better,
    first,
    prototypes,
    space: packSpace(pack, known),
    classLabels,
    concepts: conceptBank(pack, lexicon, first.confidence),
    model,
    notices,
  } as Workbench;
  await refresh(bench);
  return bench;
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
  const there = readProjection(pack, id, dimensions, home);
  if (there) return there;
  const begun = performance.now();
  const { M } = await fit(prototypeData(pack, prototypes, classLabels, lexicon.vectorOf, dimensions), PROTOTYPE_FIT);
  const fitted = { M, confidence: UNCALIBRATED, settings: PROTOTYPE_FIT, seconds: (performance.now() - begun) / 1000 };
  writeProjection(keptFolder(home, pack, id), pack, id, fitted);
  return fitted;
}

/** The library's model of this pack in use, else its latest, else the pack's own, which becomes its first. */
function modelFor(library: Library, lexicon: Lexicon, pack: Pack, first: PackProjection): Model {
  const { id: wordsId, dimensions: E } = lexicon.vocabulary;
  const there = latestModel(library, pack.visualId, wordsId);
  if (there?.current) return there;
  const model =
    there?.model ??
    addModel(library, {
      kind: "bundled",
      visualId: pack.visualId,
      wordsId,
      projection: first.M,
      E,
      D: pack.dimensions,
      settings: { ...first.settings },
      verdicts: 0,
      loss: null,
      seconds: first.seconds,
    });
  useModel(library, model);
  return latestModel(library, pack.visualId, wordsId)!;
}

const labelSetOf = ({ library, lexicon, classLabels, notices }: Workbench) =>
  standingIn(
    (name) => lexicon.labelSet(name, classLabels),
    settingsOf(library).labelSet,
    DEFAULT_SETTINGS.labelSet,
    notices,
  );

/** Sets a projection and what was learned from photos against the labels in use. */
export function labellerOf(bench: Workbench, M: Float32Array, lessons: Lesson[]): Labeller {
  const { lexicon, pack, prototypes, classLabels, concepts } = bench;
  const parts = {
    M,
    confidence: bench.first.confidence,
    prototypes,
    classLabels,
    dimensions: pack.dimensions,
    wordnet: lexicon.wordnet,
    conceptLabels: concepts?.labels,
    sceneLabels: concepts?.scenes,
    counted: concepts?.counted,
  };
  // A label of the user's own stands where its photos stand, so their places must be known first.
  const own = ownVectors(bench, createLabeller({ ...parts, labels: [], vectorOf: lexicon.vectorOf }), lessons);
  return createLabeller({
    ...parts,
    labels: [...new Set([...labelSetOf(bench).labels, ...givenLabels(lessons).map(({ label }) => label)])],
    vectorOf: (label) => own.get(label) ?? lexicon.vectorOf(label),
    taught: teach(bench, lessons),
  });
}

const modelInUse = ({ library, pack, lexicon, isPackGone }: Workbench): Model =>
  (isPackGone ? currentModel(library) : latestModel(library, pack.visualId, lexicon.vocabulary.id))!;

/**
 * Makes the labeller and the photos' places anew from the model in use, the label set and what the model was taught.
 */
export async function refresh(bench: Workbench): Promise<void> {
  const { library, lexicon, pack, classLabels, isPackGone } = bench;
  const model = modelInUse(bench);
  const set = labelSetOf(bench);
  const labeller = isPackGone
    ? labellerOf(bench, bench.first.M, [])
    : labellerOf(bench, model.projection, lessonsOf(model.settings));
  // Photos may be labelled at this moment: those go on with the old labeller until the new one can take over.
  if (bench.labeller) await labeller.prepare();
  // another one was taken into use meanwhile, and is made ready by who did
  if (modelInUse(bench).model !== model.model) return;
  const share = bench.share ?? libraryShare(library, pack.visualId, labeller);
  if (!isPackGone) unrankOthers(library, rulesOf(bench.first.confidence, labeller, share));
  bench.share = share;
  bench.model = model;
  bench.labeller = labeller;
  bench.labelSet = { name: set.name, size: set.labels.length };
  bench.places = createPhotoPlaces(lexicon.vocabulary.dimensions, classLabels.length, bench.concepts?.labels.length);
}

/**
 * Looks again at how many of the library's photos show what the model knows, after photos came or went.
 * @returns whether all photos are to be ranked anew, because confidences are others now
 */
export function followShare(bench: Workbench): boolean {
  const { library, pack, labeller } = bench;
  const share = libraryShare(library, pack.visualId, labeller);
  if (share === bench.share) return false;
  bench.share = share;
  unrankOthers(library, rulesOf(bench.first.confidence, labeller, share));
  return true;
}

/**
 * What predictions depend on beside the model: when it changes, for example because the user's list of labels was
 * edited, they are made again.
 */
const rulesOf = (confidence: Confidence, { labels }: Labeller, share: number): string =>
  createHash("sha256")
    .update(JSON.stringify([labels, KEPT_FROM, confidence, share]))
    .digest("hex");

/** Takes another model into use; its labels follow with `rankPhotos`. @throws Refusal `no-model` */
export async function changeModel(bench: Workbench, model: ModelId): Promise<void> {
  const { library, pack, lexicon } = bench;
  const { visualId, wordsId } = modelOf(library, model);
  needsPack(bench);
  if (visualId !== pack.visualId || wordsId !== lexicon.vocabulary.id) {
    throw new Refusal(
      "no-model",
      `model ${model} was fitted to another model pack or vocabulary than ${pack.name} with ${lexicon.vocabulary.id}`,
    );
  }
  useModel(library, model);
  await refresh(bench);
}
