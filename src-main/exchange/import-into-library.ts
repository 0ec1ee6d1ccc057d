import { setImmediate } from "node:timers/promises";
import type { ImportPlan, ImportSource, PhotoId, PlannedKeyword } from "../../src-shared/contract";
import { nameInAnyId } from "../../src-shared/label-id";
import type { RunJob } from "../base/jobs";
import { fullName } from "../labeller/lexicon";
import { inTransaction } from "../store/database";
import { countPhotos } from "../store/photos";
import { countPeopleIn, labelDetected } from "../workspace/detect-objects";
import type { OpenLibrary } from "../workspace/open-library";
import { collectKeywords } from "./collect-keywords";
import { applyImport, planImport } from "./import-labels";

/**
 * Takes a source's labels and boxes as verdicts, with the label that is proposed for each keyword, as one step that can be
 * undone.
 * @param dryRun only says what would be done
 * @param findNewPhotos is called if the library is empty, or if a file names photos that may be new
 * @returns what was planned, and how many verdicts and boxes were given; null for a dry run
 * @throws Refusal of `collectKeywords`, or of `run`
 */
export async function importIntoLibrary(
  library: OpenLibrary,
  source: ImportSource,
  dryRun: boolean,
  run: RunJob,
  findNewPhotos: () => Promise<void>,
): Promise<{ plan: ImportPlan; applied: { verdicts: number; boxes: number } | null }> {
  const collect = () => run("import", (job) => collectKeywords(library.store, source, job));
  if (countPhotos(library.store).photos === 0) await findNewPhotos();
  let collected = await collect();
  if (("file" in source || "folder" in source) && collected.unusable > 0) {
    await findNewPhotos();
    collected = await collect();
  }
  const plan = planImport(library, collected, []);
  if (dryRun) return { plan, applied: null };
  const { verdicts, boxes, boxed } = applyImport(library, collected, []);
  await labelBoxed(library, boxed);
  return { plan, applied: { verdicts, boxes } };
}

/** Photos labelled between yields. */
const PHOTOS_PER_YIELD = 200;

/** Labels photos again that got boxes: boxes are evidence for labels. */
export async function labelBoxed(library: OpenLibrary, photos: readonly PhotoId[]): Promise<void> {
  for (let from = 0; from < photos.length; from += PHOTOS_PER_YIELD) {
    const some = photos.slice(from, from + PHOTOS_PER_YIELD);
    if (!library.store.db.open) return; // closed meanwhile: they are labelled when it is opened next
    inTransaction(library.store, () => countPeopleIn(library, some));
    await labelDetected(library, some);
    await setImmediate();
  }
}

/** A keyword as people read it: "animals | crane". Names of people and pets are own labels from the beginning. */
export const describeKeyword = (keyword: readonly string[]): string => keyword.map(nameInAnyId).join(" | ");

/** What a keyword becomes: "crane (bird)", "left out", "Rex (new, under dog)". */
export function describeMapping({ label, name, parent, isNew, kindOf }: PlannedKeyword): string {
  if (label === null) return "left out";
  const isUnder = kindOf === null ? "" : `, under ${kindOf}`;
  return `${fullName({ name, parent })}${isNew ? ` (new${isUnder})` : ""}`;
}
