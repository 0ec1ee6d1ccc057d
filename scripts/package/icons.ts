import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";

const SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
/** The drawing's width and height in pixels at 72 dpi. */
const DRAWN = 64;

/** Renders an SVG at every size that desktops use: `folder/NxN.png`. */
export async function drawIcons(file: string, folder: string): Promise<void> {
  const drawing = readFileSync(file);
  mkdirSync(folder, { recursive: true });
  for (const size of SIZES)
    await sharp(drawing, { density: (72 * size) / DRAWN })
      .resize(size, size)
      .png()
      .toFile(join(folder, `${size}x${size}.png`));
}
