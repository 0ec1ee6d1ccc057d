import { formatPercent } from "../../src-shared/format-percent";
import type { DatasetPhotos } from "../evaluation/dataset-photos";
import { type Pack, readPrototypes } from "../vision/pack";
import type { FineTuneSettings } from "./fine-tune";
import type { EpochScores, Unfrozen } from "./unfrozen";

/** README.md of a pack made by `project train --unfreeze`. */
export function unfreezeCard(
  base: Pack,
  { source, labels }: DatasetPhotos,
  tune: FineTuneSettings,
  { layers, training, heldOut, sameClass: same, difference, head, prototypes }: Unfrozen,
): string {
  const row = (name: string, { before, after }: { before: EpochScores; after: EpochScores }) =>
    `| ${name}, ${before.photos} photos | ${before.loss.toFixed(4)} | ${after.loss.toFixed(4)} | ` +
    `${formatPercent(before.hit[1], 1)} | ${formatPercent(after.hit[1], 1)} | ` +
    `${formatPercent(before.hit[5], 1)} | ${formatPercent(after.hit[5], 1)} |`;
  const made =
    `Made by Semblance from the pack ${base.name} (${base.licence}; ${base.source}): its projection was fitted by hinge ` +
    `rank loss on ${labels.length} labelled photos of ${source} and on its prototypes, then trained together with ` +
    `${layers.length} layers of the visual model. The top class stayed the same for ${formatPercent(same, 1)} of the photos.`;
  const means =
    `${prototypes.fromPhotos} of ${prototypes.classes} classes have the mean feature of their training photos, from the ` +
    `trained network. Classes without photos ${ofOthers(base)}.`;
  return `# ${base.title}, fine-tuned

${made}

| | loss before | after | hit@1 before | after | hit@5 before | after |
|---|---|---|---|---|---|---|
${row("training", training)}
${heldOut ? row("held out", heldOut) : "| none held out | | | | | | |"}

“Before” is the projection fitted with the visual model frozen. Loss is DeViSE's eq. 1 per photo, summed over all violations.

The other parts of the pack:

- Prototypes: ${means}
- The classifier's last layer: ${ofHead(base, head)}
- Classes and calibration: those of ${base.name}, not refitted.

Settings: ${JSON.stringify(tune)}. ONNX Runtime and TensorFlow.js agree to ${difference.toExponential(1)} on the trained network.

Trained layers: ${layers.join(", ")}.
`;
}

const ofOthers = (base: Pack): string =>
  readPrototypes(base).from === "prototypes"
    ? "keep theirs, moved as far as all photos moved on average"
    : "have the classifier's rows, as before";

const ofHead = (base: Pack, head: Unfrozen["head"]): string =>
  head === null
    ? `that of ${base.name}. It was not refitted, because it is not a linear layer on the features.`
    : head.refitted
      ? "refitted to the new features by ridge regression to preserve its logits. With the old layer " +
        `the top class stays the same for ${formatPercent(head.sameClassBefore, 1)}.`
      : `that of ${base.name}. A refitted layer preserved its logits no better on held-out photos.`;
