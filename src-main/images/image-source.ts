import { readFile, stat } from "node:fs/promises";
import sharp, { type Metadata } from "sharp";
import { Refusal } from "../../src-shared/refusal";
import { explain } from "./decode-failure";
import { MAX_PIXELS } from "./decode-limits";
import { heicAsTiff } from "./heic";
import { metadataOf, type PhotoMetadata } from "./photo-metadata";
import { rawExtension, rawMetadata, readRaw, readRawBytes } from "./raw";

const FORMATS = new Set(["jpeg", "png", "webp", "tiff", "gif", "avif"]);

/** A photo in a form that sharp can read, with its metadata. */
export interface ImageSource extends PhotoMetadata {
  /** Path or content. */
  input: string | Uint8Array;
  /** Of the upright photo. */
  width: number;
  height: number;
  /** Of the photo itself, even if `input` was converted from it. */
  format: string;
}

/** @throws Refusal as `decode` does */
export async function openImage(source: string | Uint8Array): Promise<ImageSource> {
  return open(source).catch((error: unknown) => {
    throw explain(error);
  });
}

async function open(source: string | Uint8Array): Promise<ImageSource> {
  await refuseEmpty(source);
  const raw = rawExtension(source);
  if (raw !== null) {
    const { photoMetadata, preview } =
      typeof source === "string" ? await readRaw(source) : await readRawBytes(source, raw);
    return { ...photoMetadata, input: preview, ...sizeOf(await sharpMetadata(preview)), format: raw };
  }
  const metadata = await sharpMetadata(source);
  const format = formatOf(metadata);
  const input =
    format !== "heic"
      ? source
      : await heicAsTiff(typeof source === "string" ? await readFile(source) : source, metadata.icc, MAX_PIXELS);
  return { ...metadataOf(metadata), input, ...sizeOf(metadata), format };
}

/**
 * A photo's metadata, without decoding the image.
 * @throws Refusal as `decode` does
 */
export async function readMetadata(path: string): Promise<PhotoMetadata> {
  await refuseEmpty(path);
  if (rawExtension(path) !== null) return rawMetadata(path);
  return metadataOf(await sharpMetadata(path));
}

async function sharpMetadata(source: string | Uint8Array): Promise<Metadata> {
  return sharp(source, { limitInputPixels: MAX_PIXELS })
    .metadata()
    .catch((error: unknown) => {
      throw explain(error);
    });
}

const sizeOf = ({ autoOrient: { width, height } }: Metadata) => ({ width, height });

function formatOf({ format, compression }: Metadata): string {
  if (format === "heif") {
    if (compression === "av1") return "avif";
    if (compression === "hevc") return "heic";
    throw new Refusal("unsupported", `HEIF images with ${compression ?? "unknown"} compression are not supported.`);
  }
  if (!FORMATS.has(format)) throw new Refusal("unsupported", `${format} images are not supported.`);
  return format;
}

async function refuseEmpty(source: string | Uint8Array): Promise<void> {
  const size =
    typeof source === "string"
      ? (
          await stat(source).catch((error: unknown) => {
            throw explain(error);
          })
        ).size
      : source.length;
  if (size === 0) throw new Refusal("empty-file", "The file is empty.");
}
