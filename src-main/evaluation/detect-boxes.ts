import { availableParallelism } from "node:os";
import { Refusal } from "../../src-shared/refusal";
import type { Detections } from "../base/detections";
import { mapInOrder } from "../base/in-order";
import { decode } from "../images/decode-client";
import { openNetworks } from "../vision/networks";
import type { Pack } from "../vision/pack";
import type { PackDetector } from "../vision/pack-detectors";
import type { DetectedBoxes } from "./average-precision";
import type { CategoryClasses } from "./category-classes";
import type { CocoFolder } from "./coco-folder";

/** A photo that can’t be read. */
export interface Failed {
  path: string;
  reason: string;
}

/** What the detectors find in a photo, and its size in pixels. */
interface Seen {
  width: number;
  height: number;
  detections: (Detections & { detector: PackDetector })[];
}

/** Photos that are decoded or waiting for a network at a time. */
const AHEAD = 2 * availableParallelism();

/**
 * Runs a pack's detectors on a COCO folder's photos.
 * @param known the classes to keep, by category
 * @returns the boxes of these classes, photo by photo, best first; and the detectors that have them
 * @throws Refusal `bad-dataset` for a photo that is not as large as the annotations say, or if none can be read;
 *   `bad-pack`; or the reason `signal` was aborted with
 */
export async function detectBoxes(
  { annotations, images }: CocoFolder,
  pack: Pack,
  known: CategoryClasses,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: (done: number, total: number) => void } = {},
): Promise<{ detected: DetectedBoxes; failed: Failed[]; used: PackDetector[] }> {
  const used = [...new Set([...known.values()].map(({ detector }) => detector))];
  const categoryOf = new Map([...known].map(([c, { detector, index }]) => [`${detector.id} ${index}`, c]));
  const networks = openNetworks(pack);
  const found = { images: [] as number[], categories: [] as number[], boxes: [] as number[], scores: [] as number[] };
  const failed: Failed[] = [];

  const look = async ({ id, path, ...said }: CocoFolder["images"][number]): Promise<Seen | Failed> => {
    signal?.throwIfAborted();
    const decoded = await decode(path, null, pack.detection).catch((error: unknown) => {
      if (error instanceof Refusal) return error;
      throw error;
    });
    if (decoded instanceof Refusal) return { path, reason: decoded.message };
    const { width, height, detectorPixels } = decoded;
    const isSized = said.width !== undefined && said.height !== undefined;
    if (isSized && (said.width !== width || said.height !== height))
      throw new Refusal(
        "bad-dataset",
        `${path} is ${width} × ${height} pixels when upright, but image ${id} in ${annotations} is ` +
          `${said.width} × ${said.height}. Give boxes in pixels of the upright photo.`,
      );
    const detections = await Promise.all(
      used.map(async (detector) => ({
        detector,
        ...(await (await networks.detector(detector)).detect(detectorPixels!)),
      })),
    );
    return { width, height, detections };
  };
  try {
    let image = 0;
    for await (const seen of mapInOrder(images, AHEAD, look)) {
      if ("reason" in seen) failed.push(seen);
      else
        for (const { detector, boxes, scores, classes } of seen.detections)
          scores.forEach((score, i) => {
            const category = categoryOf.get(`${detector.id} ${classes[i]}`);
            if (category === undefined) return;
            const [x0, y0, x1, y1] = boxes.subarray(4 * i, 4 * i + 4);
            found.images.push(image);
            found.categories.push(category);
            found.boxes.push(x0 * seen.width, y0 * seen.height, (x1 - x0) * seen.width, (y1 - y0) * seen.height);
            found.scores.push(score);
          });
      image++;
      onProgress?.(image, images.length);
    }
  } finally {
    await networks.close();
  }
  if (failed.length === images.length)
    throw new Refusal(
      "bad-dataset",
      `None of the ${images.length} photos in ${annotations} can be read. The first is ${failed[0].path}: ${failed[0].reason}`,
    );
  return {
    detected: {
      images: Uint32Array.from(found.images),
      categories: Uint32Array.from(found.categories),
      boxes: Float64Array.from(found.boxes),
      scores: Float64Array.from(found.scores),
    },
    failed,
    used,
  };
}
