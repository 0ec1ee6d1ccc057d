import { Refusal } from "../../src-shared/refusal";
import { embedDataset, type EmbeddedDataset } from "../evaluation/embed-dataset";
import { openEmbeddingCache } from "../evaluation/embedding-cache";
import { standaloneVisualModel } from "../vision/networks";
import type { Pack } from "../vision/pack";
import type { VisualModel } from "../vision/visual-model";
import { type AmountTable, type LabelColumns, photoPaths, readAmounts, readFeatures } from "./amounts";
import type { LabelAmounts } from "./multi-label";

/** A CSV of photos and amounts, with the features of its photos, `[n, D]` float16; null: the photos are looked at. */
export interface SceneTable {
  amounts: string;
  features: string | null;
}

/** Photos of all tables, one after another. */
export interface ScenePhotos {
  /** `[n, D]` */
  features: Float32Array;
  labels: (LabelAmounts & { name: string; wnid: string | null })[];
  /** CSVs, and how many photos each has that could be read. */
  sources: { file: string; photos: number }[];
  failed: EmbeddedDataset["failed"];
}

export interface EmbedListeners {
  signal?: AbortSignal;
  onPhotos?: (done: number, total: number) => void;
}

/** Photos that must show a label, and that must not: fewer can't be learned from and told by. */
const MIN_PHOTOS_PER_LABEL = 3;

/**
 * @param mapping labels and the columns that they are made of; null: every column is a label
 * @param present of columns with other amounts than 0 and 1: more than this is enough to say the label
 * @throws Refusal `bad-dataset`, `bad-features`, or what `signal` was aborted with
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

/** Amounts of 0 and 1 alone mean no and yes. */
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
      `amounts ${other.source} have the labels ${names(other).join(", ")}, those of ${first.source} are ${names(first).join(", ")}: ` +
        "tables of unlike columns need a mapping",
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
    `amounts ${sources.map(({ file }) => file).join(", ")}: ${few.length} of ${labels.length} labels are in fewer than ${MIN_PHOTOS_PER_LABEL} photos, or missing in fewer: ${list}`,
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
    ); // why it did not load was thrown above
  }
}
