import { existsSync, readdirSync } from "node:fs";
import type { Outcome } from "./figures";
import { compareWithReference, MAX_ERROR, withoutReference } from "./reference-rendering";

/**
 * Difference of each awkward file in a folder from a reference rendering: mean absolute difference of samples, 0 to
 * 255.
 */
export async function formats(folder: string): Promise<Outcome> {
  if (!existsSync(folder)) return { figures: [], skipped: `no folder ${folder}` };
  const lacking = withoutReference();
  if (lacking !== null) return { figures: [], skipped: lacking };
  const outcome: Required<Pick<Outcome, "figures" | "notes">> = { figures: [], notes: [] };
  for (const name of readdirSync(folder).sort()) {
    const compared = await compareWithReference(folder, name);
    if ("error" in compared)
      outcome.figures.push({
        benchmark: "formats",
        what: name,
        value: compared.error,
        unit: "of 255",
        target: { atMost: MAX_ERROR },
      });
    else
      outcome.notes.push(
        `${name}: refused (${compared.refused})${compared.reference ? ", though the reference shows it" : ""}`,
      );
  }
  return outcome;
}
