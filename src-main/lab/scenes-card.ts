import { basename } from "node:path";
import type { ScenesQuery, TrainedScene, TrainedScenes } from "./trained-scenes";

/** What each method is called. */
export const METHODS = {
  amounts: "ridge regression of √amount",
  presence: "ridge regression of presence",
  logistic: "logistic regression",
};

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;

/** Section of a pack's README.md about scenes that `visual train --multi-label` made. */
export function scenesCard(
  { tried, method, labels, photos, sources, failed }: TrainedScenes,
  { present }: ScenesQuery,
): string {
  const [kept, left] = [labels.filter(({ level }) => level !== null), labels.filter(({ level }) => level === null)];
  const byKind = (kind: string) =>
    tried
      .filter((each) => each.kind === kind)
      .map(({ lambda, averagePrecision }) => `${lambda}: ${averagePrecision.toFixed(3)}`)
      .join(", ");
  return `## Scenes

${kept.length} labels of ${photos} photos (${sources.map((each) => `${each.photos} of ${basename(each.file)}`).join(", ")})${failed.length > 0 ? ` (${failed.length} more could not be read)` : ""}, several of which may be in one photo. Each is a linear model of the pack's features, \`unit(√feature − mean √feature)\`, whose score is a probability by Platt scaling. A photo shows a label when it takes more than ${percent(present)} of it, or when the table says 1.

All figures are of photos that the model had not seen. Mean average precision of all labels by penalty: ridge regression of √amount, exact leave-one-out, ${byKind("amounts")}; of presence, ${byKind("presence")}; logistic regression, five folds, ${byKind("logistic")}. Kept: ${METHODS[method.kind]}, ${method.lambda}.

| label | photos with it | average precision | shown from | right of those shown | found of those with it |
|---|---|---|---|---|---|
${kept.map(rowOf).join("\n")}
${left.length > 0 ? `\nNot told reliably, and left out: ${left.map(({ name, averagePrecision, photos: n }) => `${name} (${n} photos, ${averagePrecision.toFixed(2)})`).join(", ")}.\n` : ""}`;
}

function rowOf({ name, wnid, photos, averagePrecision, level }: TrainedScene): string {
  const { from, shown, right } = level!;
  return `| ${name}${wnid ? ` (${wnid})` : ""} | ${photos} | ${averagePrecision.toFixed(2)} | ${percent(from)} | ${right} of ${shown}, ${percent(right / shown)} | ${percent(right / photos)} |`;
}
