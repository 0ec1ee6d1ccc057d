import sharp, { type Sharp } from "sharp";
import { Refusal } from "../../src-shared/refusal";
import type { Pixels } from "../base/detections";
import { type DetectorInput, detectorSize, type Preprocess } from "../base/preprocess";
import { explain, tooSlow } from "./decode-failure";
import { DECODE_TIMEOUT_SECONDS, MAX_PIXELS, THUMBNAIL_PIXELS } from "./decode-limits";
import { type ImageQuality, type Luminance, luminanceOf, measureQuality } from "./image-quality";
import { type ImageSource, openImage } from "./image-source";
import type { PhotoMetadata } from "./photo-metadata";

// There is one decoder per core; libvips' own threads would only compete with them.
sharp.concurrency(1);
sharp.cache(false);

/** The share of a truncated image that must be readable for it to be labelled. */
const MIN_DECODED_SHARE = 0.5;
/** Up to this long side, thumbnail and model input come from one decode; longer panoramas are decoded twice. */
const MAX_SHARED_DECODE_PIXELS = 4096;

export interface Decoded extends PhotoMetadata {
  /** JPEG, upright, sRGB, at most 512 pixels on the long side; never larger than the photo. */
  thumbnail: Buffer;
  imageQuality: ImageQuality;
  /** RGB `[size, size, 3]`, 0..255; null without a preprocess. */
  pixels: Uint8Array | null;
  /** The whole photo in the size for detectors; null if not asked for. */
  detectorPixels: Pixels | null;
  /** Of the upright photo. */
  width: number;
  height: number;
  format: string;
}

/** RGB `[height, width, 3]` */
interface Raw {
  data: Buffer;
  width: number;
  height: number;
}

/**
 * Decodes a photo once, for its thumbnail, the visual model and the detectors: upright, sRGB, alpha on white, first
 * frame.
 * @param source path or content
 * @throws Refusal `empty-file`, `not-an-image`, `truncated`, `damaged`, `too-large`, `unsupported`, `unreadable`,
 *   `too-slow`; for RAW files also `no-preview`, `no-exiftool`, `exiftool-failed`
 */
export async function decode(
  source: string | Uint8Array,
  preprocess: Preprocess | null,
  detection: DetectorInput | null = null,
  seconds = DECODE_TIMEOUT_SECONDS,
): Promise<Decoded> {
  return withTimeout(seconds, async () => {
    const opened = await openImage(source);
    try {
      return await decodeWith("truncated", opened, { preprocess, detection }, seconds);
    } catch (error) {
      const reason = explain(error);
      if (reason.code !== "truncated" && reason.code !== "damaged") throw reason;
      // Viewers show as much of a truncated file as they can, and so do we if most of it is readable.
      const readable = await shareOfPicture(opened.input, seconds).catch(() => 0);
      if (readable < MIN_DECODED_SHARE)
        throw new Refusal(reason.code, `${reason.message} Only ${Math.round(100 * readable)} % of it can be read.`);
      return await decodeWith("none", opened, { preprocess, detection }, seconds).catch((again: unknown) => {
        throw explain(again);
      });
    }
  });
}

/** The photo as a JPEG: upright, sRGB, at most `side` pixels on the long side. Throws as `decode` does. */
export async function render(
  source: string | Uint8Array,
  side: number,
  seconds = DECODE_TIMEOUT_SECONDS,
): Promise<Buffer> {
  return withTimeout(seconds, async () => {
    const { input } = await openImage(source);
    return upright(input, "none", seconds)
      .resize(side, side, { fit: "inside", withoutEnlargement: true })
      .jpeg({ quality: 88 })
      .toBuffer()
      .catch((error: unknown) => {
        throw explain(error);
      });
  });
}

/** What a photo is decoded for, apart from its thumbnail. */
interface DecodeTargets {
  preprocess: Preprocess | null;
  detection: DetectorInput | null;
}

async function decodeWith(
  failOn: "truncated" | "none",
  { input, ...photoMetadata }: ImageSource,
  { preprocess, detection }: DecodeTargets,
  seconds: number,
): Promise<Decoded> {
  const { width, height } = photoMetadata;
  const [long, short] = [Math.max(width, height), Math.min(width, height)];
  const open = () => upright(input, failOn, seconds);
  const forModel =
    preprocess === null ? 0 : preprocess.resize === "cover" ? preprocess.size : preprocess.resize.shortSide;
  const wholes = Math.max(THUMBNAIL_PIXELS, detection?.longSide ?? 0);
  const scale = Math.min(1, Math.max(wholes / long, forModel / short));
  const isShared = long * scale <= MAX_SHARED_DECODE_PIXELS;
  const size = sizeAt(width, height, isShared ? scale : Math.min(1, wholes / long));
  const picture = await toRaw(open().resize(size.width, size.height, { fit: "fill" }));
  // Only the middle of a panorama reaches the model, so decode just the square that its resize would leave.
  const modelImage =
    isShared || preprocess === null
      ? picture
      : await toRaw(open().resize(forModel, forModel, { fit: "cover", kernel: "cubic" }));
  const [small, pixels, detectorPixels] = await Promise.all([
    toSize(picture, sizeAt(width, height, Math.min(1, THUMBNAIL_PIXELS / long))),
    preprocess && toPixels(modelImage, preprocess),
    detection && toSize(picture, detectorSize(width, height, detection)),
  ]);
  return {
    thumbnail: await toJpeg(small),
    imageQuality: await toQuality(small),
    pixels,
    detectorPixels,
    ...photoMetadata,
  };
}

