import { readFileSync } from "node:fs";
import { basename, relative } from "node:path";
import { parse } from "csv-parse/sync";
import { resource } from "../../src-main/base/resources";
import { readWnidLabels } from "../../src-main/words/class-labels";
import { mapWnids, readSynsets } from "../../src-main/words/wnid";
import type { WordNet } from "../../src-main/words/wordnet";
import type { LabelId } from "../../src-shared/contract";

/** The ground truth of a photo. */
export interface Truth {
  label: LabelId;
  /** One of the 1,000 classes of ImageNet-1K. */
  seen: boolean;
}

/**
 * Reads the ground truth of a folder's photos from the CSV beside it: path (relative to the parent folder), wnid,
 * imagenet1k.
 * @param synsets table of all ImageNet synsets: wnid, lemmas, parents
 * @returns labels by path relative to the folder, and the wnids without a label in WordNet 3.1
 */
export function readTruths(
  photos: string,
  synsets: string,
  wordnet: WordNet,
): { truths: Map<string, Truth>; unmapped: string[] } {
  const rows: Record<"path" | "wnid" | "imagenet1k", string>[] = parse(readFileSync(`${photos}.csv`), {
    columns: true,
  });
  const { mapping } = mapWnids(readSynsets(synsets), wordnet);
  const classes = readWnidLabels({
    imagenet1k: resource("words", "imagenet-1k.json"),
    classNames: resource("words", "class-names.json"),
  });
  const truths = new Map<string, Truth>();
  const unmapped = new Set<string>();
  for (const { path, wnid, imagenet1k } of rows) {
    const label = classes.get(wnid) ?? mapping.get(wnid);
    if (label) truths.set(relative(basename(photos), path), { label, seen: imagenet1k === "seen" });
    else unmapped.add(wnid);
  }
  return { truths, unmapped: [...unmapped] };
}
