import { upright, withTimeout } from "./decode";
import { explain } from "./decode-failure";
import { DECODE_TIMEOUT_SECONDS } from "./decode-limits";
import { openImage } from "./image-source";

/**
 * A part of the photo as a JPEG: upright, sRGB, at most `side` pixels on the long side, never enlarged. Throws as
 * `decode` does.
 * @param area left, top, right and bottom as fractions of the upright photo, 0..1
 */
export async function renderArea(
  source: string | Uint8Array,
  [left, top, right, bottom]: readonly [number, number, number, number],
  side: number,
  seconds = DECODE_TIMEOUT_SECONDS,
): Promise<Buffer> {
  return withTimeout(seconds, async () => {
    const { input, width, height } = await openImage(source);
    const scale = Math.min(1, side / Math.max((right - left) * width, (bottom - top) * height, 1));
    // Resized before it is cut out, so that a large JPEG isn't decoded at its full size.
    const [wide, high] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
    const across = span(left, right, wide);
    const down = span(top, bottom, high);
    return upright(input, "none", seconds)
      .resize(wide, high, { fit: "fill" })
      .extract({ left: across.from, top: down.from, width: across.length, height: down.length })
      .jpeg({ quality: 85 })
      .toBuffer()
      .catch((error: unknown) => {
        throw explain(error);
      });
  });
}

/** The pixels between two fractions of a side, at least one. */
function span(begin: number, end: number, pixels: number): { from: number; length: number } {
  const from = Math.min(pixels - 1, Math.floor(begin * pixels));
  return { from, length: Math.max(1, Math.min(pixels, Math.round(end * pixels)) - from) };
}
