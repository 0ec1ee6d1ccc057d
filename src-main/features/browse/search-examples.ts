import type { LabelId, PhotoId } from "../../../src-shared/contract";
import { byExamples, type TaughtRows } from "../../devise/by-examples";
import type { TaughtLabels } from "../../labeller/label-space";
import { featuresOf } from "../../store/features";
import { lastVerdictEvent, standingVerdicts } from "../../store/verdicts";
import { lessonsWith, teach } from "../../workspace/lessons";
import type { Workbench } from "../../workspace/workbench";

/** What a person's examples make of a photo, 0..1 each. */
export interface ToldByExamples {
  /** How surely it shows a label that is searched for; null where no photo was given that. */
  taught: number | null;
  /** How surely it is like the photos that such a label was rejected on. */
  denied: number;
}

const learned = new WeakMap<Workbench, { event: number; taught: TaughtLabels | null }>();

/**
 * Newest verdicts included: a name that was given a moment ago finds what is like its photos before a model learns it.
 */
function taughtNow(bench: Workbench): TaughtLabels | null {
  const event = lastVerdictEvent(bench.library);
  let there = learned.get(bench);
  if (there?.event !== event)
    learned.set(bench, (there = { event, taught: teach(bench, lessonsWith(bench, standingVerdicts(bench.library))) }));
  return there.taught;
}

/** What examples make of photos, for the labels that a search means; none where they were never judged. */
export function toldByExamples(
  bench: Workbench,
  meanings: readonly LabelId[],
  photos: PhotoId[],
): Map<PhotoId, ToldByExamples> {
  const told = new Map<PhotoId, ToldByExamples>();
  const { wordnet } = bench.lexicon;
  const taught = taughtNow(bench);
  const rows = taught?.labels.map((label) => meanings.indexOf(label)) ?? [];
  const denied =
    taught?.denied.map((label) =>
      Int32Array.from(meanings.flatMap((meaning, m) => (meaning === label || wordnet.isA(meaning, label) ? [m] : []))),
    ) ?? [];
  if (!taught || (rows.every((row) => row < 0) && denied.every(({ length }) => length === 0))) return told;
  const by: TaughtRows = { rows: Int32Array.from(rows), denied, of: taught.of };
  const seen = featuresOf(bench.library, bench.pack.visualId, photos); // concepts say nothing of examples
  seen.photos.forEach((photo, i) => {
    const found = byExamples(by, bench.labeller.confidence.taught, seen, i);
    const sure = meanings.flatMap((_, m) => found.taught.get(m) ?? []);
    told.set(photo, {
      taught: sure.length === 0 ? null : Math.max(...sure),
      denied: Math.min(...meanings.map((_, m) => found.denied.get(m) ?? 0)),
    });
  });
  return told;
}
