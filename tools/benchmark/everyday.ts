import { existsSync, readFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { expectedCalibrationError } from "../../src-main/evaluation/calibrate";
import { semanticSearch } from "../../src-main/features/browse/semantic-search";
import { allFiles } from "../../src-main/store/photos";
import { predictionsOf } from "../../src-main/store/predictions";
import { labelFolder } from "../../src-main/workspace/label-folder";
import type { OpenLibrary } from "../../src-main/workspace/open-library";
import type { PhotoId } from "../../src-shared/contract";
import { labelsInCaptions, readCaptions } from "../fit-pack/caption-truth";
import { wordsOf } from "../fit-pack/fit-search";
import type { Figure, Outcome } from "./figures";
import { checkJobs, withFreshLibrary } from "./temporary";

/** Minimum confidence at which a label is shown. */
const SHOWN = 0.5;
/** First photos of each search to check. */
const FIRST = 10;
/** Places and people that are not classes of the visual model. */
const WORDS = [
  "beach",
  "snow",
  "grass",
  "street",
  "woman",
  "child",
  "sunset",
  "swimming pool",
  "crowd",
  "forest",
  "jumping",
  "road",
  "water",
  "food",
  "kitchen",
  "bathroom",
  "city",
  "man",
];
/** Captions needed for a word; fewer say too little. */
const MIN_PHOTOS = 2;
/** Minimum confidence and minimum share of the photo for measuring recall. */
const OBJECTS = ["car", "person", "cat", "train", "bus"];
const MIN_AREA = 0.01;
const TARGETS = { named: 85, supported: 85, labels: 1.5, precision: 93, recall: 75, words: 70 };

/**
 * Agreement of labels and searches on everyday photos with captions, end to end.
 * @param folder with images and captions.csv. The bundled pack was calibrated on the default COCO photos, so figures on
 *   them are optimistic; `npm run fit-everyday` prints cross-validated ones
 */
export async function everyday(folder: string, pack?: string): Promise<Outcome> {
  if (!existsSync(join(folder, "captions.csv"))) return { figures: [], skipped: `no ${join(folder, "captions.csv")}` };
  return withFreshLibrary(join(folder, "images"), { pack }, async ({ library, visual, objects, jobs }) => {
    await labelFolder(library, jobs, { visual, objects }, { changed: () => undefined }).finished;
    checkJobs(jobs);
    const captions = readCaptions(join(folder, "captions.csv"));
    const photos = [...allFiles(library.store)].flatMap(({ path, photo }) => {
      const said = captions.get(basename(path));
      return photo === null || !said ? [] : [{ photo, captions: said, file: basename(path) }];
    });
    return {
      figures: [
        ...labelFigures(library, photos),
        ...objectFigures(library, photos, folder),
        ...searchFigures(library, photos),
      ],
    };
  });
}

interface Captioned {
  photo: PhotoId;
  captions: string[];
  file: string;
}

const figure = (what: string, value: number, unit: string, atLeast?: number): Figure => ({
  benchmark: "accuracy",
  what: `everyday photos: ${what}`,
  value,
  unit,
  target: atLeast === undefined ? undefined : { atLeast },
});

function labelFigures({ store, lexicon }: OpenLibrary, photos: Captioned[]): Figure[] {
  const labelled = photos.map(({ photo, captions }) => {
    const said = labelsInCaptions(captions, lexicon);
    return predictionsOf(store, photo).map(({ label, score }) => ({ score, said: said.has(label) }));
  });
  const all = labelled.flat();
  const shown = all.filter(({ score }) => score >= SHOWN);
  return [
    figure(
      "photos with a shown label that a caption names",
      (100 * labelled.filter((of) => of.some(({ score, said }) => said && score >= SHOWN)).length) / photos.length,
      "%",
      TARGETS.named,
    ),
    figure(
      "shown labels that a caption names",
      (100 * shown.filter(({ said }) => said).length) / shown.length,
      "%",
      TARGETS.supported,
    ),
    figure("labels shown per photo", shown.length / photos.length, "labels", TARGETS.labels),
    figure(
      "expected calibration error against the captions",
      expectedCalibrationError(
        Float64Array.from(all, ({ score }) => score),
        Uint8Array.from(all, ({ said }) => Number(said)),
      ),
      "0..1",
    ),
  ];
}

/** Five of the detector's classes, checked against annotated boxes. */
function objectFigures({ store, lexicon }: OpenLibrary, photos: Captioned[], folder: string): Figure[] {
  if (!existsSync(join(folder, "labels"))) return [];
  const names = readFileSync(join(folder, "..", "..", "packs", "coco-objects", "labels.txt"), "utf8")
    .trim()
    .split("\n");
  const count = { right: 0, wrong: 0, missed: 0 };
  for (const { photo, file } of photos) {
    const areas = areasIn(join(folder, "labels", `${basename(file, extname(file))}.txt`));
    const shown = new Set(
      predictionsOf(store, photo)
        .filter(({ score }) => score >= SHOWN)
        .map(({ label }) => label),
    );
    for (const name of OBJECTS) {
      const area = areas.get(names.indexOf(name)) ?? 0;
      if (shown.has(lexicon.meant(name))) count[area > 0 ? "right" : "wrong"]++;
      else if (area >= MIN_AREA) count.missed++;
    }
  }
  const what = OBJECTS.join(", ");
  return [
    figure(
      `${what}: precision of these labels`,
      (100 * count.right) / (count.right + count.wrong),
      "%",
      TARGETS.precision,
    ),
    figure(
      `${what}: recall where they fill ${MIN_AREA * 100}% of the photo or more`,
      (100 * count.right) / (count.right + count.missed),
      "%",
      TARGETS.recall,
    ),
  ];
}

/** The largest box of each class in a YOLO label file, as a share of the photo. */
function areasIn(file: string): Map<number, number> {
  const areas = new Map<number, number>();
  if (!existsSync(file)) return areas;
  for (const line of readFileSync(file, "utf8")
    .split("\n")
    .filter((each) => each !== "")) {
    const [type, , , width, height] = line.split(" ").map(Number);
    areas.set(type, Math.max(areas.get(type) ?? 0, width * height));
  }
  return areas;
}

/**
 * Precision of the first photos of each search (or as many as have the word in a caption): for all words in captions,
 * and for places and people.
 */
function searchFigures(library: OpenLibrary, photos: Captioned[]): Figure[] {
  const precision = (word: string, wanted: ReadonlySet<PhotoId>) => {
    const first = semanticSearch(library, word, Math.min(FIRST, wanted.size)).photos;
    return first.filter((photo) => wanted.has(photo)).length / first.length;
  };
  const mean = (all: number[]) => (100 * all.reduce((sum, one) => sum + one, 0)) / all.length;
  const words = wordsOf(
    photos.map(({ captions }) => captions),
    library.lexicon,
  );
  const said = photos.map(({ captions }) => labelsInCaptions(captions, library.lexicon));
  const places = WORDS.flatMap((word) => {
    const wanted = new Set(photos.filter((_, i) => said[i].has(library.lexicon.meant(word))).map(({ photo }) => photo));
    return wanted.size < MIN_PHOTOS ? [] : [precision(word, wanted)];
  });
  return [
    figure(
      `search for ${words.size} words from captions: precision of the first ${FIRST} (or of as many as exist)`,
      mean([...words].map(([word, on]) => precision(word, new Set([...on].map((i) => photos[i].photo))))),
      "%",
    ),
    figure(
      `search for ${places.length} places and people that captions name on ${MIN_PHOTOS} photos or more: the same`,
      mean(places),
      "%",
      TARGETS.words,
    ),
  ];
}
