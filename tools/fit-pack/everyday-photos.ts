/** The photos that calibration is fitted on, with their ground truth. */
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Detections } from "../../src-main/base/detections";
import { createJobs } from "../../src-main/base/jobs";
import { packFolder } from "../../src-main/base/resources";
import { STORED_CLASSES, type VisualOutput } from "../../src-main/devise/semantic-embedding";
import { topClasses } from "../../src-main/devise/semantic-embedding";
import { readFeatureSet } from "../../src-main/evaluation/feature-set";
import { type DetectedInPhoto } from "../../src-main/labeller/concept-bank";
import type { Lexicon } from "../../src-main/labeller/lexicon";
import { classLabelsOf } from "../../src-main/labeller/pack-labels";
import { takeRows } from "../../src-main/math/take-rows";
import { dot } from "../../src-main/math/vectors";
import { closeStore } from "../../src-main/store/database";
import { photosWithFeatures } from "../../src-main/store/features";
import { allFiles } from "../../src-main/store/photos";
import { readClassifierHead } from "../../src-main/vision/classifier-head";
import { classifierOutput, type Pack, readPack } from "../../src-main/vision/pack";
import { labelFolder } from "../../src-main/workspace/label-folder";
import { openFolder } from "../../src-main/workspace/open-folder";
import { type OpenLibrary } from "../../src-main/workspace/open-library";
import { detectedInPhotos, readVisualOutputs } from "../../src-main/workspace/visual-outputs";
import type { LabelId, PhotoId } from "../../src-shared/contract";
import { readTruths } from "../benchmark/ground-truth";
import { labelsInCaptions, readCaptions } from "./caption-truth";

/** Photos of one source, with visual output and ground truth. */
export interface KnownPhotos {
  name: string;
  output: VisualOutput;
  /** `[n]` what each photo shows, as far as known, with ancestors */
  right: Set<LabelId>[];
  /** `[n]` what a person would mention; the same if there are no captions */
  said: Set<LabelId>[];
  /** `[n]` 1 where the photo shows a class of the visual model */
  known: Uint8Array;
  /** `[n]` boxes from the object detector, and the classes really present; empty without annotated boxes */
  boxes: { found: Detections; present: Set<number> }[];
  /** `[n]` captions; empty without */
  captions: string[][];
  /** `[n]` the detectors' output; empty where they were not run */
  found: DetectedInPhoto[];
  /** `[n]` file names; empty for stored features */
  names: string[];
  /** `[n]` the one object in each photo; empty where there are several */
  truths: LabelId[];
}

/**
 * Opens a folder as the program does, labels it, and passes it on.
 * @param home data folder to keep, so that photos are embedded only once
 */
export async function withLabelledFolder<T>(
  home: string,
  folder: string,
  work: (library: OpenLibrary) => Promise<T>,
): Promise<T> {
  const { library, visual, objects, dispose } = await openFolder(home, folder, {
    pack: packFolder("efficientnet-lite2"),
  });
  const jobs = createJobs(() => undefined);
  try {
    await labelFolder(library, jobs, { visual, objects }, { changed: () => undefined }).finished;
    return await work(library);
  } finally {
    await jobs.cancelAll();
    await dispose();
    closeStore(library.store);
  }
}

const withKinds = (labels: Iterable<LabelId>, { wordnet }: Lexicon): Set<LabelId> =>
  new Set([...labels].flatMap((label) => [label, ...wordnet.ancestors(label).keys()]));

function rowsOf(library: OpenLibrary): { photos: PhotoId[]; paths: string[] } {
  const paths = new Map(
    [...allFiles(library.store)].flatMap(({ path, photo }) => (photo === null ? [] : [[photo, path] as const])),
  );
  const photos = photosWithFeatures(library.store, library.pack.visualId).filter((photo) => paths.has(photo));
  return { photos, paths: photos.map((photo) => paths.get(photo)!) };
}

/**
 * COCO photos with YOLO box files and captions.
 * @param folder with images, labels and captions.csv
 */
