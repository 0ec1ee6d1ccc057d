import { existsSync } from "node:fs";
import { join } from "node:path";
import { programFolder } from "../../src-main/base/program-folder";
import { exportLabeller } from "../../src-main/exchange/export-labeller";
import { labelFolder } from "../../src-main/workspace/label-folder";
import {
  labelWithOnnxRuntime,
  type PictureSize,
  picturesOf,
  type Scored,
  shownOn,
} from "../../tests/fixtures/label-with-onnxruntime";
import { labelledByApp } from "../../tests/fixtures/labeller-pixels";
import type { Figure, Outcome } from "./figures";
import { checkJobs, inTemporaryFolder, withFreshLibrary } from "./temporary";

export interface LabellerOptions {
  pack?: string;
  labelSet?: string;
  photos: string;
}

const MAX_DIFFERENCE = 1e-4;
const TOP = 12;

const SIZES: Record<PictureSize, string> = {
  square: "as the visual model takes them",
  decoded: "as the app decodes them",
  detectors: "at the detectors' size",
};

/**
 * Whether an exported labeller, in a separate process with ONNX Runtime only, labels a folder's photos like the app;
 * its file size, and its time per photo. A labeller that detects objects takes whole photos and resizes them itself. It
 * is compared with the app on the pixels that the graph makes, which must agree, and with the library, which may differ
 * through resizing only.
 */
export async function labeller({ pack, labelSet, photos: folder }: LabellerOptions): Promise<Outcome> {
  if (!existsSync(folder)) return { figures: [], skipped: `no ${folder}` };
  return withFreshLibrary(folder, { pack, labelSet }, async ({ library, visual, objects, jobs }) => {
    await labelFolder(library, jobs, { visual, objects }, { changed: () => undefined }).finished;
    await objects.settled();
    checkJobs(jobs);
    const figure = (what: string, value: number, unit: string, target?: Figure["target"]): Figure => ({
      benchmark: "labeller",
      what: `${library.pack.name}, ${library.labelSet.name}: ${what}`,
      value,
      unit,
      target,
    });
    return inTemporaryFolder(async (temporary) => {
      const { file, bytes, labels } = await exportLabeller(library, jobs, {
        file: join(temporary, "labeller.onnx"),
        overwrite: false,
        top: TOP,
        threshold: 0,
      });
      const sizes: PictureSize[] = library.pack.detection ? ["decoded", "detectors"] : ["square"];
      const figures: Figure[] = [];
      for (const size of sizes) {
        const { photos, pictures } = await picturesOf(library, size);
        const elsewhere = await labelWithOnnxRuntime(
          join(programFolder(), "tests/fixtures/run-labeller.mjs"),
          file,
          pictures,
          temporary,
        );
        const shown = photos.map((photo) => shownOn(library.store, photo, TOP));
        const exact = library.pack.detection ? await labelledByApp(library, await visual(), pictures) : shown;
        figures.push(
          figure(
            `${photos.length} photos ${SIZES[size]}: same ${exact.flat().length} labels in the same order as the app on the same pixels`,
            share(exact, elsewhere.photos, ids),
            "%",
            { atLeast: 100 },
          ),
          figure(`photos ${SIZES[size]}: largest difference in confidence`, largest(exact, elsewhere.photos), "", {
            atMost: MAX_DIFFERENCE,
          }),
        );
        if (library.pack.detection)
          figures.push(
            figure(
              `photos ${SIZES[size]}: same labels as in the library (${shown.flat().length} labels)`,
              share(shown, elsewhere.photos, (each) => ids([...each].sort(byId))),
              "%",
            ),
            figure(
              `photos ${SIZES[size]}: same first label as in the library`,
              share(shown, elsewhere.photos, ([first]) => first?.id ?? ""),
              "%",
            ),
            figure(
              `photos ${SIZES[size]}: largest difference in confidence from the library`,
              largest(shown, elsewhere.photos),
              "",
            ),
            figure(
              `photos ${SIZES[size]}: mean difference in confidence from the library`,
              mean(differences(shown, elsewhere.photos)),
              "",
            ),
          );
        figures.push(
          figure(
            `CPU time per photo, pixels to labels${library.pack.detection ? "" : ", 16 at a time"}`,
            elsewhere.milliseconds,
            "ms",
          ),
        );
      }
      return { figures: [...figures, figure(`file size with ${labels} labels`, bytes / 1e6, "MB")] };
    });
  });
}

const byId = (a: Scored[number], b: Scored[number]): number => (a.id < b.id ? -1 : 1);
const ids = (labels: Scored): string => labels.map(({ id }) => id).join(" ");

/** Share of photos that agree in something, in percent. */
const share = (here: Scored[], there: Scored[], what: (labels: Scored) => string): number =>
  (100 * here.filter((labels, i) => what(labels) === what(there[i])).length) / here.length;

/** Differences in confidence of the labels that both sides give a photo. */
const differences = (here: Scored[], there: Scored[]): number[] =>
  here.flatMap((labels, i) =>
    labels.flatMap(({ id, score }) =>
      there[i].filter((other) => other.id === id).map((other) => Math.abs(other.score - score)),
    ),
  );
const largest = (here: Scored[], there: Scored[]): number =>
  differences(here, there).reduce((a, b) => Math.max(a, b), 0);
const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
