import type { PhotoId, VerdictScores } from "../../../src-shared/contract";
import { fitInWorker } from "../../devise/fit-in-worker";
import type { Annotation } from "../../labeller/fit-data";
import type { LabelRanker } from "../../labeller/label-ranker";
import { thresholdsOf } from "../../store/previous-predictions";
import { currentAnnotations } from "../../store/verdicts";
import { type OpenLibrary } from "../../workspace/open-library";
import { rankerFor } from "../../workspace/prepare-library";
import { predict } from "../../workspace/rank-photos";
import { correctionData, retrainSettings } from "../../workspace/retrain";
import { trainingExamples } from "../../workspace/training-examples";
import { readVisualOutputs } from "../../workspace/visual-outputs";

/** One in five annotated photos is held out. Fewer than five held-out photos say nothing. */
const HOLD_OUT_EVERY = 5;
const MIN_PHOTOS = 5;

/** Selects the same photos every time: scatters ids by Knuth's multiplicative hash. */
export const isHeldOut = (photo: PhotoId): boolean => (Math.imul(photo, 2654435761) >>> 0) % HOLD_OUT_EVERY === 0;

/** The number of held-out photos, and how the base model and the retrained one do on their verdicts. */
export interface HeldOutScores {
  photos: number;
  before: VerdictScores;
  after: VerdictScores;
}

/**
 * Measures what retraining gains on verdicts that it hasn't seen. Holds out a fifth of the annotated photos, fits the
 * projection and the few-shot labels to the rest, and compares the result with the base model.
 * @returns null if too few photos would be held out
 */
export async function heldOutScores(library: OpenLibrary, signal: AbortSignal): Promise<HeldOutScores | null> {
  const verdicts = currentAnnotations(library.store);
  const held = verdicts.filter(({ photo }) => isHeldOut(photo));
  const rest = verdicts.filter(({ photo }) => !isHeldOut(photo));
  const photos = new Set(held.map(({ photo }) => photo)).size;
  if (photos < MIN_PHOTOS || rest.length === 0) return null;
  const data = correctionData(library, rest);
  const { M } = data
    ? await fitInWorker({ ...data, initial: library.baseProjection.M }, retrainSettings, { signal })
    : library.baseProjection;
  const before = await verdictScores(library, rankerFor(library, library.baseProjection.M, []), held);
  signal.throwIfAborted();
  return {
    photos,
    before,
    after: await verdictScores(library, rankerFor(library, M, trainingExamples(library, rest)), held),
  };
}

async function verdictScores(
  library: OpenLibrary,
  ranker: LabelRanker,
  verdicts: Annotation[],
): Promise<VerdictScores> {
  await ranker.prepare();
  const output = readVisualOutputs(
    library,
    verdicts.map(({ photo }) => photo),
  );
  const predicted = predict(library, ranker, output, ranker.semanticEmbeddings(output));
  const bar = thresholdsOf(library.store);
  const of = new Map(Array.from(output.photos, (photo, i) => [photo, predicted[i]]));
  const ranks = (verdict: Annotation["verdict"]) =>
    verdicts
      .filter((one) => one.verdict === verdict && of.has(one.photo))
      .map(({ photo, label }) =>
        of
          .get(photo)!
          .filter((one) => one.confidence >= bar(one.label))
          .findIndex((one) => one.label === label),
      );
  const share = (among: number[], holds: (rank: number) => boolean) =>
    among.length === 0 ? null : among.filter(holds).length / among.length;
  const accepted = ranks("accept");
  return {
    hit1: share(accepted, (rank) => rank === 0),
    hit5: share(accepted, (rank) => rank >= 0 && rank < 5),
    withdrawn: share(ranks("reject"), (rank) => rank < 0),
  };
}
