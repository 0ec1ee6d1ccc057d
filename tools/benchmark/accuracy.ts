import { existsSync } from "node:fs";
import { featuresOf, photosWithFeatures } from "../../src-main/store/features";
import { allFiles } from "../../src-main/store/photos";
import { labelsOfPhoto } from "../../src-main/store/predictions";
import { changeSettings } from "../../src-main/store/settings";
import { labelFolder, rankAll } from "../../src-main/workspace/label-folder";
import { type OpenLibrary } from "../../src-main/workspace/open-library";
import { reloadRanker } from "../../src-main/workspace/prepare-library";
import type { PhotoId } from "../../src-shared/contract";
import type { Figure, Outcome } from "./figures";
import { readTruths, type Truth } from "./ground-truth";
import { type LabelledPhoto, type LabelScores, scoreLabels } from "./label-scores";
import { asJob, checkJobs, withFreshLibrary } from "./temporary";

export interface AccuracyOptions {
  /** A folder of photos beside a CSV of the same name; see `readTruths`. */
  photos: string;
  /** Table of ImageNet's synsets with their names and parents. */
  synsets: string;
  /** Model pack; the bundled one by default. */
  pack?: string;
  /** Label set; `everyday` by default. */
  labelSet?: string;
}

/** Labels per photo that count, as `semblance tag` prints them. */
const MAX_LABELS = 5;
/** Targets for the bundled pack: share of photos with a near hit first, and among the five best. */
const NEAR_PERCENT = { first: 83, five: 92 };
/** Targets for photos of ImageNet-1K's classes, with a pack and labels of these classes. */
const EXACT_PERCENT = 85;

type Named = LabelledPhoto & Pick<Truth, "seen"> & { photo: PhotoId };

/** Accuracy of the program's labels, end to end. */
export async function accuracy({ photos, synsets, pack, labelSet }: AccuracyOptions): Promise<Outcome> {
  const missing = [photos, `${photos}.csv`, synsets].find((path) => !existsSync(path));
  if (missing) return { figures: [], skipped: `no ${missing}` };
  return withFreshLibrary(photos, { pack, labelSet }, async ({ library, visual, objects, jobs }) => {
    const { wordnet } = library.lexicon;
    const { truths, unmapped } = readTruths(photos, synsets, wordnet);
    await labelFolder(library, jobs, { visual, objects }, { changed: () => undefined }).finished;
    checkJobs(jobs);
    const shown = labelled(library, truths);
    const byThreshold = scoreLabels(wordnet, shown, MAX_LABELS);
    const seen = scoreLabels(
      wordnet,
      shown.filter((photo) => photo.seen),
      MAX_LABELS,
    );
    const classes = scoreLabels(wordnet, withClasses(library, shown), MAX_LABELS);
    changeSettings(library.store, { threshold: 0 });
    await reloadRanker(library);
    await asJob(jobs, "rank", (job) => rankAll(library, job, { changed: () => undefined }));
    const all = scoreLabels(wordnet, labelled(library, truths), MAX_LABELS);
    return {
      figures: figuresOf(
        `${library.pack.name}, ${library.labelSet.name}`,
        library,
        { byThreshold, seen, classes, all },
        unmapped,
      ),
    };
  });
}

function labelled({ store }: OpenLibrary, truths: Map<string, Truth>): Named[] {
  return [...allFiles(store)].flatMap(({ path, photo }) => {
    const truth = truths.get(path);
    if (photo === null || !truth) return [];
    return [{ photo, truth: truth.label, seen: truth.seen, labels: labelsOfPhoto(store, photo) }];
  });
}

/** The same photos with the visual model's classes as labels. */
function withClasses({ store, pack, classLabels }: OpenLibrary, photos: Named[]): LabelledPhoto[] {
  const seen = featuresOf(store, pack.visualId, photosWithFeatures(store, pack.visualId));
  const K = seen.classes.length / seen.photos.length;
  const rows = new Map(Array.from(seen.photos, (photo, row) => [photo, row]));
  return photos.flatMap(({ photo, truth }) => {
    const row = rows.get(photo);
    if (row === undefined) return [];
    const labels = Array.from({ length: K }, (_, k) => ({
      label: classLabels[seen.classes[row * K + k]],
      score: seen.probabilities[row * K + k],
    }));
    return [{ truth, labels }];
  });
}

function figuresOf(
  setting: string,
  library: OpenLibrary,
  { byThreshold, seen, classes, all }: Record<"byThreshold" | "seen" | "classes" | "all", LabelScores>,
  unmapped: string[],
): Figure[] {
  const figure = (what: string, value: number, unit: string, target?: Figure["target"]): Figure => ({
    benchmark: "accuracy",
    what: `${setting}: ${what}`,
    value,
    unit,
    target,
  });
  const share = (
    what: string,
    hits: "near" | "nearFirst" | "exact" | "first",
    scores: LabelScores,
    target?: Figure["target"],
  ) =>
    figure(`${what} (${scores[hits]} of ${scores.photos} photos)`, (100 * scores[hits]) / scores.photos, "%", target);
  const bundled = library.pack.name === "efficientnet-lite2" && library.labelSet.name === "everyday";
  const ownClasses = library.labelSet.name === "imagenet-1k";
  return [
    figure(
      `WordNet ids without a label${unmapped.length > 0 ? ` (${unmapped.join(" ")})` : ""}`,
      unmapped.length,
      "ids",
    ),
    share(`right or near among the ${MAX_LABELS} best labels shown`, "near", byThreshold, undefined),
    share(
      `right or near among the ${MAX_LABELS} best labels, no threshold`,
      "near",
      all,
      bundled ? { atLeast: NEAR_PERCENT.five } : undefined,
    ),
    share(
      "first label right or near, no threshold",
      "nearFirst",
      all,
      bundled ? { atLeast: NEAR_PERCENT.first } : undefined,
    ),
    share(`right or near among the classifier's ${MAX_LABELS} best classes`, "near", classes),
    share(`exactly right among the ${MAX_LABELS} best labels shown`, "exact", byThreshold),
    share(`exactly right among the ${MAX_LABELS} best labels, no threshold`, "exact", all),
    share(`exactly right among the classifier's ${MAX_LABELS} best classes`, "exact", classes),
    figure(`labels shown per photo, at most ${MAX_LABELS}`, byThreshold.labelsPerPhoto, "labels"),
    figure("expected calibration error of the labels shown", byThreshold.calibrationError, "0..1"),
    share(
      `photos of ImageNet-1K classes: exactly right among the ${MAX_LABELS} best labels`,
      "exact",
      seen,
      ownClasses ? { atLeast: EXACT_PERCENT } : undefined,
    ),
    share("photos of ImageNet-1K classes: first label exactly right", "first", seen),
  ];
}
