import type { ScenesQuery, TrainedScene, TrainedScenes } from "./train-scenes";

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;

/** Section of a pack's README.md about scenes that `visual train --multi-label` made. @param source name of the CSV */
export function scenesCard(source: string, { tried, method, labels, photos, failed }: TrainedScenes, { present }: ScenesQuery): string {
  const [kept, left] = [labels.filter(({ level }) => level !== null), labels.filter(({ level }) => level === null)];
  const byKind = (kind: string) => tried.filter((each) => each.kind === kind).map(({ lambda, averagePrecision }) => `${lambda}: ${averagePrecision.toFixed(3)}`).join(", ");
  return `## Scenes

${kept.length} labels of ${photos} photos of ${source}${failed.length > 0 ? ` (${failed.length} more could not be read)` : ""}, several of which may be in one photo. Each is a linear model of the pack's features, \`unit(√feature − mean √feature)\`, whose score is a probability by Platt scaling. A photo shows a label when it takes more than ${percent(present)} of it, or when the table says 1.

All figures are of photos that the model had not seen. Mean average precision of all labels by ridge regression of √amount, exact leave-one-out, by penalty: ${byKind("ridge")}; by logistic regression, ten folds: ${byKind("logistic")}. Kept: ${method.kind}, ${method.lambda}.

| label | photos with it | average precision | shown from | right of those shown | of those with it |
|---|---|---|---|---|---|
${kept.map(rowOf).join("\n")}
${left.length > 0 ? `\nNot told reliably, and left out: ${left.map(({ name, averagePrecision, photos: n }) => `${name} (${n} photos, ${averagePrecision.toFixed(2)})`).join(", ")}.\n` : ""}`;
}

function rowOf({ name, wnid, photos, averagePrecision, level }: TrainedScene): string {
  const { from, shown, right } = level!;
  return `| ${name}${wnid ? ` (${wnid})` : ""} | ${photos} | ${averagePrecision.toFixed(2)} | ${percent(from)} | ${right} of ${shown}, ${percent(right / shown)} | ${percent(right / photos)} |`;
}
