import { formatCount } from "../../src-shared/format-count";
import { applyCorrections } from "../exchange/apply-corrections";
import { readCorrections } from "../exchange/csv-corrections";
import { printJson, say, warn } from "./output";
import { scanAndLabel, withFolder } from "./session";

/** `semblance correct`: records verdicts from a CSV as one undo step. Exit code 1 if a line could not be used. */
export async function correctFolder(
  folder: string,
  file: string,
  { strictFiles, json }: { strictFiles?: boolean; json?: boolean },
): Promise<void> {
  const corrections = await readCorrections(file);
  await withFolder(folder, { strictFiles }, async (session) => {
    const done = await applyCorrections(session.library, corrections, file, () => scanAndLabel(session));
    const { applied, changed, refused } = done;
    if (json) printJson(done);
    else {
      const same = changed < applied ? ` (${applied - changed} were set already)` : "";
      say(`${formatCount(applied, "verdict")} applied${same}, ${formatCount(refused.length, "line")} skipped`);
      for (const { line, reason } of refused) warn(`  line ${line}: ${reason}`);
    }
    if (refused.length > 0) process.exitCode = 1;
  });
}
