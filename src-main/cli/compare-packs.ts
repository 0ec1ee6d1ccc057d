import type { MeasuredDifference, PackComparison } from "../../src-shared/contract";
import { formatCount } from "../../src-shared/format-count";
import { Refusal } from "../../src-shared/refusal";
import { comparePacks, packsToCompare } from "../features/learn/compare-packs";
import { printJson, say } from "./output";
import { withFolder } from "./session";

/**
 * `semblance evaluate --library`: which of two packs is better on a library's own verdicts.
 * @param dataset of labels, which can't be given as well
 */
export async function comparePacksCommand(
  dataset: string | undefined,
  { library: folder, packs = [], json }: { library?: string; packs?: string[]; json?: boolean },
): Promise<void> {
  if (folder === undefined || dataset !== undefined)
    throw new Refusal(
      "bad-dataset",
      folder === undefined
        ? "--packs compares packs on a library's verdicts: add --library FOLDER."
        : `Give either --library ${folder} or the dataset ${dataset}, not both.`,
    );
  if (packs.length === 0)
    throw new Refusal(
      "no-pack",
      "Name the packs to compare: --packs PACK PACK, or one to compare with the library's own.",
    );
  await withFolder(folder, {}, async ({ library, run }) => {
    const [a, b] = packsToCompare(library, packs);
    const comparison = await run("compare", (job) => comparePacks(library, a, b, job));
    if (json) printJson(comparison);
    else for (const line of linesOf(comparison)) say(line);
  });
}

function linesOf({ a, b, photos, verdicts, leftOut, measures, sentence }: PackComparison): string[] {
  const { first, precision, calibration } = measures;
  return [
    `| % | ${a.title} | ${b.title} | difference |`,
    "| --- | --- | --- | --- |",
    ...row("first label right", first, "photo"),
    ...row("mean average precision", precision, "label"),
    ...row("calibration error (less is better)", calibration, "prediction"),
    "",
    `${formatCount(verdicts, "verdict")} on ${formatCount(photos, "photo")}` +
      `${leftOut > 0 ? `; ${formatCount(leftOut, "photo")} left out` : ""}. In brackets: 95% intervals from a paired bootstrap over photos.`,
    sentence,
  ];
}

function row(name: string, measured: MeasuredDifference | null, unit: string): string[] {
  if (!measured) return [`| ${name} | – | – | – |`];
  const { n, a, b, difference } = measured;
  const cells = [a, b, difference].map(
    ({ value, interval: [low, high] }) => `${percent(value)} (${percent(low)} to ${percent(high)})`,
  );
  return [`| ${name}, ${formatCount(n, unit)} | ${cells.join(" | ")} |`];
}

const percent = (share: number): string =>
  (100 * share)
    .toFixed(1)
    .replace(/^-0\.0$/, "0.0")
    .replace("-", "−");
