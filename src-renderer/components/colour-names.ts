import type { LabelColour } from "../../src-shared/contract";
import { text } from "../messages/text";

/** What the colours of labels are called. */
export const COLOUR_NAMES: Record<LabelColour, string> = {
  red: text("colour.red"),
  orange: text("colour.orange"),
  yellow: text("colour.yellow"),
  green: text("colour.green"),
  teal: text("colour.teal"),
  blue: text("colour.blue"),
  violet: text("colour.violet"),
  pink: text("colour.pink"),
};
