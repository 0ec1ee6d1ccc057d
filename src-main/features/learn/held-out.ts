import type { PhotoId, VerdictScores } from "../../../src-shared/contract";
import { fitInWorker } from "../../devise/fit-in-worker";
import type { Standing } from "../../labeller/fit-data";
import type { Labeller } from "../../labeller/labeller";
import { barsOf } from "../../store/former";
import { standingVerdicts } from "../../store/verdicts";
import { lessonsWith } from "../../workspace/lessons";
import { labellerOf } from "../../workspace/open-workbench";
import { predict } from "../../workspace/rank-photos";
import { seenPhotos } from "../../workspace/seen-photos";
import { teachingOf, teachingSettings } from "../../workspace/teach";
import { type Workbench } from "../../workspace/workbench";

/** Every so manyth judged photo is held out, and fewer of them say nothing. */
const HOLD_OUT = 5;
const LEAST_PHOTOS = 5;

/** Always the same photos: by their number, scattered by Knuth's multiplicative hash. */
export const isHeldOut = (photo: PhotoId): boolean => (Math.imul(photo, 2654435761) >>> 0) % HOLD_OUT === 0;

/** How many photos were held out, and what the two make of the verdicts on them. */
export interface HeldOutScores {
  photos: number;
  before: VerdictScores;
  after: VerdictScores;
}

/**
 * How much learning from the verdicts helps on verdicts that it did not see: a fifth of the judged photos are held out,
 * the projection and the
 * examples are learned from the others as ever, and the labels are compared with those of the pack's own projection.
 * @returns null where too few photos would be held out
 */
export async function heldOutScores(bench: Workbench, signal: AbortSignal): Promise<HeldOutScores | null> {
  const verdicts = standingVerdicts(bench.library);
  const held = verdicts.filter(({ photo }) => isHeldOut(photo));
  const rest = verdicts.filter(({ photo }) => !isHeldOut(photo));
  const photos = new Set(held.map(({ photo }) => photo)).size;
  if (photos < LEAST_PHOTOS || rest.length === 0) return null;
  const data = teachingOf(bench, rest);
  const { M } = data
    ? await fitInWorker({ ...data, initial: bench.first.M }, teachingSettings, { signal })
    : bench.first;
  const before = await verdictScores(bench, labellerOf(bench, bench.first.M, []), held);
  signal.throwIfAborted();
  return { photos, before, after: await verdictScores(bench, labellerOf(bench, M, lessonsWith(bench, rest)), held) };
}

async function verdictScores(bench: Workbench, labeller: Labeller, verdicts: Standing[]): Promise<VerdictScores> {
  await labeller.prepare();
  const seen = seenPhotos(
    bench,
    verdicts.map(({ photo }) => photo),
  );
  const predicted = predict(bench, labeller, seen, labeller.placesOf(seen));
  const bar = barsOf(bench.library);
  const of = new Map(Array.from(seen.photos, (photo, i) => [photo, predicted[i]]));
  const ranks = (verdict: Standing["verdict"]) =>
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
