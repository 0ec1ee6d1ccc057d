import type { LabelId } from "../../src-shared/contract";
import { ownLabelOrNull } from "../../src-shared/label-id";
import { Refusal } from "../../src-shared/refusal";
import { resource } from "../base/resources";
import type { Lexicon } from "../labeller/lexicon";
import { standaloneVisualModel } from "../vision/networks";
import type { Pack } from "../vision/pack";
import type { VisualModel } from "../vision/visual-model";
import { readWnidLabels } from "../words/class-labels";
import { mapWnids, readSynsets, readWnidTable, type SynsetRow, wnidByName } from "../words/wnid";
import { type Dataset, readDataset } from "./dataset";
import { embedDataset, type EmbeddedDataset } from "./embed-dataset";
import { openEmbeddingCache } from "./embedding-cache";
import { type GroundTruth, groundTruth } from "./ground-truth";

/** A dataset's photos with their visual output, and what had to be left out. */
export interface DatasetPhotos
  extends
    Pick<GroundTruth, "unknown" | "unmapped">,
    Pick<Dataset, "source" | "skipped">,
    Pick<EmbeddedDataset, "failed"> {
  /** `[n, D]` */
  features: Float32Array;
  /** `[n, C]` */
  logits: Float32Array;
  /** `[n]` */
  labels: LabelId[];
  /** `[n]` absolute */
  paths: string[];
}

/** Labels of wnids and names. */
export interface NameReader {
  ofWnid(wnid: string, name: string): LabelId | null;
  ofName(name: string): LabelId | null;
  /** ImageNet's synsets, if their table was given. */
  synsets: SynsetRow[];
}

/**
 * @param synsets table of ImageNet's synsets, which maps wnids by all their names and ancestors
 * @throws Refusal `bad-synsets`
 */
export function nameReader({ wordnet, labels, vectorOf }: Lexicon, synsets: string | null): NameReader {
  const rows = synsets === null ? [] : readSynsets(synsets);
  const firstNames = new Map(rows.map(({ wnid, lemmas }) => [wnid, lemmas[0]]));
  const { mapping } = mapWnids(rows, wordnet);
  const tables = {
    imagenet1k: resource("words", "imagenet-1k.json"),
    classNames: resource("words", "class-names.json"),
  };
  const table = readWnidTable(tables.imagenet1k);
  const known = readWnidLabels(tables);
  const byName = wnidByName(table, wordnet);
  return {
    synsets: rows,
    ofWnid: (wnid, name) => known.get(wnid) ?? mapping.get(wnid) ?? byName(wnid, firstNames.get(wnid) ?? name),
    ofName(name) {
      const own = ownLabelOrNull(name);
      return labels.resolve(name)[0] ?? (own !== null && vectorOf(own) ? own : null);
    },
  };
}

/**
 * Reads a labelled dataset and embeds its photos with the pack's visual model; photos in the cache are not embedded
 * again. Nothing is written unless the dataset is usable.
 * @throws Refusal `bad-dataset`, or the reason `signal` was aborted with
 */
export async function datasetPhotos(
  path: string,
  { home, pack, classLabels, names }: { home: string; pack: Pack; classLabels: LabelId[]; names: NameReader },
  options: { signal?: AbortSignal; onProgress?: (done: number, total: number) => void } = {},
): Promise<DatasetPhotos> {
  const dataset = await readDataset(path);
  const classes = pack.classes.map(({ name, wnid }, c) => ({ name, wnid, label: classLabels[c] }));
  const { photos, unknown, unmapped } = groundTruth(dataset, { ...names, classes });
  const cache = openEmbeddingCache(home, pack.visualId, pack.dimensions, pack.classes.length);
  let model: Promise<VisualModel> | null = null;
  try {
    const { rows, features, logits, failed } = await embedDataset(
      photos.map((photo) => photo.path),
      pack,
      cache,
      () => (model ??= standaloneVisualModel(pack)),
      options,
    );
    if (rows.length === 0)
      throw new Refusal(
        "bad-dataset",
        `None of the ${photos.length} photos of the dataset ${dataset.source} can be read. The first ` +
          `is ${failed[0].path}: ${failed[0].reason}`,
      );
    return {
      source: dataset.source,
      skipped: dataset.skipped,
      unknown,
      unmapped,
      failed,
      features,
      logits,
      labels: rows.map((row) => photos[row].label),
      paths: rows.map((row) => photos[row].path),
    };
  } finally {
    cache.close();
    await (model as Promise<VisualModel> | null)?.then(
      (loaded) => loaded.dispose(),
      () => undefined,
    ); // a load error was thrown above
  }
}

/** Describes what was left out, one line per reason; empty if nothing was. */
export function describeSkipped({
  unknown,
  unmapped,
  skipped,
  failed,
}: Pick<DatasetPhotos, "unknown" | "unmapped" | "skipped" | "failed">): string[] {
  const photos = unknown.reduce((sum, each) => sum + each.photos, 0);
  const list = (items: string[]) =>
    `${items.slice(0, 20).join(", ")}${items.length > 20 ? `, and ${items.length - 20} more` : ""}`;
  const entry = ({ path, reason }: { path: string; reason: string }) => `${path} (${reason.replace(/\.$/, "")})`;
  return [
    ...(unknown.length > 0
      ? [
          `${photos} photos left out, of ${unknown.length} unknown labels: ` +
            `${list(unknown.map(({ label, photos: n }) => `${label} (${n})`))}`,
        ]
      : []),
    ...(unmapped.length > 0 ? [`${unmapped.length} wnids without a WordNet 3.1 synset: ${list(unmapped)}`] : []),
    ...(skipped.length > 0 ? [`${skipped.length} entries skipped: ${list(skipped.map(entry))}`] : []),
    ...(failed.length > 0 ? [`${failed.length} photos could not be read: ${list(failed.map(entry))}`] : []),
  ];
}
