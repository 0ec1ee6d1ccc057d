import type { Rectangle } from "../base/overlap";
import type { Preprocess } from "../base/preprocess";
import { fromRaw, toPixels, toRaw, toSize, upright, withTimeout } from "./decode";
import { explain } from "./decode-failure";
import { DECODE_TIMEOUT_SECONDS } from "./decode-limits";
import { openImage } from "./image-source";

/** Photos are decoded to at most this long side: crops of small boxes need pixels, and memory has limits. */
const LONG_SIDE = 2048;

/**
 * Decodes a photo once and cuts out what is in some boxes, as input for a visual model. Each crop is exactly what is in
 * the box, squeezed into a square: with a margin, or as the square around the box, a crop's nearest neighbours show the
 * same thing less often (docs/evaluation/boxes.md).
 * @param source path or content
 * @param boxes of the upright photo
 * @returns RGB `[size, size, 3]` for each box, 0..255
 * @throws Refusal as `decode` does
 */
export async function decodeCrops(
  source: string | Uint8Array,
  boxes: readonly Rectangle[],
  preprocess: Preprocess,
  seconds = DECODE_TIMEOUT_SECONDS,
): Promise<Uint8Array[]> {
  return withTimeout(seconds, async () => {
    try {
      const { input } = await openImage(source);
      const picture = await toRaw(
        upright(input, "none", seconds).resize(LONG_SIDE, LONG_SIDE, { fit: "inside", withoutEnlargement: true }),
      );
      const square = { width: preprocess.size, height: preprocess.size };
      const crops: Uint8Array[] = [];
      for (const box of boxes)
        crops.push(
          await toPixels(await toSize(await toRaw(fromRaw(picture).extract(areaOf(box, picture))), square), {
            ...preprocess,
            resize: "cover",
          }),
        );
      return crops;
    } catch (error) {
      throw explain(error);
    }
  });
}

/** The pixels of a box; at least one. */
function areaOf([x0, y0, x1, y1]: Rectangle, { width, height }: { width: number; height: number }) {
  const left = Math.min(width - 1, Math.round(x0 * width));
  const top = Math.min(height - 1, Math.round(y0 * height));
  return {
    left,
    top,
    width: Math.max(1, Math.min(width, Math.round(x1 * width)) - left),
    height: Math.max(1, Math.min(height, Math.round(y1 * height)) - top),
  };
}
