import { isColourLabel } from "../../src-shared/photo-marks";
import { text } from "../messages/text";

/** What a colour label is called; another program's label by its own text. */
export const colourLabelName = (colour: string): string =>
  isColourLabel(colour) ? text(`marks.colour.${colour}`) : colour === "" ? text("marks.colour.none") : colour;
