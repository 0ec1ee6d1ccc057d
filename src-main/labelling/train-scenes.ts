import { basename } from "node:path";
import { learnMultiLabel, type LabelAmounts, type LearnedLabel, type LearnedLabels } from "../devise/multi-label";
import { centredRoots, rootMean } from "../devise/scenes";
import { type AmountTable, photoPaths, readAmounts, readFeatures, readLabelColumns } from "../evaluate/amounts";
import { embedDataset, type EmbeddedDataset } from "../evaluate/embed-dataset";
import { openEmbeddingCache } from "../library/embedding-cache";
import { Refusal } from "../refusal";
import { extendPack } from "../vision/extend-pack";
import type { Pack } from "../vision/pack";
import { sceneNumbers } from "../vision/pack-scenes";
import { visualModelApart } from "../vision/networks";
import type { VisualModel } from "../vision/visual-model";
import { refuseOtherThanPack } from "../vision/write-pack";
import { scenesCard } from "./scenes-card";

export interface ScenesQuery {
  /** CSV of photos and amounts. */
  amounts: string;
  /** Features of its photos, `[n, D]` float16; null: its photos are looked at. */
  features: string | null;
  /** JSON of labels and the columns that they are made of; null: every column is a label. */
  mapping: string | null;
  /** Of labels with amounts other than 0 and 1: more of the photo than this is enough to say it, 0..1. */
  present: number;
  out: string;
  /** Of the folds. */
  seed: number;
}

export interface TrainedScene extends Pick<LearnedLabel, "averagePrecision" | "level"> { name: string; wnid: string | null; /** Photos that show it. */ photos: number }

export interface TrainedScenes extends Pick<LearnedLabels, "tried" | "method"> {
  /** Of all labels; those without a level are not in the pack. */
  labels: TrainedScene[];
  photos: number;
  failed: EmbeddedDataset["failed"];
}

/** Photos that must show a label, and that must not: fewer can't be learned from and told by. */
export const FEWEST = 3;

/**
 * Learns a multi-label head on a pack's features and writes it into a pack of format 2.
 * @throws Refusal `bad-dataset`, `bad-features`, `bad-output`, or what `signal` was aborted with: then nothing is written
 */
export async function trainScenes(
  home: string, pack: Pack, query: ScenesQuery, { signal, onPhotos, onTried }: {
    signal?: AbortSignal; onPhotos?: (done: number, total: number) => void; onTried?: (done: number, total: number) => void;
  } = {},
): Promise<TrainedScenes> {
  refuseOtherThanPack(query.out);
  const D = pack.dimensions;
  const table = readAmounts(query.amounts, query.mapping === null ? null : readLabelColumns(query.mapping));
  const seen = query.features === null ? await look(home, pack, table, { signal, onPhotos })
    : { rows: [...table.photos.keys()], features: readFeatures(query.features, table.photos.length, D), failed: [] };
  const labels = table.labels.map(({ name, wnid, amounts }) => ({ name, wnid, ...presence(seen.rows.map((row) => amounts[row]), query.present) }));
  refuseFew(table, labels);
  const centre = rootMean(seen.features, D);
  const { tried, method, labels: learned } = await learnMultiLabel(centredRoots(seen.features, centre), D, labels, query.seed, async (done, total) => {
    onTried?.(done, total);
    await new Promise(setImmediate);
    signal?.throwIfAborted();
  });
  const result: TrainedScenes = {
    tried, method, photos: seen.rows.length, failed: seen.failed,
    labels: labels.map(({ name, wnid, present }, l) => ({ name, wnid, photos: count(present), averagePrecision: learned[l].averagePrecision, level: learned[l].level })),
  };
  const kept = learned.flatMap((label, l) => (label.level ? [{ ...label, ...labels[l], from: label.level.from }] : []));
  if (kept.length === 0) throw new Refusal("bad-dataset", `none of the ${labels.length} labels of ${table.source} is told reliably from ${result.photos} photos: nothing is written`);
  const weights = new Float32Array(kept.length * D);
  kept.forEach((label, s) => weights.set(label.weights, s * D));
  extendPack(pack, query.out, {
    described: { scenes: { weights: "scenes.f32", classes: "scenes.json" } },
    files: {
      "scenes.f32": sceneNumbers({ centre, weights, bias: Float32Array.from(kept, ({ bias }) => bias) }),
      "scenes.json": `${JSON.stringify(kept.map(({ name, wnid, from }) => ({ name, wnid, from })), null, 1)}\n`,
    },
    card: scenesCard(basename(table.source), result, query),
  });
  return result;
}

/** Amounts of 0 and 1 alone mean no and yes. */
function presence(amounts: number[], least: number): LabelAmounts {
  const yesOrNo = amounts.every((amount) => amount === 0 || amount === 1);
  return { amounts: Float64Array.from(amounts), present: Uint8Array.from(amounts, (amount) => Number(amount > (yesOrNo ? 0.5 : least))) };
}

const count = (present: Uint8Array): number => present.reduce((sum, each) => sum + each, 0);

function refuseFew({ source }: AmountTable, labels: (LabelAmounts & { name: string })[]): void {
  const few = labels.filter(({ present }) => count(present) < FEWEST || present.length - count(present) < FEWEST);
  if (few.length === 0) return;
  const list = few.slice(0, 10).map(({ name, present }) => `${name} (${count(present)} of ${present.length})`).join(", ");
  throw new Refusal("bad-dataset", `amounts ${source}: ${few.length} of ${labels.length} labels are in fewer than ${FEWEST} photos, or missing in fewer: ${list}`);
}

async function look(
  home: string, pack: Pack, table: AmountTable, { signal, onPhotos }: { signal?: AbortSignal; onPhotos?: (done: number, total: number) => void },
): Promise<Pick<EmbeddedDataset, "rows" | "features" | "failed">> {
  const paths = photoPaths(table);
  const cache = openEmbeddingCache(home, pack.visualId, pack.dimensions, pack.classes.length);
  let model: Promise<VisualModel> | null = null;
  try {
    return await embedDataset(paths, pack, cache, () => (model ??= visualModelApart(pack)), { signal, onProgress: onPhotos });
  } finally {
    cache.close();
    await (model as Promise<VisualModel> | null)?.then((loaded) => loaded.dispose(), () => undefined); // why it did not load was thrown above
  }
}
