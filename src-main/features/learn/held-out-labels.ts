import { setImmediate } from "node:timers/promises";
import type { LabelId, PhotoId } from "../../../src-shared/contract";
import { fitInWorker } from "../../devise/fit-in-worker";
import type { JudgedPhoto, RankedLabels } from "../../evaluation/verdict-truth";
import type { Annotation } from "../../labeller/fit-data";
import type { LabelRanker } from "../../labeller/label-ranker";
import { MIN_STORED_SCORE } from "../../store/shown-labels";
import { priorOf } from "../../workspace/library-prior";
import type { PackLibrary } from "../../workspace/open-library";
import { rankerFor } from "../../workspace/prepare-library";
import { predict } from "../../workspace/rank-photos";
import { correctionData, retrainSettings } from "../../workspace/retrain";
import { examplesFromAnnotations } from "../../workspace/training-examples";
import { readVisualOutputs } from "../../workspace/visual-outputs";

/** All labels that a pack could give, not only those that a photo shows. */
const ALL_LABELS = { threshold: MIN_STORED_SCORE, limit: Infinity };
/** Photos ranked between yields (about 20 ms). */
const PHOTOS_PER_YIELD = 50;

/**
 * A pack's labels for photos that it has not learned from: for each fold, the projection and the few-shot labels are
 * fitted to the verdicts on all other photos. Likely positives are left out (see `trainingExamples`), because photos
 * without verdicts may lack features of the pack.
 * @param photos `[n]` with features of the pack
 * @param fold `[n]` each photo's fold, 0 to `folds` − 1
 * @param labels only these are kept
 * @param onFold called before each fold
 * @returns `[n]`
 */
export async function heldOutLabels(
  library: PackLibrary,
  photos: readonly JudgedPhoto[],
  { fold, folds }: { fold: Uint8Array; folds: number },
  labels: ReadonlySet<LabelId>,
  { signal, onFold }: { signal: AbortSignal; onFold: (fold: number) => void },
): Promise<RankedLabels[]> {
  const ids = photos.map(({ photo }) => photo);
  const base = rankerFor(library, library.baseProjection.M, []);
  await base.prepare();
  const share = priorOf(library.store, library.pack.visualId, ids, base);
  const first = new Map<PhotoId, LabelId | null>();
  for (const [photo, ranked] of await labelsBy(library, base, share, ids, signal))
    first.set(photo, ranked[0]?.label ?? null);
  const found = new Map<PhotoId, RankedLabels>();
  for (let each = 0; each < folds; each++) {
    onFold(each);
    const training = photos.filter((_, row) => fold[row] !== each).flatMap(annotationsOf);
    const heldOut = ids.filter((_, row) => fold[row] === each);
    if (heldOut.length === 0) continue;
    const data = correctionData(library, training, (photo) => first.get(photo) ?? null);
    const { M } = data
      ? await fitInWorker({ ...data, initial: library.baseProjection.M }, retrainSettings, { signal })
      : library.baseProjection;
    const ranker = rankerFor(library, M, examplesFromAnnotations(training));
    await ranker.prepare();
    for (const [photo, ranked] of await labelsBy(library, ranker, share, heldOut, signal))
      found.set(
        photo,
        ranked.filter(({ label }) => labels.has(label)),
      );
  }
  return ids.map((photo) => found.get(photo)!);
}

const annotationsOf = ({ photo, accepted, rejected }: JudgedPhoto): Annotation[] => [
  ...accepted.map((label) => ({ photo, label, verdict: "accept" as const })),
  ...rejected.map((label) => ({ photo, label, verdict: "reject" as const })),
];

/** Ranked labels by photo. */
async function labelsBy(
  library: PackLibrary,
  ranker: LabelRanker,
  share: number,
  photos: readonly PhotoId[],
  signal: AbortSignal,
): Promise<[PhotoId, RankedLabels][]> {
  const found: [PhotoId, RankedLabels][] = [];
  for (let from = 0; from < photos.length; from += PHOTOS_PER_YIELD) {
    const output = readVisualOutputs(library, photos.slice(from, from + PHOTOS_PER_YIELD));
    const ranked = predict({ share }, ranker, output, ranker.semanticEmbeddings(output), ALL_LABELS);
    output.photos.forEach((photo, row) => found.push([photo, ranked[row]!]));
    await setImmediate();
    signal.throwIfAborted();
  }
  return found;
}
