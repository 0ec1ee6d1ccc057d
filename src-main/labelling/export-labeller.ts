import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { LabellerQuery, WrittenLabeller } from "../../src-preload/contract";
import { labellerOnnx, PHOTOS } from "../exchange/labeller-onnx";
import { writeWhole } from "../exchange/whole-file";
import type { JobHandle, Jobs } from "../jobs/jobs";
import { labelCards } from "../library/label-cards";
import { rememberLabeller } from "../library/labellers";
import { settingsOf } from "../library/settings";
import { KEPT_FROM } from "../library/shown";
import { Refusal } from "../refusal";
import { tryOnnx } from "../vision/try-onnx";
import { KEPT_CLASSES } from "./embed-photos";
import { fullName } from "./lexicon";
import { MOST_LABELS, needsPack, type Workbench } from "./workbench";

/**
 * Writes what labels the library now as one ONNX file, as a job that can be cancelled.
 * @throws Refusal `bad-pack` where the network can't be taken into it, or it would be too large, `cancelled`, or of `writeWhole`
 */
export async function exportLabeller(bench: Workbench, jobs: Jobs, query: LabellerQuery): Promise<WrittenLabeller> {
  needsPack(bench);
  let failure: Error = new Refusal("cancelled", "the export was cancelled");
  let written: WrittenLabeller | null = null;
  const { finished } = jobs.run("export", async (job) => {
    try {
      written = await write(bench, job, query);
    } catch (error) {
      failure = error as Error;
      throw error;
    }
    return `a labeller with ${written.labels} labels in ${written.file}`;
  });
  await finished;
  if (!written) throw failure;
  return written;
}

async function write(bench: Workbench, job: JobHandle, { file, overwrite, top, threshold }: LabellerQuery): Promise<WrittenLabeller> {
  const { library, model, labeller: { labels }, pack } = bench;
  await bench.labeller.prepare();
  await job.breath();
  const made = labellerOf(bench, top, threshold);
  await job.breath();
  const { size } = pack.preprocess;
  await tryOnnx(made.file, { name: PHOTOS, dims: [1, size, size, 3] }).catch((error: RangeError) => { throw notForExport(bench, error); });
  await job.breath();
  const target = resolve(file);
  await writeWhole(library.home, target, overwrite, (handle) => handle.writeFile(made.file));
  rememberLabeller(library, { labeller: made.labeller, model: model.model, exportedAt: new Date().toISOString() });
  return { file: target, labeller: made.labeller, labels: labels.length, bytes: made.file.length };
}

/** The labeller as a file's bytes; the bench's own must be prepared. */
function labellerOf(bench: Workbench, top: number, threshold: number): { file: Uint8Array; labeller: string } {
  const { library, lexicon, pack, labeller: { labels }, share, labelSet, model } = bench;
  const { threshold: overall, labelThresholds } = settingsOf(library);
  const cards = labelCards(library);
  try {
    return labellerOnnx({
      pack, network: readFileSync(pack.visual.file), numbers: bench.labeller.numbers(), share,
      labels: labels.map((id) => ({ id, name: fullName(lexicon.named(id)), parents: lexicon.wordnet.parents(id) })),
      bars: Float64Array.from(labels, (label) => (cards.get(label)?.hidden ? Infinity : Math.max(threshold, labelThresholds[label] ?? overall))),
      rules: { classes: Math.min(KEPT_CLASSES, pack.classes.length), keptFrom: KEPT_FROM, most: MOST_LABELS },
      top: Math.min(top, MOST_LABELS, labels.length),
      about: { "label set": labelSet.name, "model pack": `${pack.title}; licence: ${pack.licence}`, "word vectors": lexicon.vocabulary.id, model: String(model.model) },
    });
  } catch (error) {
    throw error instanceof RangeError ? notForExport(bench, error) : error;
  }
}

const notForExport = ({ pack }: Workbench, { message }: RangeError) => new Refusal("bad-pack", `model pack ${pack.folder} can't be made into a labeller: ${message}`);
