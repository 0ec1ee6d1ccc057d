import type { LabelId } from "../../src-shared/contract";
import type { SynsetRow } from "../words/wnid";

/**
 * `seen`: photos of the pack's classes, ranked among these classes. `unseen`: the other photos, among the unseen
 * labels. `generalised`: the same photos, among the unseen labels and all classes. `generalisedSeen`: photos of the
 * classes among the same labels, where a method biased towards unseen labels does worse.
 */
export type SettingName = "seen" | "unseen" | "generalised" | "generalisedSeen";
export const SETTINGS: SettingName[] = ["seen", "unseen", "generalised", "generalisedSeen"];

/** Photos, and the labels to rank for them. */
export interface Setting {
  photos: number[];
  labels: LabelId[];
}

/**
 * @param truths `[n]` label of each photo
 * @param classes labels of the classes that the visual model knows
 * @param unseen labels without a class to rank for unseen photos; the photos' own are always included
 * @param beside further labels for the generalised settings
 * @returns each setting, empty if it has no photos; photos whose label is not a candidate are in none
 */
export function settingsOf(
  truths: readonly LabelId[],
  classes: readonly LabelId[],
  unseen: readonly LabelId[] | null,
  beside: readonly LabelId[] = [],
): Record<SettingName, Setting> {
  const known = new Set(classes);
  const others = new Set((unseen ?? truths).filter((label) => !known.has(label)));
  const all = [...new Set([...known, ...others, ...beside])];
  const photosIn = (labels: ReadonlySet<LabelId>) =>
    Array.from(truths.keys()).filter((photo) => labels.has(truths[photo]));
  const [seenPhotos, unseenPhotos] = [photosIn(known), photosIn(others)];
  return {
    seen: { photos: seenPhotos, labels: [...known] },
    unseen: { photos: unseenPhotos, labels: [...others] },
    generalised: { photos: unseenPhotos, labels: all },
    // Without unseen labels there is nothing to confuse with.
    generalisedSeen: { photos: others.size > 0 ? seenPhotos : [], labels: all },
  };
}

/** Candidate sets of the zero-shot literature: ImageNet synsets within two or three hops of the 1,000 classes, or all. */
export const CANDIDATE_SETS = ["dataset", "2-hop", "3-hop", "all"] as const;
export type CandidateSet = (typeof CANDIDATE_SETS)[number];

const SPLITS: Record<Exclude<CandidateSet, "dataset">, string[]> = {
  "2-hop": ["2-hops"],
  "3-hop": ["2-hops", "3-hops-pure"],
  all: ["2-hops", "3-hops-pure", "rest"],
};

/** The rows of a set; 3-hop includes 2-hop, all includes both. */
export function rowsOfSet(rows: readonly SynsetRow[], set: Exclude<CandidateSet, "dataset">): SynsetRow[] {
  return rows.filter(({ split }) => SPLITS[set].includes(split));
}
