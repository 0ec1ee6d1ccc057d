import type { LabelId, PhotoId } from "./ids";

/** Labels: counts, label cards, suggestions and explanations. */
export interface LabelCalls {
  /** Labels that photos have, with counts, most frequent first. */
  labels(): Promise<LabelCount[]>;
  /** Labels for typed text: prefixes first, then synonyms, last the text itself as a new own label. */
  suggestLabels(query: { text: string; limit: number }): Promise<LabelSuggestion[]>;
  /** The cards of all labels that photos have, that have verdicts, or that the user changed. */
  labelCards(): Promise<LabelCard[]>;
  /** Synonyms and possible parents of a label in WordNet. */
  labelOptions(query: { label: LabelId }): Promise<{ synonyms: string[]; parents: { label: LabelId; name: string }[] }>;
  /** One undo step. A name that another label has is refused; the two can be merged instead. */
  changeLabel(query: { label: LabelId; change: LabelChange }): Promise<void>;
  /**
   * Moves the verdicts of some labels to another one, which gets their names as synonyms. Its existing verdicts stay.
   * One undo step.
   */
  mergeLabels(query: { from: LabelId[]; into: LabelId }): Promise<{ verdicts: number }>;
  /** Clears all verdicts on labels and hides them until they are restored or typed again. One undo step. */
  deleteLabels(query: { labels: LabelId[] }): Promise<{ verdicts: number }>;
  restoreLabel(query: { label: LabelId }): Promise<void>;
  /** Why a photo has a label. */
  explain(query: { photo: PhotoId; label: LabelId }): Promise<Explanation>;
}

export interface Explanation {
  /** Where and when (ISO 8601) its verdict was imported from; null if it was not imported. */
  imported: { from: string; at: string } | null;
  /** Predicted classes that are the label or a kind of it, with their probability. */
  classes: { label: LabelId; name: string; parent: string | null; weight: number }[];
  /** Predicted classes whose word vectors are near the label's, with probability × similarity. */
  words: { label: LabelId; name: string; parent: string | null; weight: number }[];
  /** The label's training examples that are most similar, with the similarity of their features. */
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
  /** Its name before the user changed it. */
  original: string;
  /** Its parent; only an own label's can be changed. */
  kindOf: { label: LabelId; name: string } | null;
  /** Synonyms that the user added. */
  synonyms: string[];
  /** A capital letter: with Shift, it adds the label to the selected photos. */
  key: string | null;
  /** Deleted, or merged into another label. */
  hidden: boolean;
}

/** Null removes the user's choice. */
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
  /** The synonym that matched ("domestic dog" finds "dog"), or null. */
  synonym: string | null;
  /** It is the typed text as a new own label. */
  own: boolean;
  /** It is only similar in meaning: "puppy" suggests "dog". */
  near: boolean;
}
