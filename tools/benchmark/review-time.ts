import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { findLabelIssues } from "../../src-main/features/review/label-issues";
import { reviewQueue } from "../../src-main/features/review/review-queue";
import { random } from "../../src-main/math/random";
import { predictionsOf } from "../../src-main/store/predictions";
import { recordAll } from "../../src-main/store/verdicts";
import { rankAll } from "../../src-main/workspace/label-folder";
import { reloadRanker } from "../../src-main/workspace/prepare-library";
import type { Figure, Outcome } from "./figures";
import { median } from "./quantiles";
import { addPhotos, storeOutputs, syntheticOutputs } from "./synthetic-photos";
import { asJob, inTemporaryFolder, secondsOf, withFreshLibrary } from "./temporary";

export interface ReviewTimeOptions {
  pack?: string;
  photos: number;
  verdicts: number;
  rounds: number;
}

const MAX_SECONDS = 1;
const MAX_MILLISECONDS = 50;
const SHOWN = 100;

/**
 * Seconds from a changed model to the review queue, and to label errors with an accepted label on every photo; and the
 * longest wait of other calls meanwhile.
 */
export async function reviewQueueTime({ pack, photos: n, verdicts, rounds }: ReviewTimeOptions): Promise<Outcome> {
  return inTemporaryFolder((folder) =>
    withFreshLibrary(folder, { pack }, async ({ library, jobs }) => {
      const photos = addPhotos(library.store, n);
      storeOutputs(library.store, library.pack.visualId, photos, syntheticOutputs(library, n, 21));
      await asJob(jobs, "rank", (job) => rankAll(library, job, { changed: () => undefined }));
      const draw = random(22);
      const accept = (some: number[]) =>
        recordAll(
          library.store,
          some.flatMap((photo) => {
            const best = predictionsOf(library.store, photo).at(0);
            return best ? [{ photo, label: best.label, verdict: "accept" as const }] : [];
          }),
          { source: "import: CSV", describe: (count) => `Accept ${count} labels` },
        );
      accept(photos.filter(() => draw() < verdicts / n));
      const queue = await timed(
        rounds,
        async () => {
          await reloadRanker(library);
          await library.ranker.index();
        },
        () => reviewQueue(library, SHOWN),
      );
      accept(photos);
      const suspects = await timed(
        1,
        async () => undefined,
        () => findLabelIssues(library, SHOWN),
      );
      const of = (what: string, value: number, unit: string, target?: Figure["target"]): Figure => ({
        benchmark: "review-time",
        what: `${n.toLocaleString("en")} photos: ${what}`,
        value,
        unit,
        target,
      });
      return {
        figures: [
          of("review queue after the model changed", queue.seconds, "s", { atMost: MAX_SECONDS }),
          of("longest wait of another call meanwhile (review queue)", queue.milliseconds, "ms", {
            atMost: MAX_MILLISECONDS,
          }),
          of("label errors, with one accepted label per photo", suspects.seconds, "s"),
          of("longest wait of another call meanwhile (label errors)", suspects.milliseconds, "ms", {
            atMost: MAX_MILLISECONDS,
          }),
        ],
      };
    }),
  );
}

/** Medians over rounds, not timing the preparation. */
async function timed(
  rounds: number,
  before: () => Promise<void>,
  work: () => Promise<unknown>,
): Promise<{ seconds: number; milliseconds: number }> {
  const [seconds, waits]: number[][] = [[], []];
  for (let round = 0; round < rounds; round++) {
    await before();
    const delays = monitorEventLoopDelay({ resolution: 1 });
    delays.enable();
    await setTimeout(20);
    delays.reset();
    seconds.push(await secondsOf(work));
    await setTimeout(5);
    delays.disable();
    waits.push(delays.max / 1e6);
  }
  return { seconds: median(seconds), milliseconds: median(waits) };
}
