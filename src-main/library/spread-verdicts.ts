import type { LabelId, PhotoId } from "../../src-preload/contract";
import { type Library, prepared } from "./database";
import { judgeAll, type Judgement } from "./verdicts";

/**
 * Gives the verdicts that stand on one photo to others, as one action that undo takes back. A verdict that stands on one of them
 * already stays as it is.
 * @returns how many verdicts were given
 */
export function spreadVerdicts(library: Library, from: PhotoId, to: readonly PhotoId[]): number {
  const standing = prepared<{ label: number; verdict: "accept" | "reject" }>(library, "SELECT label, verdict FROM standing WHERE photo = ? ORDER BY event").all(from);
  const own = prepared(library, "SELECT 1 FROM standing WHERE photo = ? AND label = ?");
  const judgements = to.filter((photo) => photo !== from).flatMap((photo) => standing.filter(({ label }) => own.get(photo, label) === undefined)
    .map(({ label, verdict }): Judgement => ({ photo, label: library.labels.ids.get(label) as LabelId, verdict })));
  const photos = new Set(judgements.map(({ photo }) => photo)).size;
  return judgeAll(library, judgements, {
    source: "person",
    describe: (n) => `Give ${n} ${n === 1 ? "verdict" : "verdicts"} to ${photos} ${photos === 1 ? "photo" : "photos"} of a group`,
  });
}
