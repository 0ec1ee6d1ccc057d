import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import type { PhotoId } from "../../src-preload/contract";
import { expectedCalibrationError } from "../../src-main/labelling/calibrate";
import { findPhotos } from "../../src-main/labelling/find-photos";
import { labelFolder } from "../../src-main/labelling/label-folder";
import type { Workbench } from "../../src-main/labelling/workbench";
import { allFiles } from "../../src-main/library/photos";
import { predictionsOf } from "../../src-main/library/predictions";
import { labelsInCaptions, readCaptions } from "../../scripts/fit-pack/caption-truth";
import { wordsOf } from "../../scripts/fit-pack/fit-search";
import type { Figure, Outcome } from "./figures";
import { checkJobs, withFreshLibrary } from "./temporary";

/** From here on a label is shown. */
const SHOWN = 0.5;
/** Words searched: the first photos that are looked at. */
const FIRST = 10;

/**
 * How labels and searches of everyday photos agree with captions, through everything that a folder goes through in the program.
 * @param folder with images and captions.csv; the bundled pack was calibrated on those of COCO that are used here by default, so figures
 * on them flatter it: `npm run fit-everyday` prints cross-validated ones
 */
export async function everyday(folder: string, pack?: string): Promise<Outcome> {
  if (!existsSync(join(folder, "captions.csv"))) return { figures: [], skipped: `${join(folder, "captions.csv")} is not there` };
  return withFreshLibrary(join(folder, "images"), { pack }, async ({ bench, visual, objects, jobs }) => {
    await labelFolder(bench, jobs, { visual, objects }, { changed: () => undefined }).finished;
    checkJobs(jobs);
    const captions = readCaptions(join(folder, "captions.csv"));
    const photos = [...allFiles(bench.library)].flatMap(({ path, photo }) => {
      const said = captions.get(basename(path));
      return photo === null || !said ? [] : [{ photo, captions: said }];
    });
    return { figures: [...labelFigures(bench, photos), searchFigure(bench, photos)] };
  });
}

interface Captioned { photo: PhotoId; captions: string[] }

const figure = (what: string, value: number, unit: string): Figure => ({ benchmark: "accuracy", what: `everyday photos: ${what}`, value, unit });

function labelFigures({ library, lexicon }: Workbench, photos: Captioned[]): Figure[] {
  const labelled = photos.map(({ photo, captions }) => {
    const said = labelsInCaptions(captions, lexicon);
    return predictionsOf(library, photo).map(({ label, score }) => ({ score, said: said.has(label) }));
  });
  const all = labelled.flat();
  const shown = all.filter(({ score }) => score >= SHOWN);
  return [
    figure("of which a caption names a shown label", (100 * labelled.filter((of) => of.some(({ score, said }) => said && score >= SHOWN)).length) / photos.length, "%"),
    figure("labels shown that a caption names", (100 * shown.filter(({ said }) => said).length) / shown.length, "%"),
    figure("labels shown a photo", shown.length / photos.length, "labels"),
    figure("calibration error against captions alone", expectedCalibrationError(Float64Array.from(all, ({ score }) => score), Uint8Array.from(all, ({ said }) => Number(said))), "0..1"),
  ];
}

/** Of the first photos of each word that captions have, those whose captions have it. */
function searchFigure(bench: Workbench, photos: Captioned[]): Figure {
  const words = wordsOf(photos.map(({ captions }) => captions), bench.lexicon);
  const precisions = [...words].map(([word, on]) => {
    const wanted = new Set([...on].map((i) => photos[i].photo));
    const first = findPhotos(bench, word, Math.min(FIRST, wanted.size)).photos;
    return first.filter((photo) => wanted.has(photo)).length / first.length;
  });
  return figure(`${words.size} words of captions searched: right among the first ${FIRST}, or as many as there are`, (100 * precisions.reduce((sum, one) => sum + one, 0)) / precisions.length, "%");
}
