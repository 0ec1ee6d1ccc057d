import type { BoxChoice, LabelId, PhotoBox, PhotoId } from "../../src-shared/contract";
import type { Rectangle } from "../base/overlap";
import type { OpenLibrary } from "../workspace/open-library";
import { boxesOf } from "../workspace/photo-boxes";

/** A box as formats write it. */
export interface ExportedBox {
  label: LabelId;
  box: Rectangle;
  /** Probability 0..1 that the box is right; 1 if a person accepted it. */
  confidence: number;
  origin: PhotoBox["origin"];
  /** Whether a person accepted or drew it, or an import brought it; if not, it is a detection. */
  accepted: boolean;
}

/** The boxes of a photo that an export writes. */
export type BoxesOf = (photo: PhotoId) => ExportedBox[];

/** Null if no boxes are chosen. */
export const chosenBoxes = (library: OpenLibrary, choice: BoxChoice): BoxesOf | null =>
  choice === null
    ? null
    : (photo) =>
        (boxesOf(library, photo) ?? [])
          .filter(({ verdict, confidence }) => verdict === "accept" || (choice !== "accepted" && confidence >= choice))
          .map(({ label, box, confidence, origin, verdict }) => ({
            label,
            box,
            confidence,
            origin,
            accepted: verdict === "accept",
          }));
