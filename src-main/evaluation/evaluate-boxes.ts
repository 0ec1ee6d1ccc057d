import { Refusal } from "../../src-shared/refusal";
import type { RunJob } from "../base/jobs";
import { averagePrecision, type BoxScores } from "./average-precision";
import { matchClasses } from "./category-classes";
import { readCocoFolder } from "./coco-folder";
import { detectBoxes, type Failed } from "./detect-boxes";
import { readPackWithWords } from "./named-pack";

export interface BoxEvaluationQuery {
  /** A COCO folder or its annotations. */
  boxes: string;
  /** A bundled pack's name or a folder. */
  pack?: string;
  /** A vocabulary's file. */
  words?: string;
}

export interface BoxEvaluation {
  /** Absolute path of the annotations. */
  annotations: string;
  pack: string;
  /** Names of the detectors that know one of the categories. */
  detectors: string[];
  images: number;
  /** Means over the categories that have true boxes. */
  mean: BoxScores;
  /** Categories with boxes to find, in the order of their ids; `class` is the detector's, null if it knows none. */
  categories: ({ id: number; name: string; class: string | null; boxes: number } & BoxScores)[];
  /** Photos that can't be read; their boxes count as missed. */
  failed: Failed[];
}

/**
 * Average precision of a pack's detectors on a COCO folder, by COCO's protocol: all boxes count, whatever a class's
 * threshold.
 * @param warn takes what lowers the scores for other reasons than wrong boxes, a line at a time
 * @throws Refusal `bad-dataset` or of the pack and words; the reason the job was cancelled with
 */
export async function evaluateBoxes(
  home: string,
  { boxes, pack: packName, words }: BoxEvaluationQuery,
  { run, warn }: { run: RunJob; warn: (line: string) => void },
): Promise<BoxEvaluation> {
  const { pack, lexicon } = readPackWithWords(home, packName, words);
  const detectors = pack.detection?.detectors ?? [];
  if (detectors.length === 0) throw new Refusal("bad-pack", `The pack ${pack.name} has no detector to evaluate.`);
  const folder = readCocoFolder(boxes);
  const known = matchClasses(folder.categories, detectors, lexicon);
  if (known.size === 0)
    throw new Refusal(
      "bad-dataset",
      `The pack ${pack.name} detects none of the ${folder.categories.length} categories in ${folder.annotations}: ` +
        `${listed(folder.categories.map(({ name }) => name))}.`,
    );
  const { detected, failed, used } = await run("detect", ({ signal, progress }) =>
    detectBoxes(folder, pack, known, { signal, onProgress: progress }),
  );
  const { mean, categories } = averagePrecision(folder.truth, detected, folder.categories.length);
  const counts = new Uint32Array(categories.length);
  folder.truth.categories.forEach((category, i) => (counts[category] += 1 - folder.truth.crowds[i]));
  const scored = folder.categories.flatMap(({ id, name }, c) =>
    counts[c] === 0 ? [] : [{ id, name, class: known.get(c)?.class ?? null, boxes: counts[c], ...categories[c] }],
  );
  const unknown = scored.filter((category) => category.class === null).map(({ name }) => name);
  if (unknown.length > 0) warn(`Scored 0 because the pack ${pack.name} doesn’t detect them: ${listed(unknown)}.`);
  if (failed.length > 0)
    warn(
      `${failed.length} of ${folder.images.length} photos can’t be read; boxes in them count as missed. ` +
        `The first is ${failed[0].path}: ${failed[0].reason}`,
    );
  const names = used.map(({ name }) => name);
  const { annotations, images } = folder;
  return { annotations, pack: pack.name, detectors: names, images: images.length, mean, categories: scored, failed };
}

const listed = (names: string[]) => `${names.slice(0, 20).join(", ")}${names.length > 20 ? ", …" : ""}`;
