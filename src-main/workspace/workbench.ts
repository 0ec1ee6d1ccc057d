import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { LabelId, ModelId, PhotoId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import type { JobHandle } from "../base/jobs";
import { standingIn } from "../base/standing-in";
import type { FeatureSpace } from "../devise/feature-space";
import { shiftedTo } from "../devise/known-share";
import type { Seen } from "../devise/places";
import type { Confidence } from "../devise/ranking";
import { UNCALIBRATED } from "../devise/uncalibrated";
import { type ConceptBank, conceptBank } from "../labeller/concept-bank";
import { createLabeller, type Labeller } from "../labeller/labeller";
import type { Lexicon } from "../labeller/lexicon";
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
import { createPhotoPlaces, type PhotoPlaces } from "../labeller/photo-places";
import { type Library } from "../store/database";
import { photosWithFeatures } from "../store/features";
import { addModel, currentModel, latestModel, type Model, modelOf, useModel } from "../store/models";
import { photosToRank, type Prediction, replacePredictions, unrankOthers } from "../store/predictions";
import { DEFAULT_SETTINGS, settingsOf } from "../store/settings";
import { KEPT_FROM } from "../store/shown";
import { type Pack, readPrototypes } from "../vision/pack";
import type { NamedPack } from "./choose-pack";
import { givenLabels, type Lesson, lessonsOf, ownVectors, teach } from "./lessons";
import { libraryShare } from "./library-share";
import { seenPhotos, withConcepts } from "./seen-photos";

/** An open library with all that labels it. Fields change when a model or a label set does. */
export interface Workbench {
  readonly library: Library;
  readonly lexicon: Lexicon;
  readonly pack: Pack;
  /** The pack's labels stay, but its files are gone: see kept-labels.ts. */
  readonly isPackGone: boolean;
  /** Would label the library better; null where nothing would. */
  readonly better: NamedPack | null;
  /** What the pack's projection was before any correction. */
  readonly first: PackProjection;
  /** `[C, D]` */
  readonly prototypes: Float32Array;
  /** In which labels are learned from few photos. */
  readonly space: FeatureSpace;
  /** `[C]` */
  readonly classLabels: LabelId[];
  /** What is looked for beside the classes; null where the pack looks for nothing else. */
  readonly concepts: ConceptBank | null;
  model: Model;
  labeller: Labeller;
  labelSet: { name: string; size: number };
  places: PhotoPlaces;
  /** Share of the library's photos that show a class of the visual model, as estimated when they were last ranked. */
  share: number;
  /** What stands in for what is gone, in words. */
  notices: string[];
}

/** Labels a photo carries at most by prediction. */
export const MOST_LABELS = 12;
/** Photos ranked between two breaths: some 15 ms. */
const CHUNK = 64;

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

/** The labels that a pack's classes are. */
export const classLabelsOf = (pack: Pack, lexicon: Lexicon): LabelId[] =>
  pack.classes.map(({ name, wnid }) => lexicon.classLabel({ name, wnid: wnid ?? undefined }));

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

/** @throws Refusal `pack-gone` where the pack that labelled the library is gone: what labels or learns needs it */
export function needsPack({ isPackGone, pack, better }: Workbench): void {
  if (isPackGone)
    throw new Refusal(
      "pack-gone",
      `${pack.title}, which labelled these photos, is no longer on this computer. Label them again with ${better!.pack.title} first.`,
    );
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

/**
 * Labels of photos, best first, down to what is kept; the labeller must be prepared. @param places `[n, E]` of the same
 * labeller
 */
export function predict(
  { share }: Workbench,
  labeller: Labeller,
  seen: Seen,
  places: Float32Array,
): { label: LabelId; confidence: number }[][] {
  const options = { threshold: KEPT_FROM, limit: MOST_LABELS };
  const odds = labeller.knownOdds(seen);
  return Array.from({ length: places.length / labeller.E }, (_, i) =>
    labeller.rank(seen, places, i, { ...options, share, shows: odds ? shiftedTo(share, odds[i]) : undefined }),
  );
}

/** Ranks and stores the labels of photos just seen; the labeller must be prepared. */
export function labelPhotos(bench: Workbench, photos: PhotoId[], looked: Seen): void {
  replacePredictions(bench.library, bench.model.model, rankSeen(bench, photos, looked));
}

/** Ranks the labels of photos just seen, and stores none; the labeller must be prepared. */
function rankSeen(bench: Workbench, photos: PhotoId[], looked: Seen): Prediction[] {
  const { labeller, places } = bench;
  const seen = looked.concepts ? looked : withConcepts(bench, photos, looked);
  const standing = labeller.placesOf(seen);
  places.put(photos, seen, standing);
  return predict(bench, labeller, seen, standing).map((ranked, i) => ({
    photo: photos[i],
    labels: ranked.map(({ label }) => label),
    scores: ranked.map(({ confidence }) => confidence),
  }));
}

/** The labels that the model in use gives every photo that was looked at; none is stored. */
export async function rankedAfresh(bench: Workbench, job: JobHandle): Promise<Prediction[]> {
  await bench.labeller.index();
  const rows: Prediction[] = [];
  await inChunks(bench, job, (photos) => {
    rows.push(...rankSeen(bench, photos, seenPhotos(bench, photos)));
  });
  return rows;
}

/**
 * Labels every photo that the model in use has not labelled; all others only find their place for searching.
 * @param first asked again and again for photos that come before all others
 * @param onFirst told when the first of them are labelled
 */
export async function rankPhotos(
  bench: Workbench,
  job: JobHandle,
  onLabelled: (photos: PhotoId[]) => void,
  first: () => PhotoId[] = () => [],
  onFirst?: () => void,
): Promise<number> {
  if (bench.isPackGone) return 0;
  const waiting = new Set(photosToRank(bench.library, bench.pack.visualId, bench.model.model));
  const total = waiting.size;
  if (total > 0) await bench.labeller.prepare();
  const label = (photos: PhotoId[]) => {
    if (photos.length === 0) return;
    for (const photo of photos) waiting.delete(photo);
    labelPhotos(bench, photos, seenPhotos(bench, photos));
    onLabelled(photos);
  };
  const labelFirst = async () => {
    for (let soon = soonest(first(), waiting); soon.length > 0; soon = soonest(first(), waiting)) {
      label(soon);
      await setImmediate();
      await job.breath();
    }
  };
  await labelFirst();
  onFirst?.();
  if (waiting.size > CHUNK) await bench.labeller.index();
  await inChunks(bench, job, async (photos) => {
    await labelFirst();
    place(
      bench,
      photos.filter((photo) => !waiting.has(photo) && !bench.places.has(photo)),
    );
    label(photos.filter((photo) => waiting.has(photo)));
  });
  return total;
}

/** The first chunk of photos that are wanted and wait, ascending as features are read. */
const soonest = (wanted: PhotoId[], waiting: ReadonlySet<PhotoId>): PhotoId[] =>
  [...new Set(wanted)]
    .filter((photo) => waiting.has(photo))
    .slice(0, CHUNK)
    .sort((a, b) => a - b);

/** Finds every photo's place for searching and changes no label. */
export const placePhotos = (bench: Workbench, job: JobHandle): Promise<void> =>
  inChunks(bench, job, (photos) => place(bench, photos));

function place(bench: Workbench, photos: PhotoId[]): void {
  const { labeller, places } = bench;
  if (photos.length === 0) return;
  const seen = seenPhotos(bench, photos);
  places.put(photos, seen, labeller.placesOf(seen));
}

async function inChunks(
  { library, pack }: Workbench,
  job: JobHandle,
  work: (photos: PhotoId[]) => Promise<void> | void,
): Promise<void> {
  const all = photosWithFeatures(library, pack.visualId);
  for (let from = 0; from < all.length; from += CHUNK) {
    job.progress(from, all.length);
    await work(all.slice(from, from + CHUNK));
    await setImmediate(); // calls are answered meanwhile
    await job.breath();
  }
  job.progress(all.length, all.length);
}

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

/** Takes up a changed label set; until photos are ranked by it they keep their labels. */
export const relabel = refresh;
