import { setImmediate } from "node:timers/promises";
import type { Job } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import type { JobHandle, Jobs } from "../base/jobs";
import { labelNumbers, type Library } from "../store/database";
import { beginAttempt, dropAttempt, settleAttempt } from "../store/earlier-labels";
import { replacePredictions } from "../store/predictions";
import { chosenPack, settingsOf } from "../store/settings";
import { trimThumbnails } from "../store/thumbnails";
import { countVerdicts } from "../store/verdicts";
import { visualModelApart } from "../vision/networks";
import type { NamedPack } from "./choose-pack";
import { embedPhotos } from "./embed-photos";
import { furnishAgain, type OpenFolder } from "./open-folder";
import { rankedAfresh } from "./rank-photos";
import { retrain, unlearn } from "./teach";
import { type Workbench } from "./workbench";

/**
 * Jobs that label photos with the pack in use, or learn for it: none may go on once another pack labels the library.
 */
const LEARNING: Job["kind"][] = ["learn", "retrain"];
const LABELLING: Job["kind"][] = ["scan", "embed", "rank", "detect", ...LEARNING];

export const endLabelling = (jobs: Jobs): Promise<void> => end(jobs, LABELLING);

/** Cancels jobs, those too that follow from others which just ended. */
async function end(jobs: Jobs, kinds: Job["kind"][]): Promise<void> {
  while (jobs.list().some(({ kind, state }) => kinds.includes(kind) && (state === "running" || state === "paused"))) {
    await jobs.cancelAll(kinds);
    await setImmediate();
  }
}

/**
 * Labels all photos again with the better pack. They keep their labels while they are embedded, which takes long and
 * may be broken off at any
 * time: what was embedded stays and is not done again. Then what verdicts teach is learned from the new features, and
 * all labels
 * change at once (50,000 photos in 3.5 s, in which nothing else is answered).
 * @returns the library as it is labelled from now on, to take the place of what is open; the model and labels of before
 *   can be put back
 * @throws Refusal `no-upgrade` where there is no better pack, or of the pack
 */
export async function labelAgain(
  { library, better, model }: Workbench,
  job: JobHandle,
  jobs: Jobs,
): Promise<OpenFolder> {
  if (!better) throw new Refusal("no-upgrade", "There is no better model than the one in use.");
  await embedAll(library, better, job);
  await end(jobs, LEARNING);
  await job.breath();
  beginAttempt(library, model.model);
  let next: OpenFolder | null = null;
  try {
    next = await furnishAgain(library, better);
    await learnAfresh(next.bench, job);
    job.phase("ranking labels");
    const rows = await rankedAfresh(next.bench, job);
    await endLabelling(jobs);
    await job.breath();
    labelNumbers(library, new Set(rows.flatMap(({ labels }) => labels)));
    settleAttempt(library, next.bench.model.model, chosenPack(library) === better.from ? better.from : null);
    replacePredictions(library, next.bench.model.model, rows);
    return next;
  } catch (error) {
    await next?.dispose();
    dropAttempt(library);
    throw error;
  }
}

async function embedAll(library: Library, { pack }: NamedPack, job: JobHandle): Promise<void> {
  const model = await visualModelApart(pack);
  try {
    await embedPhotos(library, pack, model, job, () => undefined);
  } finally {
    await model.dispose();
  }
  trimThumbnails(library, settingsOf(library).thumbnailMegabytes);
}

/** By the verdicts that stand; what an earlier attempt had learned is no longer known to be right. */
async function learnAfresh(bench: Workbench, job: JobHandle): Promise<void> {
  job.phase("learning from verdicts");
  if (countVerdicts(bench.library) > 0) await retrain(bench, job, () => undefined);
  else if (bench.model.kind === "retrained") await unlearn(bench);
}
