import { basename } from "node:path";
import type { ScenesQuery, TrainedScene, TrainedScenes } from "./trained-scenes";

/** The methods' names in the card. */
export const METHODS = {
  amounts: "ridge regression of √amount",
  presence: "ridge regression of presence",
  logistic: "logistic regression",
};

const percent = (share: number) => `${(100 * share).toFixed(0)}%`;

/** The README section about scenes that `visual train --multi-label` learned. */
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

${kept.length} labels of ${photos} photos (${sources.map((each) => `${each.photos} of ${basename(each.file)}`).join(", ")})${failed.length > 0 ? ` (${failed.length} more could not be read)` : ""}. A photo can have several. Each label is a linear model on the pack's features, \`unit(√feature − mean √feature)\`; Platt scaling turns its score into a probability. A photo has a label if the label covers more than ${percent(present)} of it, or if the table says 1.

All figures are out-of-sample. Mean average precision over all labels, by penalty: ridge regression of √amount, exact leave-one-out, ${byKind("amounts")}; of presence, ${byKind("presence")}; logistic regression, five folds, ${byKind("logistic")}. Kept: ${METHODS[method.kind]}, ${method.lambda}.

| label | photos with it | average precision | minimum confidence | precision | recall |
|---|---|---|---|---|---|
${kept.map(rowOf).join("\n")}
${left.length > 0 ? `\nLeft out, because they can't be predicted reliably: ${left.map(({ name, averagePrecision, photos: n }) => `${name} (${n} photos, ${averagePrecision.toFixed(2)})`).join(", ")}.\n` : ""}`;
}

function rowOf({ name, wnid, photos, averagePrecision, level }: TrainedScene): string {
  const { from, shown, right } = level!;
  return `| ${name}${wnid ? ` (${wnid})` : ""} | ${photos} | ${averagePrecision.toFixed(2)} | ${percent(from)} | ${right} of ${shown}, ${percent(right / shown)} | ${percent(right / photos)} |`;
}
