import type { BoxCounts, BoxLabel, BoxOrder, BoxState, LabelId, PhotoBox } from "../../../src-shared/contract";
import { Refusal } from "../../../src-shared/refusal";
import { fullName } from "../../labeller/lexicon";
import { filePathsOf } from "../../store/photos";
import type { BoxComparing } from "../../workspace/crop-features";
import type { OpenLibrary } from "../../workspace/open-library";
import { originOf } from "../../workspace/photo-boxes";
import { boxProposals } from "./box-proposals";
import { boxLabels, inState, labelBoxes, sortBoxes, stateOf } from "./box-tiles";

/** A label that has boxes. */
export interface ListedLabel extends BoxCounts {
  label: string;
  id: LabelId;
}

/** A box in a file. Its sides are fractions of the upright photo, 0..1. */
export interface ListedBox {
  /** Relative to the library's root. */
  path: string;
  label: string;
  /** 0..1; null for a rejected box that no detector finds any more. */
  confidence: number | null;
  verdict: keyof BoxCounts;
  origin: PhotoBox["origin"];
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** The labels that have boxes, those with the most first. */
export const listBoxLabels = (library: OpenLibrary): ListedLabel[] =>
  boxLabels(library).labels.map(({ label: id, unjudged, accepted, rejected, ...named }) => ({
    label: fullName(named),
    unjudged,
    accepted,
    rejected,
    id,
  }));

/**
 * The boxes of a label in order. The label is named as people type it, or by its id.
 * @throws Refusal `no-label` if the label has no boxes
 */
export async function listBoxes(
  library: OpenLibrary,
  { label: typed, state, order }: { label: string; state: BoxState | "proposed"; order: BoxOrder },
  comparing: BoxComparing,
): Promise<ListedBox[]> {
  const { store } = library;
  const named = labelNamed(library, typed);
  const [label, paths] = [fullName(named), filePathsOf(store)];
  const boxes =
    state === "proposed"
      ? await boxProposals(library, named.label, comparing)
      : sortBoxes(store, inState(labelBoxes(library, named.label), state), order);
  return boxes.map(({ photo, box, detector, confidence, verdict }) => ({
    path: paths.get(photo) ?? "",
    label,
    confidence: confidence === null ? null : rounded(confidence),
    verdict: stateOf(verdict),
    origin: originOf(detector),
    left: rounded(box[0]),
    top: rounded(box[1]),
    right: rounded(box[2]),
    bottom: rounded(box[3]),
  }));
}

function labelNamed(library: OpenLibrary, typed: string): BoxLabel {
  const { labels } = boxLabels(library);
  const name = typed.trim().toLowerCase();
  const found =
    labels.find((one) => one.label === typed || fullName(one).toLowerCase() === name) ??
    labels.find((one) => one.name.toLowerCase() === name) ??
    labels.find((one) => one.label === library.lexicon.meant(typed));
  if (found) return found;
  const others = labels.slice(0, 10).map(fullName);
  throw new Refusal(
    "no-label",
    `There are no boxes of “${typed}”.${others.length > 0 ? ` Labels with boxes: ${others.join(", ")}.` : ""}`,
  );
}

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
