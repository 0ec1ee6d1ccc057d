import type { LabelId, PhotoId } from "../../src-shared/contract";
import type { Rectangle } from "../base/overlap";
import {
  type Box,
  type BoxChange,
  boxChange,
  isSameBox,
  judgedBoxes,
  lastBoxVerdict,
  NO_DETECTOR,
} from "../store/box-verdicts";
import type { Store } from "../store/database";

export interface BoxOutcome {
  /** Boxes that the import accepts. */
  changes: BoxChange[];
  /** How many boxes are accepted already. */
  alreadySet: number;
  /** Boxes that a person rejected, or whose label a person rejected on the photo. */
  conflicts: { photo: PhotoId; label: LabelId }[];
}

/**
 * The boxes that an import accepts. What a person decided on a box of the same label in the same place stays.
 * @param given by label, in fractions of the upright photo
 * @param isRejected whether the label is rejected on the photo
 */
export function boxOutcome(
  store: Store,
  given: ReadonlyMap<LabelId, readonly { photo: PhotoId; box: Rectangle }[]>,
  isRejected: (label: LabelId, photo: PhotoId) => boolean,
): BoxOutcome {
  const outcome: BoxOutcome = { changes: [], alreadySet: 0, conflicts: [] };
  const judged = judgedOnce(store);
  const placed = new Set<string>();
  for (const [label, boxes] of given)
    for (const { photo, box } of boxes) {
      const one: Box = { photo, label, box, detector: NO_DETECTOR.imported };
      const change = boxChange(one, "accept");
      const place = [photo, label, change.x0, change.y0, change.x1, change.y1].join(" ");
      if (placed.has(place)) continue; // the source has it twice
      placed.add(place);
      const { accepted, rejected } = judged(photo);
      if (accepted.some((other) => isSameBox(other, one))) outcome.alreadySet++;
      else if (isRejected(label, photo) || rejected.some((other) => isSameBox(other, one)))
        outcome.conflicts.push({ photo, label });
      else outcome.changes.push(change);
    }
  return outcome;
}

/** `judgedBoxes` of each photo, read once. */
function judgedOnce(store: Store): (photo: PhotoId) => ReturnType<typeof judgedBoxes> {
  const none = { accepted: [], rejected: [] };
  if (lastBoxVerdict(store) === 0) return () => none;
  const known = new Map<PhotoId, ReturnType<typeof judgedBoxes>>();
  return (photo) => {
    let of = known.get(photo);
    if (!of) known.set(photo, (of = judgedBoxes(store, photo)));
    return of;
  };
}