export async function cocoPhotos(home: string, folder: string): Promise<KnownPhotos> {
  return withLabelledFolder(home, join(folder, "images"), async (library) => {
    const { photos, paths } = rowsOf(library);
    const captions = readCaptions(join(folder, "captions.csv"));
    const detector = library.pack.detection!.detectors.find(({ kind }) => kind === "objects")!;
    const labels = detector.classes.map(({ name, wnid }) =>
      library.lexicon.classLabel({ name, wnid: wnid ?? undefined }),
    );
    const found = detectedInPhotos(library, photos);
    const boxes = photos.map((_, i) => ({
      found: found[i].objects!,
      present: classesIn(join(folder, "labels", basename(paths[i]).replace(/\.\w+$/, ".txt"))),
    }));
    const said = paths.map((path) => labelsInCaptions(captions.get(basename(path)) ?? [], library.lexicon));
    const right = boxes.map(
      ({ present }, i) =>
        new Set([
          ...said[i],
          ...withKinds(
            [...present].map((c) => labels[c]),
            library.lexicon,
          ),
        ]),
    );
    const classes = new Set(library.classLabels);
    return {
      name: "coco",
      output: readVisualOutputs(library, photos),
      right,
      said,
      boxes,
      known: Uint8Array.from(right, (all) => Number([...all].some((label) => classes.has(label)))),
      captions: paths.map((path) => captions.get(basename(path)) ?? []),
      found,
      names: paths.map((path) => basename(path)),
      truths: [],
    };
  });
}

function classesIn(file: string): Set<number> {
  if (!existsSync(file)) return new Set();
  return new Set(
    readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => Number(line.split(" ")[0])),
  );
}

/** Photos of single objects, beside a CSV; see `readTruths`. */
export async function photosOfThings(home: string, folder: string, synsets: string): Promise<KnownPhotos> {
  return withLabelledFolder(home, folder, async (library) => {
    const { truths } = readTruths(folder, synsets, library.lexicon.wordnet);
    const all = rowsOf(library);
    const rows = all.photos
      .map((photo, i) => ({ photo, truth: truths.get(all.paths[i]) }))
      .filter((row) => row.truth !== undefined);
    const right = rows.map(({ truth }) => withKinds([truth!.label], library.lexicon));
    return {
      name: basename(folder),
      output: readVisualOutputs(
        library,
        rows.map(({ photo }) => photo),
      ),
      right,
      said: right,
      known: Uint8Array.from(rows, ({ truth }) => Number(truth!.seen)),
      boxes: [],
      captions: [],
      found: detectedInPhotos(
        library,
        rows.map(({ photo }) => photo),
      ),
      names: [],
      truths: rows.map(({ truth }) => truth!.label),
    };
  });
}

/** Caltech-101's class names that are not the usual ones. */
const MEANT: Record<string, string> = {
  faces: "person",
  motorbikes: "motorcycle",
  airplanes: "airplane",
  leopards: "leopard",
  binocular: "binoculars",
  "car side": "car",
  "cougar body": "cougar",
  "cougar face": "cougar",
  "crocodile head": "crocodile",
  "flamingo head": "flamingo",
  "water lilly": "water lily",
  "stop sign": "street sign",
  "wild cat": "wildcat",
  bonsai: "tree",
};

/** Stored features of photos of single objects; only features and classes are known. */
export function featuresOfThings(folder: string, lexicon: Lexicon, most: number): KnownPhotos {
  const pack = readPack(packFolder("efficientnet-lite2"));
  const D = pack.dimensions;
  const names = JSON.parse(readFileSync(join(folder, "classes.json"), "utf8")) as { name: string; wnid?: string }[];
  const labels = names
    .map(({ name }) => name.replaceAll("_", " ").toLowerCase())
    .map((name) => lexicon.labels.resolve(MEANT[name] ?? name)[0]);
  const all = readFeatureSet(folder, "validation", D);
  const named = Array.from(all.classes.keys()).filter((row) => labels[all.classes[row]] !== undefined);
  const every = Math.max(1, named.length / most);
  const rows = Array.from({ length: Math.min(most, named.length) }, (_, i) => named[Math.floor(i * every)]);
  const features = takeRows(all.features, D, rows);
  const classes = new Set(classLabelsOf(pack, lexicon));
  const right = rows.map((row) => withKinds([labels[all.classes[row]]], lexicon));
  return {
    name: basename(folder),
    right,
    said: right,
    boxes: [],
    captions: [],
    found: [],
    names: [],
    truths: rows.map((row) => labels[all.classes[row]]),
    known: Uint8Array.from(rows, (row) => Number(classes.has(labels[all.classes[row]]))),
    output: { features, ...topClasses(logitsOf(pack, features), pack.classes.length, STORED_CLASSES) },
  };
}

function logitsOf(pack: Pack, features: Float32Array): Float32Array {
  const [D, C] = [pack.dimensions, pack.classes.length];
  const { weights, bias } = readClassifierHead(pack.visual.file, classifierOutput(pack), C, D);
  return Float32Array.from(
    { length: (features.length / D) * C },
    (_, at) => dot(features, Math.floor(at / C) * D, weights, (at % C) * D, D) + bias[at % C],
  );
}
