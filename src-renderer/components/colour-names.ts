import type { LabelColour } from "../../src-shared/contract";
import { type MessageKey, text } from "../messages/text";

const KEYS = {
  red: "colour.red",
  orange: "colour.orange",
  yellow: "colour.yellow",
  green: "colour.green",
  teal: "colour.teal",
  blue: "colour.blue",
  violet: "colour.violet",
  pink: "colour.pink",
} as const satisfies Record<LabelColour, MessageKey>;

/** What a label's colour is called. */
export const colourName = (colour: LabelColour): string => text(KEYS[colour]);
