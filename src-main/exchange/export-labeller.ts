import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { LabellerQuery, WrittenLabeller } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import type { JobHandle, Jobs } from "../base/jobs";
import { detectorSize } from "../base/preprocess";
import type { OwnFormat } from "../base/refuse-target";
import { tryTarget, writeAtomic } from "../base/write-file";
import type { LabelSpace } from "../devise/ranking-numbers";
import { STORED_CLASSES } from "../devise/semantic-embedding";
import type { ConceptGroup } from "../labeller/graph/labeller-concepts";
import { detectorsOf, labellerOnnx, PHOTOS_INPUT } from "../labeller/graph/labeller-onnx";
import { fullName } from "../labeller/lexicon";
import { labelCards } from "../store/label-cards";
import { rememberLabeller } from "../store/labellers";
import { settingsOf } from "../store/settings";
import { MIN_STORED_SCORE } from "../store/shown-labels";
import { tryOnnx } from "../vision/try-onnx";
import { enabledDetectors, idsOf } from "../workspace/detect-objects";
import { MAX_PREDICTED_LABELS } from "../workspace/max-predicted-labels";
import { type OpenLibrary, requirePack } from "../workspace/open-library";
import { runExport } from "./run-export";

/**
 * Exports what labels the library now as one ONNX file, in a job that can be cancelled.
 * @throws Refusal `bad-pack` if the network can't be included or the file would be too large, `cancelled`, or of
 *   `writeAtomic`
 */
export async function exportLabeller(library: OpenLibrary, jobs: Jobs, query: LabellerQuery): Promise<WrittenLabeller> {
  requirePack(library);
  const { text, title } = library.pack;
  if (text)
    throw new Refusal(
      "bad-pack",
      `${title} has a text tower, and a model file can’t contain one yet. Label with a pack that has a classifier to export a model.`,
    );
  return runExport(
    jobs,
    (job) => write(library, job, query),
    ({ labels, file }) => `model with ${labels} labels saved to ${file}`,
  );
}

/** An ONNX file begins with the version of its format, in one byte, and the program that wrote it. */
export const LABELLER: OwnFormat = {
  name: "a labeller",
  isOurs: (head) => head[0] === 0x08 && head.toString("latin1", 2, 13) === "\x12\tsemblance",
};

async function write(
  library: OpenLibrary,
  job: JobHandle,
  { file, overwrite, top, threshold }: LabellerQuery,
): Promise<WrittenLabeller> {
  const {
    store,
    model,
    ranker: { labels },
  } = library;
  const target = { home: store.home, file: resolve(file), format: LABELLER, overwrite };
  tryTarget(target);
  await library.ranker.prepare();
  await job.yield();
  const made = labellerFile(library, top, threshold);
  await job.yield();
  await tryOnnx(made.file, { name: PHOTOS_INPUT, dims: [1, ...made.sides, 3] }).catch((error: RangeError) => {
    throw notForExport(library, error);
  });
  await job.yield();
  await writeAtomic(target, (handle) => handle.writeFile(made.file));
  rememberLabeller(store, { labeller: made.labeller, model: model.model, exportedAt: new Date().toISOString() });
  return { file: target.file, labeller: made.labeller, labels: labels.length, bytes: made.file.length };
}

/** The labeller's bytes, and the sizes of images that it takes. The library's ranker must be prepared. */
function labellerFile(
  library: OpenLibrary,
  top: number,
  threshold: number,
): { file: Uint8Array; labeller: string; sides: [height: number, width: number] } {
  const {
    store,
    lexicon,
    pack,
    ranker: { labels },
    share,
    labelSet,
    model,
  } = library;
  const { threshold: overall, labelThresholds } = settingsOf(store);
  const cards = labelCards(store);
  const numbers = library.ranker.numbers();
  const concepts = activeConcepts(library, numbers.space);
  const detectors = detectorsOf(concepts);
  const { width, height } =
    detectors.length > 0
      ? detectorSize(4, 3, pack.detection!)
      : { width: pack.preprocess.size, height: pack.preprocess.size };
  try {
    const made = labellerOnnx({
      pack,
      network: readFileSync(pack.visual.file),
      numbers,
      share,
      concepts,
      detectors: new Map(detectors.map(({ id, file }) => [id, readFileSync(file)])),
      labels: labels.map((id) => ({ id, name: fullName(lexicon.named(id)), parents: lexicon.wordnet.parents(id) })),
      bars: Float64Array.from(labels, (label) =>
        cards.get(label)?.hidden ? Infinity : Math.max(threshold, labelThresholds[label] ?? overall),
      ),
      rules: {
        classes: Math.min(STORED_CLASSES, pack.classes.length),
        keptFrom: MIN_STORED_SCORE,
        most: MAX_PREDICTED_LABELS,
      },
      top: Math.min(top, MAX_PREDICTED_LABELS, labels.length),
      about: {
        "label set": labelSet.name,
        "model pack": `${pack.title}; licence: ${pack.licence}`,
        "word vectors": lexicon.vocabulary.id,
        model: String(model.model),
      },
    });
    return { ...made, sides: [height, width] };
  } catch (error) {
    throw error instanceof RangeError ? notForExport(library, error) : error;
  }
}

/** The concepts in use: without those of detectors that are switched off. */
function activeConcepts(library: OpenLibrary, { labelsOverConcepts }: LabelSpace): ConceptGroup[] {
  const enabled = new Set(idsOf(enabledDetectors(library)));
  let at = 0;
  return (library.concepts?.sources ?? []).flatMap(({ source, count }) => {
    const over = labelsOverConcepts.slice(at, (at += count));
    const detector = source.kind === "objects" || source.kind === "portrait" ? source.detector : null;
    return detector && !enabled.has(detector.id) ? [] : [{ source, over }];
  });
}

const notForExport = ({ pack }: OpenLibrary, { message }: RangeError) =>
  new Refusal("bad-pack", `Couldn’t export the model pack ${pack.folder} as a labelling model: ${message}`);
