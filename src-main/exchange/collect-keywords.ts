import { basename, join } from "node:path";
import type { ImportSource, PhotoId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import type { JobHandle } from "../base/jobs";
import type { Rectangle } from "../base/overlap";
import { sidecarsOf } from "../folder/sidecars";
import { readMetadata, readPlacedRegions } from "../images/decode-client";
import { NO_REGIONS } from "../images/xmp-regions";
import type { Store } from "../store/database";
import { exportedLabeller } from "../store/labellers";
import { candidateFinder, fileFinder, type NamedPhoto } from "../store/named-files";
import { allFiles, sizeOfPhoto } from "../store/photos";
import { sizeFault, usableBox } from "./box-fault";
import { readCoco } from "./coco-labels";
import { readCsvLabels } from "./csv-labels";
import { folderKeyword } from "./folder-keywords";
import { readJsonLines } from "./json-labels";
import { readLabellerResults } from "./labeller-results";
import { distinctKeywords, type ImportEntry, keywordFault, type PhotoKeywords, stepsOf } from "./photo-keywords";
import { regionEntries } from "./region-entries";
import { readVoc } from "./voc-labels";
import { readSidecar } from "./xmp-labels";
import { readYolo } from "./yolo-labels";

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
  /** Boxes of it, in fractions of the upright photo. */
  boxes: { photo: PhotoId; box: Rectangle }[];
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
  yolo: "YOLO",
  voc: "Pascal VOC",
  labeller: "model predictions",
};

export const sourceName = (source: ImportSource): string =>
  "file" in source || "folder" in source
    ? `${NAMES[source.from]} ${basename("file" in source ? source.file : source.folder)}`
    : NAMES[source.from];

/**
 * Reads all labels and boxes from a source without changing anything. Skips and reports lines and files that can't be
 * read.
 * @throws Refusal `no-file`, `bad-csv`, `bad-jsonl`, `bad-coco`, `bad-yolo`, `bad-voc`, `unknown-labeller` if a file or
 *   folder is unusable as a whole; `cancelled`
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
    else addEntry(store, collected, named.photo, reading);
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
  if ("folder" in source) {
    const find = candidateFinder(store);
    for await (const reading of { yolo: readYolo, voc: readVoc }[source.from](source.folder))
      yield { reading, named: "path" in reading ? find(reading.candidates ?? []) : { reason: "" }, total: 0 };
    return;
  }
  const files = [...allFiles(store)].flatMap(({ path, photo }) => (photo === null ? [] : [{ path, photo }]));
  if (source.from === "xmp") {
    const sidecars = await sidecarsOf(store.folder, files);
    for (const { path, ...named } of sidecars) {
      const at = { named, total: sidecars.length };
      const { keywords, regions = NO_REGIONS } = await factsOf(path, () => readSidecar(join(store.folder, path)));
      yield { reading: keywords, ...at };
      if ("reason" in named || regions.regions.length === 0) continue;
      const placed = await factsOf(path, async () => {
        const { orientation } = await readPlacedRegions(join(store.folder, named.file));
        return { keywords: [], orientation };
      });
      if (placed.orientation === undefined) yield { reading: placed.keywords, ...at };
      else
        for (const reading of regionEntries(path, regions, {
          orientation: placed.orientation,
          ...sizeOfPhoto(store, named.photo),
        }))
          yield { reading, ...at };
    }
    return;
  }
  for (const { path, photo } of files) {
    const at = { named: { photo }, total: files.length };
    if (source.from === "folders") {
      yield { reading: folderEntry(path, source), ...at };
      continue;
    }
    const file = join(store.folder, path);
    const { keywords, ...placed } = await factsOf(path, async () => ({
      keywords: (await readMetadata(file)).keywords,
      ...(await readPlacedRegions(file)),
    }));
    yield { reading: keywords, ...at };
    if (placed.regions && placed.orientation)
      for (const reading of regionEntries(path, placed.regions, {
        orientation: placed.orientation,
        ...sizeOfPhoto(store, photo),
      }))
        yield { reading, ...at };
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

/** What a file says, with its keywords as an entry; only an entry with the reason if it can't be read. */
async function factsOf<Facts extends { keywords: string[][] }>(
  path: string,
  read: () => Promise<Facts>,
): Promise<Partial<Omit<Facts, "keywords">> & { keywords: ImportEntry }> {
  try {
    const { keywords, ...facts } = await read();
    const tidy = keywords.map((steps) => steps.flatMap((step) => stepsOf(step, null)));
    return { ...facts, keywords: { path, keywords: distinctKeywords(tidy), verdict: "accept" } };
  } catch (error) {
    if (error instanceof Refusal)
      return { keywords: { where: path, reason: error.message } } as Partial<Omit<Facts, "keywords">> & {
        keywords: ImportEntry;
      };
    throw error;
  }
}

function unusableEntry(collected: CollectedKeywords, where: string, reason: string): void {
  collected.unusable++;
  if (collected.unusableItems.length < MAX_LISTED) collected.unusableItems.push({ where, reason });
}

function addEntry(
  store: Store,
  collected: CollectedKeywords,
  photo: PhotoId,
  { path, where = path, keywords: given, verdict, boxes = [], size = null }: PhotoKeywords,
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
    if (!known) keywords.set(key, (known = { keyword, accept: new Set(), reject: new Set(), boxes: [] }));
    known[verdict].add(photo);
    photos.add(photo);
  }
  const wrongSize = size && boxes.length > 0 ? sizeFault(size, sizeOfPhoto(store, photo)) : null;
  for (const { keyword, box, where: at } of boxes) {
    const usable = wrongSize ?? usableBox(box);
    if (typeof usable === "string") unusableEntry(collected, at, usable);
    else keywords.get(keyword.join("|"))?.boxes.push({ photo, box: usable });
  }
}
