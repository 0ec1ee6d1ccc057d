import { resolve } from "node:path";
import { formatCount } from "../../src-shared/format-count";
import { Refusal } from "../../src-shared/refusal";
import { dataFolder } from "../base/data-folder";
import { readNamedPack } from "../evaluation/named-pack";
import { METHODS } from "../lab/scenes-card";
import { trainScenes } from "../lab/train-scenes";
import type { TrainedScenes } from "../lab/trained-scenes";
import { printJson, say, warn } from "./output";
import { runJob } from "./run-job";

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
    throw new Refusal(
      "bad-features",
      `${features.length} feature files for ${datasets.length} CSVs: give one per CSV at most.`,
    );
  const tables = datasets.map((amounts, i) => ({ amounts, features: features?.[i] ?? null }));
  const query = { tables, mapping: mapping ?? null, present, out: folder, seed };
  const trained = await runJob("retrain", ({ signal, progress }) =>
    trainScenes(dataFolder(), readNamedPack(pack), query, { signal, onPhotos: progress, onStep: progress }),
  );
  printUnreadable(trained.failed);
  if (json) return printJson({ folder, ...trained });
  printTable(trained);
  say(`The pack is in ${folder}. Use it with: semblance tag --pack ${out}`);
}

/** Lists photos that could not be read on stderr. */
export function printUnreadable(failed: readonly { path: string; reason: string }[]): void {
  if (failed.length === 0) return;
  warn(`${formatCount(failed.length, "photo")} could not be read:`);
  for (const { path, reason } of failed) warn(`  ${path}: ${reason}`);
}

function printTable({ tried, method, labels, photos }: TrainedScenes): void {
  const { averagePrecision } = tried.find(({ kind, lambda }) => kind === method.kind && lambda === method.lambda)!;
  say(
    `${labels.length} labels from ${photos} photos by ${METHODS[method.kind]} with penalty ` +
      `${method.lambda}. Mean average precision: ${averagePrecision.toFixed(3)}. All figures are on held-out photos.`,
  );
  for (const { name, photos: n, averagePrecision: ap, level } of [...labels].sort(
    (a, b) => Number(b.level !== null) - Number(a.level !== null),
  )) {
    const outcome = level
      ? `shown from ${(100 * level.from).toFixed(0)} %: ${level.right} of ${level.shown} correct`
      : "too unreliable: left out";
    say(`${name.padEnd(20)} ${String(n).padStart(5)} photos   average precision ${ap.toFixed(2)}   ${outcome}`);
  }
}
