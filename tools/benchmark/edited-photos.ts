import { writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { random } from "../../src-main/math/random";

/** Typical edits of shared photos, saved as JPEG at quality 85 unless the edit is the quality. */
const EDITS: Record<string, (photo: Buffer, width: number, height: number, draw: () => number) => Promise<Buffer>> = {
  "resized to 50 %": (photo, width, height) =>
    sharp(photo)
      .resize(Math.round(width / 2), Math.round(height / 2))
      .jpeg({ quality: 85 })
      .toBuffer(),
  "10 % cropped off each way, anywhere": (photo, width, height, draw) => {
    const [w, h] = [Math.round(width * 0.9), Math.round(height * 0.9)];
    return sharp(photo)
      .extract({
        left: Math.floor(draw() * (width - w + 1)),
        top: Math.floor(draw() * (height - h + 1)),
        width: w,
        height: h,
      })
      .jpeg({ quality: 85 })
      .toBuffer();
  },
  "encoded at quality 30": (photo) => sharp(photo).jpeg({ quality: 30 }).toBuffer(),
  "20 % brighter": (photo) => sharp(photo).linear(1.2).jpeg({ quality: 85 }).toBuffer(),
  "20 % darker": (photo) => sharp(photo).linear(0.8).jpeg({ quality: 85 }).toBuffer(),
  watermarked: (photo, width, height) =>
    sharp(photo)
      .composite([{ input: watermark(width, height) }])
      .jpeg({ quality: 85 })
      .toBuffer(),
  mirrored: (photo) => sharp(photo).flop().jpeg({ quality: 85 }).toBuffer(),
};
export const EDIT_NAMES = Object.keys(EDITS);

/**
 * Writes a photo and all its edits into a folder.
 * @returns file names: the photo, then its edits in the order of `EDIT_NAMES`
 */
export async function writeEdits(file: string, folder: string, name: string, seed: number): Promise<string[]> {
  const draw = random(seed);
  const photo = await sharp(file)
    .autoOrient()
    .flatten({ background: "#ffffff" })
    .toColourspace("srgb")
    .jpeg({ quality: 95 })
    .toBuffer();
  const { width, height } = await sharp(photo).metadata();
  const edited = await Promise.all(Object.values(EDITS).map((edit) => edit(photo, width, height, draw)));
  const names = [photo, ...edited].map((_, edit) => `${name} ${edit}.jpg`);
  [photo, ...edited].forEach((jpeg, edit) => writeFileSync(join(folder, names[edit]), jpeg));
  return names;
}

/** A semi-transparent name across the middle and a line in the corner. */
function watermark(width: number, height: number): Buffer {
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" fill="white">
    <text x="50%" y="55%" text-anchor="middle" font-weight="bold" font-size="${width / 9}" fill-opacity="0.55">© Semblance</text>
    <text x="97%" y="96%" text-anchor="end" font-size="${width / 22}" fill-opacity="0.8">sample 2024</text></svg>`);
}
