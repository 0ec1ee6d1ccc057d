import { formatPercent } from "../../src-shared/format-percent";
import type { Pack } from "../vision/pack";
import type { HeadSettings } from "./softmax-head";
import type { TrainedVisual, VisualQuery } from "./trained-visual";

/** README.md of a pack made by `visual train`. */
export function visualCard(
  base: Pack,
  source: string,
  { classes, training, heldOut, epoch, losses, failed, backend }: TrainedVisual,
  head: HeadSettings,
  { whole, validation, seed }: VisualQuery,
): string {
  const made =
    `A softmax classifier, trained by Semblance on the pack ${base.name} ` +
    `${whole ? "end to end (all layers)" : "with the visual model frozen"}. ` +
    `Base pack: ${base.title}; licence: ${base.licence}; source: ${base.source}.`;
  const [low, high] = heldOut.interval;
  const unread = failed.length > 0 ? `; ${failed.length} could not be read` : "";
  const measured =
    `Training photos: ${training}. Held out: ${heldOut.photos} (${formatPercent(validation, 1)} of each class, at least ` +
    `one)${unread}. Top-1 accuracy on the held-out photos: ${formatPercent(heldOut.accuracy, 1)} (95% interval: ` +
    `${formatPercent(low, 1)} to ${formatPercent(high, 1)}). The same photos decided when training stopped, so expect ` +
    "slightly less on new photos.";
  const weights =
    `Weights are from epoch ${epoch} of ${losses.length}: held-out cross entropy ${losses[epoch - 1].toFixed(3)}, down ` +
    `from ${losses[0].toFixed(3)} after the first epoch.`;
  return `# ${classes.length} classes of ${source}

${made}

${measured}

${weights}

Settings: ${JSON.stringify({ ...head, validation, seed, whole })}. Trained on ${backend}.

| class | training photos |
|---|---|
${classes.map(({ name, wnid, photos }) => `| ${name}${wnid ? ` (${wnid})` : ""} | ${photos} |`).join("\n")}
`;
}
