import { Refusal } from "../../src-shared/refusal";
import { centredRoots, rootMean } from "../devise/scenes";
import type { Pack } from "../vision/pack";
import { sceneNumbers } from "../vision/pack-scenes";
import { readLabelColumns } from "./amounts";
import { extendPack } from "./extend-pack";
import { learnMultiLabel } from "./multi-label";
import { extensionOfPack, tryPack } from "./own-pack";
import { countPresent, type EmbedListeners, readScenePhotos } from "./scene-photos";
import { scenesCard } from "./scenes-card";
import type { ScenesQuery, TrainedScenes } from "./trained-scenes";

/**
 * Fits a multi-label head on a pack's features and writes it into a pack of format 2.
 * @throws Refusal `bad-dataset`, `bad-features`, of `tryPack`, or the reason `signal` was aborted with; then nothing is
 *   written
 */
export async function trainScenes(
  home: string,
  pack: Pack,
  query: ScenesQuery,
  { onStep, ...listeners }: EmbedListeners & { onStep?: (done: number, total: number) => void } = {},
): Promise<TrainedScenes> {
  tryPack(extensionOfPack(home, pack, query.out), pack);
  const D = pack.dimensions;
  const mapping = query.mapping === null ? null : readLabelColumns(query.mapping);
  const { features, labels, sources, failed } = await readScenePhotos(
    home,
    pack,
    query.tables,
    mapping,
    query.present,
    listeners,
  );
  const centre = rootMean(features, D);
  const {
    tried,
    method,
    labels: learned,
  } = await learnMultiLabel(centredRoots(features, centre), D, labels, query.seed, async (done, total) => {
    onStep?.(done, total);
    await new Promise(setImmediate);
    listeners.signal?.throwIfAborted();
  });
  const result: TrainedScenes = {
    tried,
    method,
    sources,
    failed,
    photos: features.length / D,
    labels: labels.map(({ name, wnid, present }, l) => ({
      name,
      wnid,
      photos: countPresent(present),
      averagePrecision: learned[l].averagePrecision,
      level: learned[l].level,
    })),
  };
  const kept = learned.flatMap(({ weights, bias, level }, l) =>
    level ? [{ weights, bias, name: labels[l].name, wnid: labels[l].wnid, from: level.from }] : [],
  );
  if (kept.length === 0)
    throw new Refusal(
      "bad-dataset",
      `Nothing was written: none of the ${labels.length} labels can be predicted reliably from ${result.photos} photos.`,
    );
  const weights = new Float32Array(kept.length * D);
  kept.forEach((label, s) => weights.set(label.weights, s * D));
  await extendPack(home, pack, query.out, {
    described: { scenes: { weights: "scenes.f32", classes: "scenes.json" } },
    files: {
      "scenes.f32": sceneNumbers({ centre, weights, bias: Float32Array.from(kept, ({ bias }) => bias) }),
      "scenes.json": `${JSON.stringify(
        kept.map(({ name, wnid, from }) => ({ name, wnid, from })),
        null,
        1,
      )}\n`,
    },
    card: scenesCard(result, query),
  });
  return result;
}
