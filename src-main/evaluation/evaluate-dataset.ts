import { resolve } from "node:path";
import type { LabelId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import type { RunJob } from "../base/jobs";
import type { FitSettings } from "../devise/fit";
import { fitInWorker } from "../devise/fit-in-worker";
import { readProjection } from "../labeller/pack-projection";
import { datasetPhotos, describeSkipped, type NameReader, nameReader } from "./dataset-photos";
import { evaluatePack, type PackEvaluation } from "./evaluate-pack";
import { evaluateReliability } from "./evaluate-reliability";
import { featurePhotos } from "./feature-photos";
import { type PackWithWords, readPackWithWords } from "./named-pack";
import type { ReportAbout } from "./report";
import { type CandidateSet, rowsOfSet } from "./settings";
import { heldOutLabels, type LabelledFeatures } from "./training-data";

export interface DatasetEvaluationQuery extends Partial<
  Pick<FitSettings, "violations" | "margin" | "steps" | "batch" | "learningRate" | "seed">
> {
  /** A bundled pack's name or a folder. */
  pack?: string;
  /** A vocabulary's file. */
  words?: string;
  /** Also rank among these labels: a label set or a file. */
  labels?: string;
  /** A dataset to fit the projections on. */
  train?: string;
  /** A folder with the pack's own features, in place of a dataset. */
  features?: string;
  /** Classes to hold out. */
  holdOut: number;
  candidates: CandidateSet;
  /** The table of ImageNet’s synsets. */
  synsets?: string;
}

export interface DatasetEvaluation {
  about: ReportAbout;
  methods: PackEvaluation["methods"];
  /** Labels in each setting. */
  candidates: PackEvaluation["candidates"];
  /** Of the labels that the product would show; null where the pack has no projection yet or shows none. */
  trust: Awaited<ReturnType<typeof evaluateReliability>>;
}

type Photos = LabelledFeatures & { logits: Float32Array };

/**
 * The paper's comparisons on labelled photos.
 * @param dataset null with `features`
 * @param warn    takes what was left out, a line at a time
 * @throws Refusal `bad-dataset`, `bad-synsets`, `bad-features`, `bad-training`, or of the pack, words or label set
 */
export async function evaluateDataset(
  home: string,
  dataset: string | null,
  query: DatasetEvaluationQuery,
  { run, warn }: { run: RunJob; warn: (line: string) => void },
): Promise<DatasetEvaluation> {
  const { pack: packName, words, labels, train, features, holdOut, candidates, synsets, ...settings } = query;
  const source = dataset ?? features;
  if (source === undefined || (dataset !== null && features !== undefined))
    throw new Refusal("bad-dataset", "Name either a dataset or --features FOLDER.");
  const context = readPackWithWords(home, packName, words);
  const { lexicon, pack, classLabels } = context;
  const names = nameReader(lexicon, synsets ?? null);
  const heldOut = heldOutLabels(classLabels, holdOut, settings.seed ?? 1);
  const unseen = candidates === "dataset" ? null : labelsOfSet(candidates, names, warn);
  const beside = labels === undefined ? [] : lexicon.labelSet(labels, classLabels).labels;

  const embed = (path: string): Promise<Photos> =>
    run("embed", async ({ signal, progress }) => {
      const photos = await datasetPhotos(path, { ...context, names }, { signal, onProgress: progress });
      describeSkipped(photos).forEach((line) => warn(line));
      return photos;
    });
  const featuresOf = (part: "train" | "validation") => featurePhotos(source, part, pack, classLabels);
  const photos = dataset === null ? featuresOf("validation") : await embed(dataset);
  const training = train !== undefined ? await embed(train) : dataset === null ? featuresOf("train") : null;
  const {
    methods,
    candidates: counts,
    fitted,
  } = await run("evaluate", ({ signal, progress, phase }) =>
    evaluatePack(
      {
        ...context,
        fit: (data, chosen) =>
          fitInWorker(data, chosen, { signal, onStep: (step) => progress(step + 1, chosen.steps) }),
      },
      { photos, training, heldOut, unseen, beside, settings },
      { signal, onPhase: phase, onProgress: progress },
    ),
  );
  return {
    about: {
      dataset: resolve(source),
      pack: pack.name,
      photos: photos.labels.length,
      heldOut: heldOut.map((label) => lexicon.named(label).name),
      fitted,
    },
    methods,
    candidates: counts,
    trust: await reliabilityOf(context, labels ?? "everyday", photos),
  };
}

/**
 * The product's labels are those of the projection that is kept for the pack: bundled, trained, or fitted when a folder
 * was first opened.
 */
async function reliabilityOf({ home, pack, lexicon, classLabels }: PackWithWords, labelSet: string, photos: Photos) {
  const { id, dimensions } = lexicon.vocabulary;
  const kept = readProjection(pack, id, dimensions, home);
  if (!kept) return null;
  const { labels } = lexicon.labelSet(labelSet, classLabels);
  const { M, confidence } = kept;
  return evaluateReliability({ pack, lexicon, classLabels, labels, M, confidence }, photos);
}

/**
 * The labels of a candidate set; warns of wnids that map to none.
 * @throws Refusal `bad-synsets` without the table that has them
 */
function labelsOfSet(
  set: Exclude<CandidateSet, "dataset">,
  { synsets, ofWnid }: NameReader,
  warn: (line: string) => void,
): LabelId[] {
  const rows = rowsOfSet(synsets, set);
  if (rows.length === 0)
    throw new Refusal(
      "bad-synsets",
      `--candidates ${set} needs --synsets FILE, a table of ImageNet’s synsets with a column ` +
        `“split”; ${synsets.length} synsets were given.`,
    );
  const mapped = rows.map(({ wnid, lemmas }) => ({ wnid, label: ofWnid(wnid, lemmas[0] ?? wnid) }));
  const unmapped = mapped.filter(({ label }) => label === null).map(({ wnid }) => wnid);
  if (unmapped.length > 0)
    warn(`${unmapped.length} of ${rows.length} wnids in ${set} have no synset in WordNet 3.1: ${unmapped.join(", ")}`);
  return [...new Set(mapped.flatMap(({ label }) => (label === null ? [] : [label])))];
}
