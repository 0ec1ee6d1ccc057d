import type { LabelId, PhotoId } from "./ids";

/** Labels: how many photos carry them, what was made of them, what may be typed. */
export interface LabelCalls {
  /** The labels that photos carry, with counts, most frequent first. */
  labels(): Promise<LabelCount[]>;
  /** Labels for a typed text: prefixes first, then synonyms, last the text itself as a name of the user's own. */
  suggestLabels(query: { text: string; limit: number }): Promise<LabelSuggestion[]>;
  /** Every label that photos carry, that a person judged by, or that was changed, with what a person made of it. */
  labelCards(): Promise<LabelCard[]>;
  /** What WordNet has to offer for a label: further names, and what it may be a kind of. */
  labelOptions(query: { label: LabelId }): Promise<{ synonyms: string[]; parents: { label: LabelId; name: string }[] }>;
  /** One undo step. A name that another label has is refused: those two may be merged. */
  changeLabel(query: { label: LabelId; change: LabelChange }): Promise<void>;
  /**
   * Gives the verdicts on some labels to another one, which is found by their names from then on; where it has a
   * verdict of its own, that stands. One undo step.
   */
  mergeLabels(query: { from: LabelId[]; into: LabelId }): Promise<{ verdicts: number }>;
  /**
   * Takes all verdicts on labels back and shows them nowhere, until they are restored or typed again. One undo step.
   */
  deleteLabels(query: { labels: LabelId[] }): Promise<{ verdicts: number }>;
  restoreLabel(query: { label: LabelId }): Promise<void>;
  /** What put a label on a photo. */
  explain(query: { photo: PhotoId; label: LabelId }): Promise<Explanation>;
}

export interface Explanation {
  /** What the verdict that stands on it was imported from, and when (ISO 8601); null where it was not. */
  imported: { from: string; at: string } | null;
  /** Classes seen in the photo that are the label or a kind of it, with their probability. */
  classes: { label: LabelId; name: string; parent: string | null; weight: number }[];
  /** Classes seen in the photo whose words are near to the label's, with probability × similarity. */
  words: { label: LabelId; name: string; parent: string | null; weight: number }[];
  /**
   * Photos that a person gave the label and that the model in use learned from, with the likeness of their features.
   */
  photos: { photo: PhotoId; path: string; weight: number }[];
}

export interface LabelCount {
  label: LabelId;
  name: string;
  parent: string | null;
  predicted: number;
  accepted: number;
  colour: LabelColour | null;
}
export type LabelColour = "red" | "orange" | "yellow" | "green" | "teal" | "blue" | "violet" | "pink";
export interface LabelCard extends LabelCount {
  rejected: number;
  /** Its name before anybody changed it. */
  original: string;
  /** What it is a kind of; only that of the user's own labels can be changed. */
  kindOf: { label: LabelId; name: string } | null;
  /** Further names that it is found by, the user's own. */
  synonyms: string[];
  /** A capital letter: with Shift it gives the label to the selected photos. */
  key: string | null;
  /** Deleted, or merged into another one. */
  hidden: boolean;
}

/** Null takes the user's choice away. */
export interface LabelChange {
  name?: string | null;
  kindOf?: LabelId | null;
  synonyms?: string[];
  colour?: LabelColour | null;
  key?: string | null;
}
export interface LabelSuggestion {
  label: LabelId;
  name: string;
  parent: string | null;
  /** The other name by which it was found ("domestic dog" finds "dog"), or null. */
  synonym: string | null;
  /** True when it is the typed text as a new name of the user's own. */
  own: boolean;
  /** True when it is merely near in meaning: "puppy" offers "dog". */
  near: boolean;
}