const sizeAt = (width: number, height: number, scale: number): Size => ({
  width: Math.max(1, Math.round(width * scale)),
  height: Math.max(1, Math.round(height * scale)),
});

/** The image quality of a photo, measured on its thumbnail. */
export async function thumbnailQuality(thumbnail: Uint8Array): Promise<ImageQuality> {
  return toQuality(await toRaw(sharp(thumbnail).toColourspace("srgb")));
}

export function upright(source: string | Uint8Array, failOn: "truncated" | "none", seconds: number): Sharp {
  return sharp(source, { failOn, limitInputPixels: MAX_PIXELS, sequentialRead: true, pages: 1 })
    .timeout({ seconds: Math.ceil(seconds) })
    .autoOrient()
    .flatten({ background: "#ffffff" })
    .toColourspace("srgb");
}

export async function toRaw(picture: Sharp): Promise<Raw> {
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`decoded to ${info.channels} channels instead of 3`);
  return { data, width: info.width, height: info.height };
}

export function fromRaw({ data, width, height }: Raw): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: MAX_PIXELS });
}

interface Size {
  width: number;
  height: number;
}

/** Resizes the whole image, changing its aspect if need be. */
export async function toSize(raw: Raw, { width, height }: Size): Promise<Raw> {
  return width === raw.width && height === raw.height
    ? raw
    : toRaw(fromRaw(raw).resize(width, height, { fit: "fill", kernel: "lanczos3" }));
}

/** Huffman tables optimised for each thumbnail would save 2 % of its bytes and take twice as long to write. */
function toJpeg(small: Raw): Promise<Buffer> {
  return fromRaw(small).jpeg({ quality: 80, optimizeCoding: false }).toBuffer();
}

/**
 * Small photos are enlarged first, so that they count as less sharp than larger copies. Only the luminance is: a third
 * of the work.
 */
async function toQuality({ data, width, height }: Raw): Promise<ImageQuality> {
  const light = luminanceOf(data, width, height);
  return measureQuality(
    data,
    width,
    height,
    Math.max(width, height) >= THUMBNAIL_PIXELS ? light : await enlarge(light),
  );
}

async function enlarge({ light, width, height }: Luminance): Promise<Luminance> {
  const { data, info } = await sharp(light, { raw: { width, height, channels: 1 } })
    .resize(THUMBNAIL_PIXELS, THUMBNAIL_PIXELS, { fit: "inside" })
    .toColourspace("b-w")
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 1) throw new Error(`luminance was enlarged to ${info.channels} channels instead of 1`);
  return { light: data, width: info.width, height: info.height };
}

export async function toPixels(raw: Raw, { size, resize, recompress }: Preprocess): Promise<Uint8Array> {
  const square =
    resize === "cover"
      ? fromRaw(raw).resize(size, size, { fit: "cover", kernel: "cubic" })
      : middleOf(raw, resize.shortSide, size);
  if (!recompress) return (await toRaw(square)).data;
  const jpeg = await square.jpeg({ quality: recompress.quality, chromaSubsampling: "4:2:0" }).toBuffer();
  return (await toRaw(sharp(jpeg))).data;
}

/** The square in the middle of an image whose short side is scaled to `shortSide`; the rest is not computed. */
function middleOf(raw: Raw, shortSide: number, size: number): Sharp {
  const factor = shortSide / Math.min(raw.width, raw.height);
  const [width, height] = [Math.round(raw.width * factor), Math.round(raw.height * factor)];
  return fromRaw(raw)
    .resize(width, height, { fit: "fill", kernel: "cubic" })
    .extract({ left: (width - size) >> 1, top: (height - size) >> 1, width: size, height: size });
}

/** The share of a damaged image that was decoded, 0..1. The missing part at its end comes out as rows of one colour. */
async function shareOfPicture(source: string | Uint8Array, seconds: number): Promise<number> {
  const { data, width, height } = await toRaw(
    sharp(source, { failOn: "none", limitInputPixels: MAX_PIXELS })
      .timeout({ seconds: Math.ceil(seconds) })
      .resize(256, 256, { fit: "fill" })
      .flatten({ background: "#ffffff" })
      .toColourspace("srgb"),
  );
  const last = data.subarray(data.length - 3);
  const isFill = (row: number) => {
    for (let i = row * width * 3; i < (row + 1) * width * 3; i++)
      if (Math.abs(data[i]! - last[i % 3]!) > 2) return false;
    return true;
  };
  let rows = height;
  while (rows > 0 && isFill(rows - 1)) rows--;
  return rows / height;
}

/** Also ends what hangs outside libvips, for example on a dead network drive. */
export async function withTimeout<T>(seconds: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooSlow(seconds)), seconds * 1020); // lets libvips' own timeout come first
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
