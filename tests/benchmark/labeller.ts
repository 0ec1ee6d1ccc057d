import { existsSync } from "node:fs";
import { join } from "node:path";
import { exportLabeller } from "../../src-main/labelling/export-labeller";
import { labelFolder } from "../../src-main/labelling/label-folder";
import { programFolder } from "../../src-main/program-folder";
import { labelElsewhere, pixelsOf, type Scored, shownOn } from "../fixtures/labelled-elsewhere";
import type { Figure, Outcome } from "./figures";
import { checkJobs, inTemporaryFolder, withFreshLibrary } from "./temporary";

export interface LabellerOptions { pack?: string; labelSet?: string; photos: string }

const MOST_DIFFERENCE = 1e-4;
const TOP = 12;

/** Whether an exported labeller, in a process of its own with onnxruntime alone, labels a folder's photos as the app does; its size, and what a photo takes. */
export async function labeller({ pack, labelSet, photos: folder }: LabellerOptions): Promise<Outcome> {
  if (!existsSync(folder)) return { figures: [], skipped: `${folder} is not there` };
  return withFreshLibrary(folder, { pack, labelSet }, async ({ bench, visual, objects, jobs }) => {
    await labelFolder(bench, jobs, { visual, objects }, { changed: () => undefined }).finished;
    checkJobs(jobs);
    const { photos, pixels } = await pixelsOf(bench);
    return inTemporaryFolder(async (temporary) => {
      const { file, bytes, labels } = await exportLabeller(bench, jobs, { file: join(temporary, "labeller.onnx"), overwrite: false, top: TOP, threshold: 0 });
      const elsewhere = await labelElsewhere(join(programFolder(), "tests/fixtures/run-labeller.mjs"), file, pixels, temporary);
      const here = photos.map((photo) => shownOn(bench.library, photo, TOP));
      const figure = (what: string, value: number, unit: string, target?: Figure["target"]): Figure => ({ benchmark: "labeller", what: `${bench.pack.name}, ${bench.labelSet.name}: ${what}`, value, unit, target });
      const alike = here.filter((shown, i) => ids(shown) === ids(elsewhere.photos[i])).length;
      const differences = here.flatMap((shown, i) => shown.flatMap(({ id, score }) => elsewhere.photos[i].filter((other) => other.id === id).map((other) => Math.abs(other.score - score))));
      return {
        figures: [
          figure(`of ${photos.length} photos, those with the same labels in the same order, ${here.flat().length} labels in all`, (100 * alike) / photos.length, "%", { atLeast: 100 }),
          figure("largest difference of a score", differences.reduce((a, b) => Math.max(a, b), 0), "", { atMost: MOST_DIFFERENCE }),
          figure(`size of the file, ${labels} labels`, bytes / 1e6, "MB"),
          figure("processor time a photo, from pixels to labels, 16 at a time", elsewhere.milliseconds, "ms"),
        ],
      };
    });
  });
}

const ids = (labels: Scored): string => labels.map(({ id }) => id).join(" ");
