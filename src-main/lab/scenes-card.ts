import { basename } from "node:path";
import { formatPercent } from "../../src-shared/format-percent";
import type { ScenesQuery, TrainedScene, TrainedScenes } from "./trained-scenes";

/** The methods' names in the card. */
export const METHODS = {
  amounts: "ridge regression of √amount",
  presence: "ridge regression of presence",
  logistic: "logistic regression",
};

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
  const read = sources.map((each) => `${each.photos} of ${basename(each.file)}`).join(", ");
  const unread = failed.length > 0 ? ` (${failed.length} more could not be read)` : "";
  const trained =
    `${kept.length} labels of ${photos} photos (${read})${unread}. A photo can have several. Each label is a linear ` +
    "model on the pack's features, `unit(√feature − mean √feature)`; Platt scaling turns its score into a probability. " +
    `A photo has a label if the label covers more than ${formatPercent(present)} of it, or if the table says 1.`;
  const measured =
    "All figures are out-of-sample. Mean average precision over all labels, by penalty: ridge regression of √amount, " +
    `exact leave-one-out, ${byKind("amounts")}; of presence, ${byKind("presence")}; logistic regression, five folds, ` +
    `${byKind("logistic")}. Kept: ${METHODS[method.kind]}, ${method.lambda}.`;
  const unreliable = left
    .map(({ name, averagePrecision, photos: n }) => `${name} (${n} photos, ${averagePrecision.toFixed(2)})`)
    .join(", ");
  return `## Scenes

${trained}

${measured}

| label | photos with it | average precision | minimum confidence | precision | recall |
|---|---|---|---|---|---|
${kept.map(rowOf).join("\n")}
${left.length > 0 ? `\nLeft out, because they can't be predicted reliably: ${unreliable}.\n` : ""}`;
}

function rowOf({ name, wnid, photos, averagePrecision, level }: TrainedScene): string {
  const { from, shown, right } = level!;
  return (
    `| ${name}${wnid ? ` (${wnid})` : ""} | ${photos} | ${averagePrecision.toFixed(2)} | ` +
    `${formatPercent(from)} | ${right} of ${shown}, ${formatPercent(right / shown)} | ${formatPercent(right / photos)} |`
  );
}
