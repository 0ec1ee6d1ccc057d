import { basename, join } from "node:path";
import type { ImportSource, PhotoId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import type { JobHandle } from "../base/jobs";
import { readMetadata } from "../images/decode-client";
import type { Store } from "../store/database";
import { exportedLabeller } from "../store/labellers";
import { fileFinder, type NamedPhoto } from "../store/named-files";
import { allFiles } from "../store/photos";
import { readCoco } from "./coco-labels";
import { readCsvLabels } from "./csv-labels";
import { folderKeyword } from "./folder-keywords";
import { readJsonLines } from "./json-labels";
import { readLabellerResults } from "./labeller-results";
import { distinctKeywords, type ImportEntry, keywordFault, type PhotoKeywords, stepsOf } from "./photo-keywords";
import { sidecarsOf } from "./sidecars";
import { readSidecar } from "./xmp-labels";

/** All labels that a source has for the library's photos. */
export interface CollectedKeywords {
  /** For people: "XMP sidecars". */
  source: string;
  photos: Set<PhotoId>;
  keywords: Map<string, CollectedKeyword>;
  predictions: number;
  /** The number of lines and files that couldn't be used; the first of these are listed with reasons. */
  unusable: number;
  unusableItems: { where: string; reason: string }[];
}

export interface CollectedKeyword {
  /** From general to specific. */
  keyword: string[];
  accept: Set<PhotoId>;
  reject: Set<PhotoId>;
}

/** Unusable lines and files listed at most. */
const MAX_LISTED = 500;
/** Entries read between yields. */
const PHOTOS_PER_YIELD = 200;

const NAMES: Record<ImportSource["from"], string> = {
  xmp: "XMP sidecars",
  keywords: "keywords in photos",
  folders: "folder names",
  csv: "CSV",
  jsonl: "JSON Lines",
  coco: "COCO",
  labeller: "model predictions",
};

export const sourceName = (source: ImportSource): string =>
  "file" in source ? `${NAMES[source.from]} ${basename(source.file)}` : NAMES[source.from];

/**
 * Reads all labels from a source without changing anything. Skips and reports lines and files that can't be read.
 * @throws Refusal `no-file`, `bad-csv`, `bad-jsonl`, `bad-coco`, `unknown-labeller` if a file is unusable as a whole;
 *   `cancelled`
 */
export async function collectKeywords(store: Store, source: ImportSource, job: JobHandle): Promise<CollectedKeywords> {
  const collected: CollectedKeywords = {
    source: sourceName(source),
    photos: new Set(),
    keywords: new Map(),
    predictions: 0,
    unusable: 0,
    unusableItems: [],
  };
  let read = 0;
  for await (const { reading, named, total } of entriesOf(store, source)) {
    if ("predictions" in reading) collected.predictions += reading.predictions;
    else if ("reason" in reading) unusableEntry(collected, reading.where, reading.reason);
    else if ("reason" in named) unusableEntry(collected, reading.path, named.reason);
    else addEntry(collected, named.photo, reading);
    if (++read % PHOTOS_PER_YIELD !== 0) continue;
    job.progress(read, total);
    await new Promise((resolve) => setImmediate(resolve)); // let pending calls run
    await job.yield();
  }
  job.progress(read, read);
  return collected;
}

/** An entry with its photo, and the expected number of entries; 0 if that is unknown. */
interface LocatedEntry {
  reading: ImportEntry;
  named: NamedPhoto;
  total: number;
}

async function* entriesOf(store: Store, source: ImportSource): AsyncGenerator<LocatedEntry> {
  if ("file" in source) {
    const find = fileFinder(store);
    for await (const reading of entriesOfFile(store, source))
      yield { reading, named: "path" in reading ? find(reading.path) : { reason: "" }, total: 0 };
    return;
  }
  const files = [...allFiles(store)].flatMap(({ path, photo }) => (photo === null ? [] : [{ path, photo }]));
  if (source.from === "xmp") {
    const sidecars = await sidecarsOf(store.folder, files);
    for (const { path, ...named } of sidecars)
      yield {
        reading: await entryOf(path, () => readSidecar(join(store.folder, path))),
        named,
        total: sidecars.length,
      };
    return;
  }
  for (const { path, photo } of files) {
    const { from } = source;
    const reading =
      from === "folders"
        ? folderEntry(path, source)
        : await entryOf(path, async () => (await readMetadata(join(store.folder, path))).keywords);
    yield { reading, named: { photo }, total: files.length };
  }
}

function entriesOfFile(store: Store, source: Extract<ImportSource, { file: string }>): AsyncGenerator<ImportEntry> {
  if (source.from !== "labeller")
    return { csv: readCsvLabels, jsonl: readJsonLines, coco: readCoco }[source.from](source.file);
  const { file, threshold, trust } = source;
  return readLabellerResults(file, {
    threshold,
    isTrusted: (labeller) => trust || exportedLabeller(store, labeller) !== null,
  });
}

function folderEntry(path: string, { level, without }: Extract<ImportSource, { from: "folders" }>): ImportEntry {
  const keyword = folderKeyword(path, level, without);
  return { path, keywords: keyword ? [keyword] : [], verdict: "accept" };
}

async function entryOf(path: string, keywords: () => Promise<string[][]>): Promise<ImportEntry> {
  try {
    const tidy = (await keywords()).map((steps) => steps.flatMap((step) => stepsOf(step, null)));
    return { path, keywords: distinctKeywords(tidy), verdict: "accept" };
  } catch (error) {
    if (error instanceof Refusal) return { where: path, reason: error.message };
    throw error;
  }
}

function unusableEntry(collected: CollectedKeywords, where: string, reason: string): void {
  collected.unusable++;
  if (collected.unusableItems.length < MAX_LISTED) collected.unusableItems.push({ where, reason });
}

function addEntry(
  collected: CollectedKeywords,
  photo: PhotoId,
  { path, where = path, keywords: given, verdict }: PhotoKeywords,
): void {
  const { photos, keywords } = collected;
  for (const keyword of given) {
    const fault = keywordFault(keyword);
    if (fault !== null) {
      unusableEntry(collected, where, fault);
      continue;
    }
    const key = keyword.join("|");
    let known = keywords.get(key);
    if (!known) keywords.set(key, (known = { keyword, accept: new Set(), reject: new Set() }));
    known[verdict].add(photo);
    photos.add(photo);
  }
}
