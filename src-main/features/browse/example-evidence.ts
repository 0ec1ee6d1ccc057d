import type { LabelId, PhotoId } from "../../../src-shared/contract";
import { fewShotConfidences, type FewShotLabels } from "../../devise/few-shot-confidence";
import type { FewShotModel } from "../../labeller/label-space";
import { featuresOf } from "../../store/features";
import { currentAnnotations, lastVerdictEvent } from "../../store/verdicts";
import type { OpenLibrary } from "../../workspace/open-library";
import { fitFewShotLabels, trainingExamples } from "../../workspace/training-examples";

/** What a person's examples make of a photo, 0..1 each. */
export interface ExampleEvidence {
  /** How surely it shows a label that is searched for; null where no photo was given that. */
  taught: number | null;
  /** How surely it is like the photos that such a label was rejected on. */
  denied: number;
}

const learned = new WeakMap<OpenLibrary, { event: number; taught: FewShotModel | null }>();

/**
 * Newest verdicts included: a name that was given a moment ago finds what is like its photos before a model learns it.
 */
function currentClassifier(library: OpenLibrary): FewShotModel | null {
  const event = lastVerdictEvent(library.store);
  let there = learned.get(library);
  if (there?.event !== event)
    learned.set(
      library,
      (there = {
        event,
        taught: fitFewShotLabels(library, trainingExamples(library, currentAnnotations(library.store))),
      }),
    );
  return there.taught;
}

/** What examples make of photos, for the labels that a search means; none where they were never judged. */
export function exampleEvidence(
  library: OpenLibrary,
  meanings: readonly LabelId[],
  photos: PhotoId[],
): Map<PhotoId, ExampleEvidence> {
  const evidence = new Map<PhotoId, ExampleEvidence>();
  const { wordnet } = library.lexicon;
  const taught = currentClassifier(library);
  const rows = taught?.labels.map((label) => meanings.indexOf(label)) ?? [];
  const denied =
    taught?.denied.map((label) =>
      Int32Array.from(meanings.flatMap((meaning, m) => (meaning === label || wordnet.isA(meaning, label) ? [m] : []))),
    ) ?? [];
  if (!taught || (rows.every((row) => row < 0) && denied.every(({ length }) => length === 0))) return evidence;
  const by: FewShotLabels = { rows: Int32Array.from(rows), denied, of: taught.of };
  const seen = featuresOf(library.store, library.pack.visualId, photos); // concepts say nothing of examples
  seen.photos.forEach((photo, i) => {
    const found = fewShotConfidences(by, library.ranker.confidence.taught, seen, i);
    const sure = meanings.flatMap((_, m) => found.taught.get(m) ?? []);
    evidence.set(photo, {
      taught: sure.length === 0 ? null : Math.max(...sure),
      denied: Math.min(...meanings.map((_, m) => found.denied.get(m) ?? 0)),
    });
  });
  return evidence;
}
