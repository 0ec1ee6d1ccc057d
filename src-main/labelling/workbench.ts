import { createHash } from "node:crypto";
import type { LabelId, ModelId, PhotoId } from "../../src-preload/contract";
import { shiftedTo } from "../devise/known-share";
import type { Seen } from "../devise/places";
import type { Confidence } from "../devise/ranking";
import { type Whitening, whiteningOf } from "../devise/scatter";
import { type Library } from "../library/database";
import { featuresOf, photosWithFeatures } from "../library/features";
import { addModel, latestModel, type Model, modelOf, useModel } from "../library/models";
import { photosToRank, replacePredictions, unrankOthers } from "../library/predictions";
import { DEFAULT_SETTINGS, settingsOf } from "../library/settings";
import { KEPT_FROM } from "../library/shown";
import type { JobHandle } from "../jobs/jobs";
import { Refusal } from "../refusal";
import { createPhotoPlaces, type PhotoPlaces } from "../search/photo-places";
import { type Pack, readPrototypes, readScatter } from "../vision/pack";
import { UNCALIBRATED } from "./calibrate";
import { createLabeller, type Labeller } from "./labeller";
import { lessonsOf, ownVectors, teach } from "./lessons";
import type { Lexicon } from "./lexicon";
import { libraryShare } from "./library-share";
import { standingIn } from "./standing-in";
import { type Fit, keptFolder, type PackProjection, prototypeData, PROTOTYPE_FIT, readProjection, writeProjection } from "./pack-projection";

