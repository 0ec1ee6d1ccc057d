import type { ImportPlan, ImportSource, PlannedKeyword } from "../../src-shared/contract";
import type { RunJob } from "../base/jobs";
import { fullName } from "../labeller/lexicon";
import { countPhotos } from "../store/photos";
import type { OpenLibrary } from "../workspace/open-library";
import { collectKeywords } from "./collect-keywords";
import { applyImport, planImport } from "./import-labels";

/**
 * Takes a source's labels as verdicts, with the label that is proposed for each keyword, as one step that can be
 * undone.
 * @param dryRun only says what would be done
 * @param findNewPhotos is called if the library is empty, or if a file names photos that may be new
 * @returns what was planned, and how many verdicts were given; null for a dry run
 * @throws Refusal of `collectKeywords`, or of `run`
 */
export async function importIntoLibrary(
  library: OpenLibrary,
  source: ImportSource,
  dryRun: boolean,
  run: RunJob,
  findNewPhotos: () => Promise<void>,
): Promise<{ plan: ImportPlan; applied: number | null }> {
  const collect = () => run("import", (job) => collectKeywords(library.store, source, job));
  if (countPhotos(library.store).photos === 0) await findNewPhotos();
  let collected = await collect();
  if ("file" in source && collected.unusable > 0) {
    await findNewPhotos();
    collected = await collect();
  }
  const plan = planImport(library, collected, []);
  return { plan, applied: dryRun ? null : applyImport(library, collected, []).verdicts };
}

/** What a keyword becomes: "crane (bird)", "left out", "Rex (new, under dog)". */
export function describeMapping({ label, name, parent, isNew, kindOf }: PlannedKeyword): string {
  if (label === null) return "left out";
  const isUnder = kindOf === null ? "" : `, under ${kindOf}`;
  return `${fullName({ name, parent })}${isNew ? ` (new${isUnder})` : ""}`;
}
