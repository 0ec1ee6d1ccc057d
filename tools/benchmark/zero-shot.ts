import { existsSync } from "node:fs";
import { BUNDLED_PACK, defaultPack } from "../../src-main/base/default-pack";
import { packFolder } from "../../src-main/base/resources";
import { fitInWorker } from "../../src-main/devise/fit-in-worker";
import { datasetPhotos, describeSkipped, nameReader } from "../../src-main/evaluation/dataset-photos";
import { evaluatePack } from "../../src-main/evaluation/evaluate-pack";
import { harmonicMean } from "../../src-main/evaluation/table";
import { readLexicon } from "../../src-main/labeller/lexicon";
import { classLabelsOf } from "../../src-main/labeller/pack-labels";
import { readPack } from "../../src-main/vision/pack";
import type { Figure, Outcome } from "./figures";
import { inTemporaryFolder } from "./temporary";

/** Targets for the bundled pack, in percent of the photos whose label is not a class. */
const UNSEEN_PERCENT = 88;
const GENERALISED_PERCENT = 75;
/** How many points seen hit@1 may fall below the classifier's with unseen labels as candidates. */
const SEEN_POINTS = 3;

/**
 * Zero-shot accuracy: photos of unseen labels ranked among these labels, and among these and all classes. The same
 * figures as `semblance evaluate` prints for Semblance.
 * @param photos a folder beside a CSV of the same name
 * @param synsets table of ImageNet's synsets
 */
export async function zeroShot({
  photos,
  synsets,
  pack: packName,
}: {
  photos: string;
  synsets: string;
  pack?: string;
}): Promise<Outcome> {
  const dataset = `${photos}.csv`;
  const missing = [photos, dataset, synsets].find((path) => !existsSync(path));
  if (missing) return { figures: [], skipped: `zero-shot figures need labelled photos; ${missing} is missing` };
  return inTemporaryFolder(async (home) => {
    const lexicon = readLexicon();
    const pack = readPack(packFolder(packName ?? defaultPack()));
    const classLabels = classLabelsOf(pack, lexicon);
    const found = await datasetPhotos(dataset, { home, pack, classLabels, names: nameReader(lexicon, synsets) });
    const { methods, candidates } = await evaluatePack(
      { home, lexicon, pack, classLabels, fit: (data, settings) => fitInWorker(data, settings) },
      { photos: found, training: null, heldOut: [], unseen: null, beside: [], settings: {} },
    );
    const { unseen, generalised, generalisedSeen } = methods.semblance;
    if (!unseen || !generalised || !generalisedSeen)
      return {
        figures: [],
        skipped: `zero-shot figures need photos of ${pack.name}'s classes and of others, which ${dataset} does not have`,
      };
    const classifier = methods.softmax.seen!.hit[1];
    const target = (goal: Figure["target"]) => (pack.name === BUNDLED_PACK ? goal : undefined);
    const figure = (what: string, value: number, goal?: Figure["target"]): Figure => ({
      benchmark: "accuracy",
      what: `${pack.name}, zero-shot: ${what}`,
      value,
      unit: "%",
      target: target(goal),
    });
    return {
      figures: [
        figure(
          `hit@1 of ${unseen.n} photos of unseen labels, ${candidates.unseen} unseen labels as candidates`,
          unseen.hit[1],
          {
            atLeast: UNSEEN_PERCENT,
          },
        ),
        figure(
          `hit@1 of the same photos, all ${candidates.generalised} labels as candidates (generalised)`,
          generalised.hit[1],
          { atLeast: GENERALISED_PERCENT },
        ),
        figure(
          `hit@1 of ${generalisedSeen.n} photos of seen classes, all labels as candidates (classifier alone: ${classifier.toFixed(1)})`,
          generalisedSeen.hit[1],
          { atLeast: classifier - SEEN_POINTS },
        ),
        figure("harmonic mean of seen and unseen generalised hit@1", harmonicMean(methods.semblance)!),
      ],
      notes: describeSkipped(found),
    };
  });
}
