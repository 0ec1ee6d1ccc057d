import { availableParallelism } from "node:os";
import { formatCount } from "../../src-shared/format-count";
import { Refusal } from "../../src-shared/refusal";
import { mapInOrder } from "../base/in-order";
import type { JobHandle } from "../base/jobs";
import type { Rectangle } from "../base/overlap";
import { decodeCrops } from "../images/decode-client";
import { type Crop, cropKey, cropsOf, photoToCrop, storeCrops } from "../store/crops";
import type { VisualModel } from "../vision/visual-model";
import { classesOf } from "./embed-photos";
import { cacheSlot } from "./library-caches";
import type { OpenLibrary } from "./open-library";
import type { Session } from "./session";

/** Crops that the network takes at a time. */
const BATCH_CROPS = 16;

/** Crops of photos that are missing or unreadable. */
const unreadable = cacheSlot<Set<string>>("crops that can't be read");

/** What `embedCropsSoon` was last called with. */
const next = cacheSlot<readonly Crop[]>("crops to compute next");

/** The crops that have no features yet and may get some, in the same order. */
export function missingCrops(library: OpenLibrary, crops: readonly Crop[]): Crop[] {
  const known = cropsOf(library.store, library.pack.visualId, crops);
  const failed = library.caches.get(unreadable);
  return crops.filter((crop) => !known.has(cropKey(crop)) && !failed?.has(cropKey(crop)));
}

/**
 * Computes the features of crops that have none yet, photo by photo, and stores them. What is stored is never computed
 * again. Photos that are missing or unreadable are left out.
 * @param crops the most wanted first
 * @param visual loads the network, only if one is needed
 * @param isPrompt someone is waiting: goes before photos that are being scanned
 * @param job reports the photos, and pauses or ends the work
 */
export async function embedCrops(
  library: OpenLibrary,
  crops: readonly Crop[],
  visual: () => Promise<VisualModel>,
  { isPrompt = false, job = null }: { isPrompt?: boolean; job?: Pick<JobHandle, "progress" | "yield"> | null } = {},
): Promise<void> {
  const { store, pack } = library;
  const byPhoto = [...Map.groupBy(missingCrops(library, crops), ({ photo }) => photo)];
  if (byPhoto.length === 0) return;
  const model = await visual();
  const decoded = mapInOrder(byPhoto, availableParallelism() + 1, async ([photo, wanted]) => {
    const found = photoToCrop(store, photo);
    const boxes = [...new Map(wanted.map((crop) => [cropKey(crop), crop.box])).values()];
    try {
      if (found) return { found, boxes, pixels: await decodeCrops(found.path, boxes, pack.preprocess, isPrompt) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error; // the scan reports unreadable photos
    }
    const failed = library.caches.reuse(unreadable, [], () => new Set<string>());
    for (const crop of wanted) failed.add(cropKey(crop));
    return null;
  });
  let done = 0;
  for await (const photo of decoded) {
    if (photo) await embedPhoto(library, model, photo);
    job?.progress(++done, byPhoto.length);
    await job?.yield();
  }
}

/** How a search has boxes compared that never were: at once for a command, in the background for the window. */
export interface BoxComparing {
  visual: () => Promise<VisualModel>;
  /**
   * Computes the features of the boxes that lack them, at most `most`.
   * @param search what asks for it: a search that asks again doesn't begin again
   */
  compare(search: string, boxes: readonly Crop[], most: number): Promise<void>;
}

/** The search whose boxes were compared last in the background. */
const compared = cacheSlot<string>("search that boxes were compared for");

/** In the background of the window. */
export function comparingSoon(session: Session): BoxComparing {
  const library = session.library();
  return {
    visual: session.openOrNull()!.visual,
    async compare(search, boxes, most) {
      if (library.caches.get(compared) === search) return;
      library.caches.set(compared, search);
      const missing = missingCrops(library, boxes).slice(0, most);
      if (missing.length > 0) embedCropsSoon(session, missing);
    },
  };
}

/** Computes the features of crops in the background, and ends what was computed for an earlier call. */
function embedCropsSoon(session: Session, crops: readonly Crop[]): void {
  const { caches } = session.library();
  caches.set(next, crops);
  void session.jobs.cancelAll(["crops"]).then(() => {
    const open = session.openOrNull();
    if (open?.library.caches !== caches || caches.get(next) !== crops) return; // closed, or overtaken
    session.start("crops", null, async (library, job) => {
      await embedCrops(library, crops, () => open.visual(), { job });
      return formatCount(crops.length, "box", "boxes");
    });
  });
}

async function embedPhoto(
  { store, pack, tower }: OpenLibrary,
  model: VisualModel,
  { found, boxes, pixels }: { found: { photo: number; version: string }; boxes: Rectangle[]; pixels: Uint8Array[] },
): Promise<void> {
  const D = pack.dimensions;
  for (let from = 0; from < boxes.length; from += BATCH_CROPS) {
    const seen = await model.embed(pixels.slice(from, from + BATCH_CROPS));
    const { classes, probabilities } = classesOf(pack, seen, tower);
    const K = classes.length / (seen.features.length / D);
    storeCrops(
      store,
      pack.visualId,
      found,
      boxes.slice(from, from + BATCH_CROPS).map((box, i) => ({
        box,
        feature: seen.features.slice(i * D, (i + 1) * D),
        classes: classes.slice(i * K, (i + 1) * K),
        probabilities: probabilities.slice(i * K, (i + 1) * K),
      })),
    );
  }
}
