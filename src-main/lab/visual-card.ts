import type { Pack } from "../vision/pack";
import type { HeadSettings } from "./softmax-head";
import type { TrainedVisual, VisualQuery } from "./trained-visual";

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** README.md of a pack that `visual train` made. */
export function visualCard(
  base: Pack,
  source: string,
  { classes, training, heldOut, epoch, losses, failed, backend }: TrainedVisual,
  head: HeadSettings,
  { whole, validation, seed }: VisualQuery,
): string {
  return `# ${classes.length} classes of ${source}

A softmax classifier made by Semblance on the visual model of the pack ${base.name}, ${whole ? "whose network was trained along" : "whose network stayed as it was"}. Base pack: ${base.title}; licence: ${base.licence}; source: ${base.source}.

${training} photos trained it, ${heldOut.photos} were held out (${percent(validation)} of each class, at least one)${failed.length > 0 ? `; ${failed.length} could not be read` : ""}. The likeliest class is right for ${percent(heldOut.accuracy)} of the held-out photos (95 % interval: ${percent(heldOut.interval[0])} to ${percent(heldOut.interval[1])}). Training ended by these same photos, so on others it may be a little lower.

Epoch ${epoch} of ${losses.length} is kept: cross entropy of the held-out photos ${losses[epoch - 1].toFixed(3)}, after the first epoch ${losses[0].toFixed(3)}.

Settings: ${JSON.stringify({ ...head, validation, seed, whole })}. Trained on ${backend}.

| class | training photos |
|---|---|
${classes.map(({ name, wnid, photos }) => `| ${name}${wnid ? ` (${wnid})` : ""} | ${photos} |`).join("\n")}
`;
}
