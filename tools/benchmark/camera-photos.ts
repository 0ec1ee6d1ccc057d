import { join } from "node:path";
import sharp from "sharp";
import { random } from "../../src-main/math/random";

/** 12 megapixels, as from a camera. */
const WIDTH = 4000;
const HEIGHT = 3000;
/** Ratio of the scene's size to the photos cut from it. */
const MARGIN = 500;
const QUALITY = 90;
/** Amplitude ratio between an octave and the next coarser one: photographs have a spectrum of about 1/f. */
const FALL = 0.62;
/** Sensor noise, ± grey levels. */
const GRAIN = 9;

interface Scene {
  pixels: Uint8Array;
  width: number;
  height: number;
}

/**
 * Writes 12-megapixel JPEGs with detail at every scale, edges and noise, 3 to 5 MB each like a camera's, since decoding
 * time depends on content. All are different.
 * @returns their mean size in bytes
 */
export async function writeCameraPhotos(folder: string, n: number): Promise<number> {
  const scene = await makeScene(random(12));
  const draw = random(13);
  let bytes = 0;
  for (let i = 0; i < n; i++) {
    const [left, top] = [Math.floor(draw() * MARGIN), Math.floor(draw() * MARGIN)];
    const window = sharp(scene.pixels, { raw: { width: scene.width, height: scene.height, channels: 3 } })
      .extract({ left, top, width: WIDTH, height: HEIGHT })
      .flop(i % 2 === 1)
      .flip(i % 4 > 1)
      .linear(0.8 + 0.3 * draw(), 20 * draw());
    const { size } = await window
      .jpeg({ quality: QUALITY, chromaSubsampling: "4:2:0" })
      .withExif({
        IFD0: { Make: "Semblance", Model: "benchmark" },
        IFD2: { DateTimeOriginal: `2024:05:${String(1 + (i % 28)).padStart(2, "0")} 12:00:00` },
      })
      .toFile(join(folder, `IMG_${String(i + 1).padStart(4, "0")}.jpg`));
    bytes += size / n;
  }
  return bytes;
}

/** Octaves of noise, each twice as fine as the last, with edges where the coarse ones cross zero. */
async function makeScene(draw: () => number): Promise<Scene> {
  const [fullWidth, fullHeight] = [WIDTH + MARGIN, HEIGHT + MARGIN];
  let [width, height] = [9, 7];
  let pixels = Uint8Array.from({ length: width * height * 3 }, () => 60 + 135 * draw());
  let amplitude = 70;
  while (width < fullWidth) {
    const next = { width: Math.min(fullWidth, width * 2), height: Math.min(fullHeight, height * 2) };
    const finer = await sharp(pixels, { raw: { width, height, channels: 3 } })
      .resize(next.width, next.height, { fit: "fill", kernel: "cubic" })
      .raw()
      .toBuffer();
    ({ width, height } = next);
    amplitude *= FALL;
    const strength = Math.max(amplitude, GRAIN);
    const coarse = width < 80;
    pixels = new Uint8Array(finer.length);
    for (let at = 0; at < finer.length; at += 3) {
      const light = (draw() - 0.5) * 2 * strength + (coarse && finer[at] > 128 ? 18 : 0);
      for (let c = 0; c < 3; c++)
        pixels[at + c] = Math.max(0, Math.min(255, finer[at + c] + light + (draw() - 0.5) * strength * 0.4));
    }
  }
  return { pixels, width, height };
}
