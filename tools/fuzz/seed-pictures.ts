import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { scene } from "../../tests/fixtures/scene";

/** A valid image; its name ends with its format. */
export interface SeedPicture {
  name: string;
  bytes: Buffer;
}

const [WIDTH, HEIGHT] = [160, 120];
/** Maximum bytes of a file from the edge set: larger ones are slow to decode without being different. */
const LARGEST = 3 * 2 ** 20;

/**
 * Images in every format that can be written here, with every decoder feature: progressive, CMYK, 16 bit, interlaced,
 * tiled, animated, with Exif and colour profiles.
 */
export async function seedPictures(): Promise<SeedPicture[]> {
  const base = sharp(await scene(1, WIDTH, HEIGHT), { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
  const rgb = () => base.clone();
  const transparent = () => rgb().ensureAlpha(0.5);
  const frames = await Promise.all([1, 2, 3].map((seed) => scene(seed, 64, 48)));
  const animated = () => sharp(Buffer.concat(frames), { raw: { width: 64, height: 144, channels: 3, pageHeight: 48 } });
  const exif = {
    IFD0: { Make: "Semblance", Model: "Fuzz" },
    IFD2: { DateTimeOriginal: "2024:05:01 10:20:30", OffsetTimeOriginal: "+02:00" },
  };
  const made: Record<string, Sharp> = {
    "baseline.jpg": rgb().jpeg(),
    "progressive.jpg": rgb().jpeg({ progressive: true, chromaSubsampling: "4:4:4" }),
    "exif.jpg": rgb().withExif(exif).jpeg(),
    "profile.jpg": rgb().withIccProfile("p3").jpeg(),
    "turned.jpg": rgb().withMetadata({ orientation: 6 }).jpeg(),
    "cmyk.jpg": rgb().toColourspace("cmyk").jpeg(),
    "grey.jpg": rgb().greyscale().jpeg(),
    "plain.png": rgb().png(),
    "deep.png": rgb().toColourspace("rgb16").png(),
    "palette.png": rgb().png({ palette: true }),
    "interlaced.png": transparent().png({ progressive: true }),
    "exif.png": rgb().withExif(exif).png(),
    "lossy.webp": rgb().webp(),
    "lossless.webp": transparent().webp({ lossless: true }),
    "animated.webp": animated().webp(),
    "exif.webp": rgb().withExif(exif).webp(),
    "plain.tif": rgb().tiff({ compression: "none" }),
    "lzw.tif": rgb().tiff({ compression: "lzw", predictor: "horizontal" }),
    "deflate.tif": rgb().toColourspace("rgb16").tiff({ compression: "deflate" }),
    "jpeg.tif": rgb().tiff({ compression: "jpeg" }),
    "tiled.tif": rgb().tiff({ compression: "lzw", tile: true, tileWidth: 64, tileHeight: 64, pyramid: true }),
    "fax.tif": rgb().threshold().toColourspace("b-w").tiff({ compression: "ccittfax4", bitdepth: 1 }),
    "cmyk.tif": rgb().toColourspace("cmyk").tiff({ compression: "lzw" }),
    "webp.tif": rgb().tiff({ compression: "webp" }),
    "plain.gif": rgb().gif(),
    "animated.gif": animated().gif(),
    "plain.avif": rgb().avif({ effort: 0 }),
    "transparent.avif": transparent().avif({ effort: 0, chromaSubsampling: "4:2:0" }),
  };
  const written = await Promise.all(
    Object.entries(made).map(async ([name, picture]): Promise<SeedPicture> => ({
      name,
      bytes: await picture.toBuffer(),
    })),
  );
  // Cameras' RAW files are TIFFs with another extension.
  return [...written, { name: "tiff.dng", bytes: written.find(({ name }) => name === "jpeg.tif")!.bytes }];
}

/** The files in a folder of awkward images, HEIC among them; none if it is missing. */
export function edgePictures(folder: string): SeedPicture[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => extname(name) !== "")
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile() && statSync(file).size > 100 && statSync(file).size <= LARGEST)
    .map((file) => ({ name: file, bytes: readFileSync(file) }));
}
