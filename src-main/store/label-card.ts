import type { LabelColour, LabelId } from "../../src-shared/contract";

/** What the user changed about a label. Everything has a default. */
export interface LabelCard {
  /** Replaces the dictionary's name. */
  name?: string;
  /** The more general label that one of the user's own belongs under. */
  parent?: LabelId;
  /** Other names that find it. */
  synonyms?: string[];
  colour?: LabelColour;
  /** A capital letter: Shift and this key add the label to the selected photos. */
  key?: string;
  /** Deleted, or merged into another label: no photo shows it. */
  hidden?: true;
}
