import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { Refusal } from "../../src-shared/refusal";
import { dataFolder } from "../base/data-folder";
import { defaultPack } from "../base/default-pack";
import { packFolder } from "../base/resources";
import type { FitSettings } from "../devise/fit";
import { fitInWorker } from "../devise/fit-in-worker";
import { datasetPhotos, describeSkipped, type NameReader, nameReader } from "../evaluation/dataset-photos";
import { evaluatePack } from "../evaluation/evaluate-pack";
import { evaluateReliability } from "../evaluation/evaluate-reliability";
import { featurePhotos } from "../evaluation/feature-photos";
import { reportPage } from "../evaluation/report";
import { type CandidateSet, rowsOfSet } from "../evaluation/settings";
import { harmonicMean, markdownTables, METHOD_NAMES, METHOD_TITLES, reliabilityMarkdown } from "../evaluation/table";
import { heldOutLabels } from "../evaluation/training-data";
import { readLexicon } from "../labeller/lexicon";
import { classLabelsOf } from "../labeller/pack-labels";
import { readProjection } from "../labeller/pack-projection";
import { readPack } from "../vision/pack";
import { runJob } from "./run-job";
import { printJson } from "./session";

export interface EvaluateOptions extends Partial<
  Pick<FitSettings, "violations" | "margin" | "steps" | "batch" | "learningRate" | "seed">
> {
  pack?: string;
  words?: string;
  labels?: string;
  train?: string;
  features?: string;
  holdOut: number;
  candidates: CandidateSet;
  synsets?: string;
  json?: boolean;
  report?: string;
}

/** `semblance evaluate`: the paper's comparisons on labelled photos. */
export async function evaluateDataset(dataset: string | undefined, options: EvaluateOptions): Promise<void> {
  const {
    pack: packName,
    words,
    labels,
    train,
    features,
    holdOut,
    candidates,
    synsets,
    json,
    report,
    ...settings
  } = options;
  if ((dataset === undefined) === (features === undefined))
    throw new Refusal("bad-dataset", "give either a dataset or --features FOLDER");
  const home = dataFolder();
  const lexicon = readLexicon(words);
  const pack = readPack(packFolder(packName ?? defaultPack()));
  const classLabels = classLabelsOf(pack, lexicon);
  const names = nameReader(lexicon, synsets ?? null);
  const heldOut = heldOutLabels(classLabels, holdOut, settings.seed ?? 1);
  const unseen = candidates === "dataset" ? null : labelsOfSet(candidates, names);
  const beside = labels === undefined ? [] : lexicon.labelSet(labels, classLabels).labels;

  const looked = (path: string) =>
    runJob("embed", async (job) => {
      const photos = await datasetPhotos(
        path,
        { home, pack, classLabels, names },
        { signal: job.signal, onProgress: job.progress },
      );
      for (const line of describeSkipped(photos)) console.error(line);
      return photos;
    });
  const photos =
    dataset === undefined ? featurePhotos(features!, "validation", pack, classLabels) : await looked(dataset);
  const training =
    train !== undefined
      ? await looked(train)
      : features !== undefined
        ? featurePhotos(features, "train", pack, classLabels)
        : null;
  const evaluation = await runJob("evaluate", (job) =>
    evaluatePack(
      {
        home,
        lexicon,
        pack,
        classLabels,
        fit: (data, chosen) =>
          fitInWorker(data, chosen, { signal: job.signal, onStep: (step) => job.progress(step + 1, chosen.steps) }),
      },
      { photos, training, heldOut, unseen, beside, settings },
      { signal: job.signal, onPhase: job.phase, onProgress: job.progress },
    ),
  );

  // The product's labels are those of the projection that is kept for the pack: bundled, trained, or fitted when a
  // folder was first opened.
  const kept = readProjection(pack, lexicon.vocabulary.id, lexicon.vocabulary.dimensions, home);
  const trust =
    kept &&
    (await evaluateReliability(
      {
        pack,
        lexicon,
        classLabels,
        labels: lexicon.labelSet(labels ?? "everyday", classLabels).labels,
        M: kept.M,
        confidence: kept.confidence,
      },
      photos,
    ));
  const { methods, candidates: counts, fitted } = evaluation;
  const about = {
    dataset: resolve(dataset ?? features!),
    pack: pack.name,
    photos: photos.labels.length,
    heldOut: heldOut.map((label) => lexicon.named(label).name),
    fitted,
  };
  if (report !== undefined) writeFileSync(report, reportPage(about, methods, counts, trust));
  if (json) return printJson({ methods, ...about, candidates: counts, ...trust });
  console.log(markdownTables(methods, counts));
  console.log(
    `\nPercent, with bootstrap 95 % intervals over photos. DeViSE: ${fitted.devise}; Random embedding and L2: ${fitted.others}.`,
  );
  if (trust) console.log(`\n${reliabilityMarkdown(trust)}`);
  const means = METHOD_NAMES.map((name) => ({ name, mean: harmonicMean(methods[name]) })).filter(
    ({ mean }) => mean !== null,
  );
  if (means.length > 0)
    console.log(
      `Harmonic mean of unseen and seen hit@1 among all labels: ${means.map(({ name, mean }) => `${METHOD_TITLES[name]} ${mean!.toFixed(1)}`).join(", ")}.`,
    );
}

/**
 * The labels of a candidate set; prints wnids that map to none. @throws Refusal `bad-synsets` without the table that
 * has them
 */
function labelsOfSet(set: Exclude<CandidateSet, "dataset">, { synsets, ofWnid }: NameReader) {
  const rows = rowsOfSet(synsets, set);
  if (rows.length === 0)
    throw new Refusal(
      "bad-synsets",
      `--candidates ${set} needs --synsets FILE, a table of ImageNet's synsets with a column split; ${synsets.length} synsets were given`,
    );
  const mapped = rows.map(({ wnid, lemmas }) => ({ wnid, label: ofWnid(wnid, lemmas[0] ?? wnid) }));
  const unmapped = mapped.filter(({ label }) => label === null).map(({ wnid }) => wnid);
  if (unmapped.length > 0)
    console.error(
      `${unmapped.length} of ${rows.length} wnids of ${set} map to no synset of WordNet 3.1: ${unmapped.join(", ")}`,
    );
  return [...new Set(mapped.flatMap(({ label }) => (label === null ? [] : [label])))];
}
