import type { Pack } from "../vision/pack";
import type { HeadSettings } from "./softmax-head";
import type { TrainedVisual, VisualQuery } from "./trained-visual";

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;

/** README.md of a pack made by `visual train`. */
export function visualCard(
  base: Pack,
  source: string,
  { classes, training, heldOut, epoch, losses, failed, backend }: TrainedVisual,
  head: HeadSettings,
  { whole, validation, seed }: VisualQuery,
): string {
  return `# ${classes.length} classes of ${source}

A softmax classifier, trained by Semblance on the pack ${base.name} ${whole ? "end to end (all layers)" : "with the visual model frozen"}. Base pack: ${base.title}; licence: ${base.licence}; source: ${base.source}.

Training photos: ${training}. Held out: ${heldOut.photos} (${percent(validation)} of each class, at least one)${failed.length > 0 ? `; ${failed.length} could not be read` : ""}. Top-1 accuracy on the held-out photos: ${percent(heldOut.accuracy)} (95% interval: ${percent(heldOut.interval[0])} to ${percent(heldOut.interval[1])}). The same photos decided when training stopped, so expect slightly less on new photos.

Weights are from epoch ${epoch} of ${losses.length}: held-out cross entropy ${losses[epoch - 1].toFixed(3)}, down from ${losses[0].toFixed(3)} after the first epoch.

Settings: ${JSON.stringify({ ...head, validation, seed, whole })}. Trained on ${backend}.

| class | training photos |
|---|---|
${classes.map(({ name, wnid, photos }) => `| ${name}${wnid ? ` (${wnid})` : ""} | ${photos} |`).join("\n")}
`;
}
