import { createRequire } from "node:module";
import type { MainModule } from "libheif-js/libheif-wasm/libheif";
import sharp from "sharp";
import { Refusal } from "../../src-shared/refusal";

/** The code for the primaries of Display P3 in a HEIC file without an ICC profile (ITU-T H.273, table 2). */
const DISPLAY_P3 = 12;
/** The start of the `colr` box that holds it. */
const NCLX = Buffer.from("colrnclx", "latin1");
/** Boxes with properties come before the image data, within this many bytes. */
const PROPERTIES_WITHIN = 2 ** 20;

let decoder: MainModule | null = null;

/**
 * Converts the main image of a HEIC file to an uncompressed 8-bit TIFF, upright, with its colour profile, for libraries
 * that can't decode HEVC. The embedded thumbnails are no alternative: they have about 320 pixels on the long side.
 * Takes about 130 ms per megapixel, on the calling thread.
 * @param profile the file's ICC profile, if it has one
 * @throws Refusal `damaged`, `unsupported`, `too-large`
 */
export async function heicAsTiff(heic: Uint8Array, profile: Buffer | undefined, maxPixels: number): Promise<Buffer> {
  try {
    const { data, ...layout } = decodeMain(heic, maxPixels);
    return tiff(data, layout, profile ?? (await impliedProfile(heic)));
  } catch (error) {
    // a WebAssembly instance that was interrupted, for example by running out of memory, must not be reused
    if (!(error instanceof Refusal)) decoder = null;
    throw error;
  }
}

interface Layout {
  width: number;
  height: number;
  /** 3, or 4 with alpha. */ samples: number;
  /** Bytes per row. */ stride: number;
}

function decodeMain(heic: Uint8Array, maxPixels: number): Layout & { data: Uint8Array } {
  const heif = load();
  const context = heif.heif_context_alloc();
  try {
    const { code, message } = heif.heif_context_read_from_memory(context, heic);
    if (code !== heif.heif_error_code.heif_error_Ok) throw refusal(String(message));
    const main = heif.heif_js_context_get_primary_image_handle(context);
    if (main.code !== undefined) throw refusal(main.message);
    try {
      const [width, height] = [heif.heif_image_handle_get_width(main), heif.heif_image_handle_get_height(main)];
      if (width * height > maxPixels)
        throw new Refusal(
          "too-large",
          `The image has ${Math.round((width * height) / 1e6)} megapixels; the maximum is ${Math.round(maxPixels / 1e6)}.`,
        );
      const samples = heif.heif_image_handle_has_alpha_channel(main) ? 4 : 3;
      const { heif_chroma_interleaved_RGB: RGB, heif_chroma_interleaved_RGBA: RGBA } = heif.heif_chroma;
      const decoded = heif.heif_js_decode_image2(
        main,
        heif.heif_colorspace.heif_colorspace_RGB,
        samples === 4 ? RGBA : RGB,
      );
      if (!decoded.channels) throw refusal(decoded.message);
      try {
        const [{ data, stride }] = decoded.channels as [{ data: Uint8Array; stride: number }];
        return { data: data.slice(), width: decoded.width, height: decoded.height, samples, stride };
      } finally {
        heif.heif_image_release(decoded.image);
      }
    } finally {
      heif.heif_image_handle_release(main);
    }
  } finally {
    heif.heif_context_free(context);
  }
}

function refusal(message: string | undefined): Refusal {
  const words = (message ?? "no reason given").trim();
  if (/unsupported|no matching decoder/i.test(words))
    return new Refusal("unsupported", `This kind of image compression is not supported (${words}).`);
  return new Refusal("damaged", `The image is damaged (${words}).`);
}

/** Loaded with the first HEIC file, because it takes 0.2 s. */
function load(): MainModule {
  return (decoder ??= createRequire(import.meta.url)("libheif-js/wasm-bundle") as MainModule);
}

async function impliedProfile(heic: Uint8Array): Promise<Buffer | undefined> {
  const properties = Buffer.from(heic.buffer, heic.byteOffset, Math.min(heic.byteLength, PROPERTIES_WITHIN));
  const at = properties.indexOf(NCLX);
  if (at < 0 || at + 10 > properties.length || properties.readUInt16BE(at + 8) !== DISPLAY_P3) return undefined;
  const square = await sharp({ create: { width: 1, height: 1, channels: 3, background: "#000000" } })
    .withIccProfile("p3")
    .png()
    .toBuffer();
  return (await sharp(square).metadata()).icc;
}

const [SHORT, LONG, UNDEFINED] = [3, 4, 7];

/** TIFF 6.0, little-endian, one strip. */
function tiff(data: Uint8Array, { width, height, samples, stride }: Layout, profile: Buffer = Buffer.alloc(0)): Buffer {
  const tags: [tag: number, type: number, count: number, value: number][] = [
    [256, LONG, 1, width],
    [257, LONG, 1, height],
    [258, SHORT, samples, 0], // bits per sample; the offset is filled in below
    [259, SHORT, 1, 1],
    [262, SHORT, 1, 2], // uncompressed, RGB
    [273, LONG, 1, 0], // offset of the pixels
    [277, SHORT, 1, samples],
    [278, LONG, 1, height],
    [279, LONG, 1, width * height * samples],
    [284, SHORT, 1, 1],
    // the fourth sample is unassociated alpha
    ...(samples === 4 ? [[338, SHORT, 1, 2] as [number, number, number, number]] : []),
    ...(profile.length > 0 ? [[34675, UNDEFINED, profile.length, 0] as [number, number, number, number]] : []),
  ];
  const bits = 8 + 2 + 12 * tags.length + 4;
  const icc = bits + 2 * samples;
  const pixels = icc + profile.length;
  const places = new Map([
    [258, bits],
    [273, pixels],
    [34675, icc],
  ]);

  const file = Buffer.alloc(pixels + width * height * samples);
  file.write("II*\0", "latin1");
  file.writeUInt32LE(8, 4);
  file.writeUInt16LE(tags.length, 8);
  tags.forEach(([tag, type, count, value], i) => {
    const at = 10 + 12 * i;
    file.writeUInt16LE(tag, at);
    file.writeUInt16LE(type, at + 2);
    file.writeUInt32LE(count, at + 4);
    file.writeUInt32LE(places.get(tag) ?? value, at + 8);
  });
  for (let i = 0; i < samples; i++) file.writeUInt16LE(8, bits + 2 * i);
  file.set(profile, icc);
  const row = width * samples;
  for (let y = 0; y < height; y++) file.set(data.subarray(y * stride, y * stride + row), pixels + y * row);
  return file;
}
