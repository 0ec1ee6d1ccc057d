import type { LabelId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { foldPhrase } from "../words/phrases";
import type { Dataset, LabelledFile } from "./dataset";

/** Lookups for a dataset's label names. */
export interface NameLookup {
  /** The pack's classes, which take precedence: their photos are seen. */
  classes: { name: string; wnid: string | null; label: LabelId }[];
  /**
   * The label of a wnid; null when it maps to none.
   * @param name as in the dataset
   */
  ofWnid(wnid: string, name: string): LabelId | null;
  /** The label of a name; null when it is not in any dictionary. */
  ofName(name: string): LabelId | null;
}

export interface GroundTruth {
  /** Photos with a label, in the dataset's order. */
  photos: { path: string; label: LabelId }[];
  /** Names without a label, most frequent first; their photos are left out. */
  unknown: { label: string; photos: number }[];
  /** wnids without a synset in WordNet 3.1; their photos are labelled by name where possible. */
  unmapped: string[];
}

/**
 * The labels of a dataset's photos: by wnid, else by a class name of the pack, else by what the name means in photos.
 * @throws Refusal `bad-dataset` when none of its labels is known
 */
export function groundTruth({ source, files }: Dataset, { classes, ofWnid, ofName }: NameLookup): GroundTruth {
  const byWnid = new Map(classes.flatMap(({ wnid, label }) => (wnid === null ? [] : [[wnid, label] as const])));
  const byName = Map.groupBy(classes, ({ name }) => foldPhrase(name));
  const unmapped = new Set<string>();
  const known = new Map<string, LabelId | null>();
  const labelOf = ({ name, wnid }: LabelledFile): LabelId | null => {
    if (wnid !== null) {
      const label = byWnid.get(wnid) ?? ofWnid(wnid, name);
      if (label !== null) return label;
      unmapped.add(wnid);
    }
    const called = new Set(byName.get(foldPhrase(name))?.map(({ label }) => label));
    return called.size === 1 ? [...called][0] : ofName(name);
  };
  const photos: GroundTruth["photos"] = [];
  const unknown = new Map<string, number>();
  for (const file of files) {
    const key = `${file.wnid ?? ""} ${file.name}`;
    let label = known.get(key);
    if (label === undefined) known.set(key, (label = labelOf(file)));
    if (label === null) unknown.set(file.name, (unknown.get(file.name) ?? 0) + 1);
    else photos.push({ path: file.path, label });
  }
  const left = [...unknown]
    .map(([label, n]) => ({ label, photos: n }))
    .sort((a, b) => b.photos - a.photos || a.label.localeCompare(b.label));
  if (photos.length === 0) {
    const listed = left
      .slice(0, 10)
      .map((each) => `${each.label} (${each.photos})`)
      .join(", ");
    throw new Refusal(
      "bad-dataset",
      `None of the ${left.length} labels of the dataset ${source} is known: ${listed}${left.length > 10 ? ", …" : "."}`,
    );
  }
  return { photos, unknown: left, unmapped: [...unmapped] };
}
