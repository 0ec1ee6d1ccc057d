import type { LabelId, PhotoId } from "../../../src-shared/contract";
import { fewShotConfidences, type FewShotLabels } from "../../devise/few-shot-confidence";
import type { FewShotModel } from "../../labeller/label-space";
import { featuresOf } from "../../store/features";
import { currentAnnotations, lastVerdictEvent } from "../../store/verdicts";
import { cacheSlot } from "../../workspace/library-caches";
import type { OpenLibrary } from "../../workspace/open-library";
import { fitFewShotLabels, trainingExamples } from "../../workspace/training-examples";

/** What the training examples say about a photo, 0..1 each. */
export interface ExampleEvidence {
  /** Confidence that it shows a searched label; null if the label has no positive examples. */
  confidence: number | null;
  /** Similarity to the photos that such a label was rejected on. */
  rejection: number;
}

const fewShotModel = cacheSlot<FewShotModel | null>("few-shot classifier");

/** Fitted to the latest verdicts, so that a new label finds similar photos before the model is retrained. */
function currentClassifier(library: OpenLibrary): FewShotModel | null {
  return library.caches.reuse(fewShotModel, [lastVerdictEvent(library.store)], () =>
    fitFewShotLabels(library, trainingExamples(library, currentAnnotations(library.store))),
  );
}

/**
 * What the training examples say about photos, for the labels that a search means. Empty if none of them has examples.
 */
export function exampleEvidence(
  library: OpenLibrary,
  meanings: readonly LabelId[],
  photos: PhotoId[],
): Map<PhotoId, ExampleEvidence> {
  const evidence = new Map<PhotoId, ExampleEvidence>();
  const { wordnet } = library.lexicon;
  const model = currentClassifier(library);
  const rows = model?.labels.map((label) => meanings.indexOf(label)) ?? [];
  const rejected =
    model?.rejected.map((label) =>
      Int32Array.from(meanings.flatMap((meaning, m) => (meaning === label || wordnet.isA(meaning, label) ? [m] : []))),
    ) ?? [];
  if (!model || (rows.every((row) => row < 0) && rejected.every(({ length }) => length === 0))) return evidence;
  const by: FewShotLabels = { rows: Int32Array.from(rows), rejected, of: model.of };
  const seen = featuresOf(library.store, library.pack.visualId, photos); // examples are compared by features alone, so concepts aren't read
  seen.photos.forEach((photo, i) => {
    const found = fewShotConfidences(by, library.ranker.confidence.fewShot, seen, i);
    const confidences = meanings.flatMap((_, m) => found.exampleConfidence.get(m) ?? []);
    evidence.set(photo, {
      confidence: confidences.length === 0 ? null : Math.max(...confidences),
      rejection: Math.min(...meanings.map((_, m) => found.rejection.get(m) ?? 0)),
    });
  });
  return evidence;
}