/** An open library with all that labels it. Fields change when a model or a label set does. */
export interface Workbench {
  readonly library: Library;
  readonly lexicon: Lexicon;
  readonly pack: Pack;
  /** What the pack's projection was before any correction. */
  readonly first: PackProjection;
  /** `[C, D]` */
  readonly prototypes: Float32Array;
  /** By how the pack's features scatter within classes; null where the pack does not say. */
  readonly whitening: Whitening | null;
  /** `[C]` */
  readonly classLabels: LabelId[];
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
const MOST_LABELS = 12;
/** Photos ranked between two breaths. */
const CHUNK = 500;

/**
 * Makes a library ready to be labelled with a pack: finds its model of that pack, or adds the pack's own.
 * @param fit fits a projection for a pack that has none; it is kept for the next time
 */
export async function openWorkbench(library: Library, lexicon: Lexicon, pack: Pack, fit: Fit, notices: string[] = []): Promise<Workbench> {
  const classLabels = classLabelsOf(pack, lexicon);
  const prototypes = readPrototypes(pack).vectors;
  const first = await firstProjection(library.home, lexicon, pack, prototypes, classLabels, fit);
  const model = modelFor(library, lexicon, pack, first);
  const scatter = readScatter(pack);
  const whitening = scatter && whiteningOf(scatter, pack.dimensions);
  const bench = { library, lexicon, pack, first, prototypes, whitening, classLabels, model, notices } as Workbench;
  await refresh(bench);
  return bench;
}

/** The labels that a pack's classes are. */
export const classLabelsOf = (pack: Pack, lexicon: Lexicon): LabelId[] => pack.classes.map(({ name, wnid }) => lexicon.classLabel({ name, wnid: wnid ?? undefined }));

async function firstProjection(home: string, lexicon: Lexicon, pack: Pack, prototypes: Float32Array, classLabels: LabelId[], fit: Fit): Promise<PackProjection> {
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
  const model = there?.model ?? addModel(library, {
    kind: "bundled", visualId: pack.visualId, wordsId, projection: first.M, E, D: pack.dimensions,
    settings: { ...first.settings }, verdicts: 0, loss: null, seconds: first.seconds,
  });
  useModel(library, model);
  return latestModel(library, pack.visualId, wordsId)!;
}

/** Makes the labeller and the photos' places anew from the model in use, the label set and what the model was taught. */
export async function refresh(bench: Workbench): Promise<void> {
  const { library, lexicon, pack, prototypes, classLabels } = bench;
  const model = latestModel(library, pack.visualId, lexicon.vocabulary.id)!;
  const { labelSet } = settingsOf(library);
  const set = standingIn((name) => lexicon.labelSet(name, classLabels), labelSet, DEFAULT_SETTINGS.labelSet, bench.notices);
  const lessons = lessonsOf(model.settings);
  const parts = { M: model.projection, confidence: bench.first.confidence, prototypes, classLabels, dimensions: pack.dimensions, wordnet: lexicon.wordnet };
  // A label of the user's own stands where its photos stand, so their places must be known first.
  const own = ownVectors(bench, createLabeller({ ...parts, labels: [], vectorOf: lexicon.vectorOf }), lessons);
  const labeller = createLabeller({
    ...parts, labels: [...new Set([...set.labels, ...lessons.map(({ label }) => label)])],
    vectorOf: (label) => own.get(label) ?? lexicon.vectorOf(label),
    taught: teach(bench, lessons),
  });
  // Photos may be labelled at this moment: those go on with the old labeller until the new one can take over.
  if (bench.labeller) await labeller.prepare();
  const share = libraryShare(library, pack.visualId, labeller);
  unrankOthers(library, rulesOf(bench.first.confidence, labeller, share));
  bench.share = share;
  bench.model = model;
  bench.labeller = labeller;
  bench.labelSet = { name: set.name, size: set.labels.length };
  bench.places = createPhotoPlaces(lexicon.vocabulary.dimensions, classLabels.length);
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

/** What predictions depend on beside the model: when it changes, for example because the user's list of labels was edited, they are made again. */
const rulesOf = (confidence: Confidence, { labels }: Labeller, share: number): string =>
  createHash("sha256").update(JSON.stringify([labels, KEPT_FROM, confidence, share])).digest("hex");

/** Ranks and stores the labels of photos just seen; the labeller must be prepared. */
export function labelPhotos({ library, labeller, model, places, share }: Workbench, photos: PhotoId[], seen: Seen): void {
  const standing = labeller.placesOf(seen);
  places.put(photos, seen, standing);
  const options = { threshold: KEPT_FROM, limit: MOST_LABELS };
  const odds = labeller.knownOdds(seen);
  replacePredictions(library, model.model, photos.map((photo, i) => {
    const ranked = labeller.rank(seen, standing, i, { ...options, shows: odds ? shiftedTo(share, odds[i]) : undefined });
    return { photo, labels: ranked.map(({ label }) => label), scores: ranked.map(({ confidence }) => confidence) };
  }));
}

/** Labels every photo that the model in use has not labelled; all others only find their place for searching. */
export async function rankPhotos(bench: Workbench, job: JobHandle, onLabelled: (photos: PhotoId[]) => void): Promise<number> {
  const waiting = new Set(photosToRank(bench.library, bench.pack.visualId, bench.model.model));
  if (waiting.size > 0) await bench.labeller.prepare();
  await inChunks(bench, job, (photos) => {
    const toLabel = photos.filter((photo) => waiting.has(photo));
    place(bench, photos.filter((photo) => !waiting.has(photo) && !bench.places.has(photo)));
    if (toLabel.length === 0) return;
    labelPhotos(bench, toLabel, featuresOf(bench.library, bench.pack.visualId, toLabel));
    onLabelled(toLabel);
  });
  return waiting.size;
}

/** Finds every photo's place for searching and changes no label. */
export const placePhotos = (bench: Workbench, job: JobHandle): Promise<void> => inChunks(bench, job, (photos) => place(bench, photos));

function place({ library, pack, labeller, places }: Workbench, photos: PhotoId[]): void {
  if (photos.length === 0) return;
  const seen = featuresOf(library, pack.visualId, photos);
  places.put(photos, seen, labeller.placesOf(seen));
}

async function inChunks({ library, pack }: Workbench, job: JobHandle, work: (photos: PhotoId[]) => void): Promise<void> {
  const all = photosWithFeatures(library, pack.visualId);
  for (let from = 0; from < all.length; from += CHUNK) {
    job.progress(from, all.length);
    work(all.slice(from, from + CHUNK));
    await job.breath();
  }
  job.progress(all.length, all.length);
}

/** Takes another model into use; its labels follow with `rankPhotos`. @throws Refusal `no-model` */
export async function changeModel(bench: Workbench, model: ModelId): Promise<void> {
  const { library, pack, lexicon } = bench;
  const { visualId, wordsId } = modelOf(library, model);
  if (visualId !== pack.visualId || wordsId !== lexicon.vocabulary.id) {
    throw new Refusal("no-model", `model ${model} was fitted to another model pack or vocabulary than ${pack.name} with ${lexicon.vocabulary.id}`);
  }
  useModel(library, model);
  await refresh(bench);
}

/** Takes up a changed label set; until photos are ranked by it they keep their labels. */
export const relabel = refresh;
