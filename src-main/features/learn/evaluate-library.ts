import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Evaluation } from "../../../src-shared/contract";
import { Refusal } from "../../../src-shared/refusal";
import type { JobHandle } from "../../base/jobs";
import { fitInWorker } from "../../devise/fit-in-worker";
import { datasetPhotos, nameReader } from "../../evaluation/dataset-photos";
import { evaluatePack } from "../../evaluation/evaluate-pack";
import { evaluateReliability } from "../../evaluation/evaluate-reliability";
import { type OpenLibrary, requirePack } from "../../workspace/open-library";

/**
 * Evaluates the open library's pack on labelled photos: the paper's comparisons of methods, and the reliability of the
 * labels that the library shows. Saved as the pack's last evaluation.
 * @throws Refusal `bad-dataset`, `bad-training`, `pack-gone`
 */
export async function evaluateLibrary(library: OpenLibrary, dataset: string, job: JobHandle): Promise<Evaluation> {
  requirePack(library);
  const {
    store: { home },
    lexicon,
    pack,
    classLabels,
    ranker,
    model,
    baseProjection,
  } = library;
  const watch = { signal: job.signal, onPhase: job.phase, onProgress: job.progress };
  job.phase("analysing photos");
  const photos = await datasetPhotos(dataset, { home, pack, classLabels, names: nameReader(lexicon, null) }, watch);
  job.phase("measuring reliability");
  const trust = await evaluateReliability(
    {
      pack,
      lexicon,
      classLabels,
      labels: [...ranker.labels],
      M: model.projection,
      confidence: baseProjection.confidence,
    },
    photos,
  );
  if (!trust)
    throw new Refusal(
      "bad-dataset",
      `None of the ${photos.labels.length} photos in ${photos.source} has a label that Semblance knows.`,
    );
  const { methods } = await evaluatePack(
    {
      home,
      lexicon,
      pack,
      classLabels,
      fit: (data, settings) =>
        fitInWorker(data, settings, { signal: job.signal, onStep: (step) => job.progress(step + 1, settings.steps) }),
    },
    { photos, training: null, heldOut: [], unseen: null, beside: [], settings: {} },
    watch,
  );
  const evaluation: Evaluation = {
    dataset: photos.source,
    at: new Date().toISOString(),
    pack: pack.name,
    photos: photos.labels.length,
    unknown: photos.unknown,
    methods,
    ...trust,
  };
  keep(evaluationFile(library), evaluation);
  return evaluation;
}

/** The last evaluation of the library's pack; null before the first. */
export function lastEvaluation(library: OpenLibrary): Evaluation | null {
  const file = evaluationFile(library);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Evaluation) : null;
}

const evaluationFile = ({ store: { home }, pack }: OpenLibrary): string =>
  join(home, "evaluations", `${pack.visualId}.json`);

function keep(file: string, evaluation: Evaluation): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.part`, JSON.stringify(evaluation));
  renameSync(`${file}.part`, file);
}
