import { Refusal } from "../../src-shared/refusal";
import { embedDataset, type EmbeddedDataset } from "../evaluation/embed-dataset";
import { openEmbeddingCache } from "../evaluation/embedding-cache";
import { standaloneVisualModel } from "../vision/networks";
import type { Pack } from "../vision/pack";
import type { VisualModel } from "../vision/visual-model";
import { type AmountTable, type LabelColumns, photoPaths, readAmounts, readFeatures } from "./amounts";
import type { LabelAmounts } from "./multi-label";

/** A CSV of photos and amounts, with their features `[n, D]` as float16; null: embed the photos. */
export interface SceneTable {
  amounts: string;
  features: string | null;
}

/** The photos of all tables, concatenated. */
export interface ScenePhotos {
  /** `[n, D]` */
  features: Float32Array;
  labels: (LabelAmounts & { name: string; wnid: string | null })[];
  /** Each CSV with its number of readable photos. */
  sources: { file: string; photos: number }[];
  failed: EmbeddedDataset["failed"];
}

export interface EmbedListeners {
  signal?: AbortSignal;
  onPhotos?: (done: number, total: number) => void;
}

/** Photos that a label needs, both with and without it; fewer can't be learned from, nor evaluated on. */
const MIN_PHOTOS_PER_LABEL = 3;

/**
 * Reads photos with amounts, and embeds those without stored features.
 * @param mapping labels and the columns they sum; null: every column is a label
 * @param present threshold for amounts other than 0 and 1: a label is present above it
 * @throws Refusal `bad-dataset`, `bad-features`, or the reason `signal` was aborted with
 */
export async function readScenePhotos(
  home: string,
  pack: Pack,
  tables: SceneTable[],
  mapping: LabelColumns[] | null,
  present: number,
  listeners: EmbedListeners,
): Promise<ScenePhotos> {
  const read = tables.map(({ amounts, features }) => ({ ...readAmounts(amounts, mapping), file: features }));
  refuseUnlike(read);
  const failed: EmbeddedDataset["failed"] = [];
  const parts: { features: Float32Array; labels: LabelAmounts[] }[] = [];
  const sources: ScenePhotos["sources"] = [];
  for (const table of read) {
    const seen =
      table.file === null
        ? await embedPhotos(home, pack, table, listeners)
        : {
            rows: [...table.photos.keys()],
            features: readFeatures(table.file, table.photos.length, pack.dimensions),
            failed: [],
          };
    failed.push(...seen.failed);
    sources.push({ file: table.source, photos: seen.rows.length });
    parts.push({
      features: seen.features,
      labels: table.labels.map(({ amounts }) =>
        presence(
          seen.rows.map((row) => amounts[row]),
          present,
        ),
      ),
    });
  }
  const features = new Float32Array(parts.reduce((sum, part) => sum + part.features.length, 0));
  parts.reduce((at, part) => (features.set(part.features, at), at + part.features.length), 0);
  const labels = read[0].labels.map(({ name, wnid }, l) => ({
    name,
    wnid,
    amounts: Float64Array.from(parts.flatMap((part) => [...part.labels[l].amounts])),
    present: Uint8Array.from(parts.flatMap((part) => [...part.labels[l].present])),
  }));
  refuseFew(sources, labels);
  return { features, labels, sources, failed };
}

/** Whether all amounts are 0 or 1: absent or present. */
function presence(amounts: number[], least: number): LabelAmounts {
  const yesOrNo = amounts.every((amount) => amount === 0 || amount === 1);
  return {
    amounts: Float64Array.from(amounts),
    present: Uint8Array.from(amounts, (amount) => Number(amount > (yesOrNo ? 0.5 : least))),
  };
}

export const countPresent = (present: Uint8Array): number => present.reduce((sum, each) => sum + each, 0);

function refuseUnlike([first, ...others]: AmountTable[]): void {
  const names = (table: AmountTable) => table.labels.map(({ name }) => name);
  const other = others.find((table) => names(table).join("\n") !== names(first).join("\n"));
  if (other) {
    throw new Refusal(
      "bad-dataset",
      `The amounts in ${other.source} have the labels ${names(other).join(", ")}, but ${first.source} has ${names(first).join(", ")}. ` +
        "Tables with different columns need a mapping.",
    );
  }
}

function refuseFew(sources: ScenePhotos["sources"], labels: ScenePhotos["labels"]): void {
  const few = labels.filter(
    ({ present }) =>
      countPresent(present) < MIN_PHOTOS_PER_LABEL || present.length - countPresent(present) < MIN_PHOTOS_PER_LABEL,
  );
  if (few.length === 0) return;
  const list = few
    .slice(0, 10)
    .map(({ name, present }) => `${name} (${countPresent(present)} of ${present.length})`)
    .join(", ");
  throw new Refusal(
    "bad-dataset",
    `Amounts in ${sources.map(({ file }) => file).join(", ")}: ${few.length} of ${labels.length} ` +
      `labels have fewer than ${MIN_PHOTOS_PER_LABEL} photos with the label, or fewer without it: ${list}.`,
  );
}

async function embedPhotos(
  home: string,
  pack: Pack,
  table: AmountTable,
  { signal, onPhotos }: EmbedListeners,
): Promise<Pick<EmbeddedDataset, "rows" | "features" | "failed">> {
  const paths = photoPaths(table);
  const cache = openEmbeddingCache(home, pack.visualId, pack.dimensions, pack.classes.length);
  let model: Promise<VisualModel> | null = null;
  try {
    return await embedDataset(paths, pack, cache, () => (model ??= standaloneVisualModel(pack)), {
      signal,
      onProgress: onPhotos,
    });
  } finally {
    cache.close();
    await (model as Promise<VisualModel> | null)?.then(
      (loaded) => loaded.dispose(),
      () => undefined,
    ); // a load error was thrown above
  }
}
