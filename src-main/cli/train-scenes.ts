import { resolve } from "node:path";
import { Refusal } from "../../src-shared/refusal";
import { dataFolder } from "../base/data-folder";
import { packFolder } from "../base/resources";
import { METHODS } from "../lab/scenes-card";
import { trainScenes } from "../lab/train-scenes";
import type { TrainedScenes } from "../lab/trained-scenes";
import { readPack } from "../vision/pack";
import { runJob } from "./run-job";
import { printJson } from "./session";

export interface TrainScenesOptions {
  out: string;
  pack: string;
  seed: number;
  features?: string[];
  mapping?: string;
  present: number;
  json?: boolean;
}

/** `semblance visual train CSV... --multi-label` */
export async function trainScenesOf(
  datasets: string[],
  { out, pack, seed, features, mapping, present, json }: TrainScenesOptions,
): Promise<void> {
  const folder = resolve(out);
  if (features && features.length > datasets.length)
    throw new Refusal("bad-features", `${features.length} files of features for ${datasets.length} CSVs`);
  const tables = datasets.map((amounts, i) => ({ amounts, features: features?.[i] ?? null }));
  const query = { tables, mapping: mapping ?? null, present, out: folder, seed };
  const trained = await runJob("retrain", (job) =>
    trainScenes(dataFolder(), readPack(packFolder(pack)), query, {
      signal: job.signal,
      onPhotos: job.progress,
      onStep: job.progress,
    }),
  );
  if (trained.failed.length > 0) {
    console.error(`${trained.failed.length} photos could not be read:`);
    for (const { path, reason } of trained.failed) console.error(`  ${path}: ${reason}`);
  }
  if (json) return printJson({ folder, ...trained });
  printTable(trained);
  console.log(`The pack is in ${folder}; use it with semblance tag --pack ${out}`);
}

function printTable({ tried, method, labels, photos }: TrainedScenes): void {
  const { averagePrecision } = tried.find(({ kind, lambda }) => kind === method.kind && lambda === method.lambda)!;
  console.log(
    `${labels.length} labels of ${photos} photos by ${METHODS[method.kind]} with penalty ${method.lambda}; mean average precision ${averagePrecision.toFixed(3)}, of photos not seen, as all figures.`,
  );
  for (const { name, photos: n, averagePrecision: ap, level } of [...labels].sort(
    (a, b) => Number(b.level !== null) - Number(a.level !== null),
  )) {
    const outcome = level
      ? `shown from ${(100 * level.from).toFixed(0)} %: ${level.right} of ${level.shown} are right`
      : "not told reliably: left out";
    console.log(`${name.padEnd(20)} ${String(n).padStart(5)} photos   average precision ${ap.toFixed(2)}   ${outcome}`);
  }
}
