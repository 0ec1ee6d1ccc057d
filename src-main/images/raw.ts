import { rmSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Refusal } from "../../src-shared/refusal";
import { orientationOf } from "../base/orientation";
import { extensionOf } from "../base/original-names";
import { withExifTool } from "./exiftool";
import { isRaw } from "./photo-files";
import { cameraName, locationAt, offsetOf, type PhotoMetadata, plain } from "./photo-metadata";
import { writtenPlace } from "./written-place";
import { withoutRepeats } from "./xmp";
import { readMarks } from "./xmp-marks";
import type { PlacedRegions } from "./xmp-regions";

/** Tags that may contain a JPEG preview; the largest one is used. */
const PREVIEWS = ["JpgFromRaw", "PreviewImage", "OtherImage", "ThumbnailImage"] as const;
const QUESTIONS = [
  ...PREVIEWS,
  "Orientation",
  "DateTimeOriginal",
  "CreateDate",
  "OffsetTimeOriginal",
  "Make",
  "Model",
  "LensModel",
  "LensID",
  "GPSLatitude",
  "GPSLongitude",
  "Rating",
  "RatingPercent",
  "Label",
  "Pick",
  "Good",
  "PickLabel",
  "ColorLabel",
  "HierarchicalSubject",
  "TagsList",
  "LastKeywordXMP",
  "Subject",
  "Keywords",
].map((tag) => `-${tag}`);

type Tags = Record<string, unknown>;

export interface RawPhoto {
  photoMetadata: PhotoMetadata;
  /** JPEG. Its own Exif has the orientation. */
  preview: Buffer;
}

/**
 * A RAW file's metadata.
 * @throws Refusal `no-exiftool`, `exiftool-failed`
 */
export async function rawMetadata(path: string): Promise<PhotoMetadata> {
  return metadataFromTags(await tagsOf(path));
}

/**
 * How a RAW file's pixels are turned, and the regions in its XMP.
 * @throws Refusal `no-exiftool`, `exiftool-failed`
 */
export async function rawRegions(path: string): Promise<PlacedRegions> {
  const tags = await withExifTool(
    async (exifTool) =>
      (await exifTool.readRaw(path, {
        readArgs: ["-n", "-struct", "-Orientation", "-XMP-mwg-rs:RegionInfo"],
      })) as Tags & { RegionInfo?: RegionInfo },
  );
  const { AppliedToDimensions: applied, RegionList: list = [] } = tags.RegionInfo ?? {};
  return {
    orientation: orientationOf(tags.Orientation),
    regions: {
      appliedTo: applied ? { width: Number(applied.W), height: Number(applied.H) } : null,
      regions: list.map(({ Name = "", Type = "", Area = {}, Rotation = 0 }) => ({
        name: String(Name),
        type: String(Type),
        x: Number(Area.X ?? NaN),
        y: Number(Area.Y ?? NaN),
        w: Number(Area.W ?? NaN),
        h: Number(Area.H ?? NaN),
        unit: Area.Unit ?? "normalized",
        rotation: Number(Rotation) || 0,
      })),
    },
  };
}

/** As ExifTool names the fields of the Metadata Working Group's regions. */
interface RegionInfo {
  AppliedToDimensions?: { W: unknown; H: unknown };
  RegionList?: {
    Name?: unknown;
    Type?: unknown;
    Area?: { X?: unknown; Y?: unknown; W?: unknown; H?: unknown; Unit?: string };
    Rotation?: unknown;
  }[];
}

/**
 * A RAW file's largest embedded preview, with the RAW's orientation if it has none. The sensor data is not
 * developed.
 * @throws Refusal `no-preview`, `no-exiftool`, `exiftool-failed`
 */
export async function readRaw(path: string): Promise<RawPhoto> {
  const tags = await tagsOf(path);
  const largest = PREVIEWS.map((tag) => ({ tag, bytes: bytesOf(tags[tag]) }))
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes)[0];
  if (!largest)
    throw new Refusal(
      "no-preview",
      `The ${extensionOf(path).toUpperCase()} file has no embedded preview, which Semblance needs to show a RAW file.`,
    );
  const preview = await withExifTool((exifTool) => exifTool.extractBinaryTagToBuffer(largest.tag, path));
  return {
    photoMetadata: metadataFromTags(tags),
    preview: turned(preview, typeof tags.Orientation === "number" ? tags.Orientation : 1),
  };
}

/** As `readRaw`, for content in memory; it goes through a temporary file because ExifTool only reads files. */
export async function readRawBytes(bytes: Uint8Array, extension: string): Promise<RawPhoto> {
  const folder = await mkdtemp(join(tmpdir(), "semblance-raw-"));
  try {
    const file = join(folder, `photo.${extension}`);
    await writeFile(file, bytes);
    return await readRaw(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The extension of content that is certainly RAW. NEF, ARW and DNG start like any TIFF and are recognised only by name.
 */
export function rawExtension(source: string | Uint8Array): string | null {
  if (typeof source === "string") return isRaw(source) ? extensionOf(source) : null;
  const photoMetadata = Buffer.from(source.buffer, source.byteOffset, Math.min(16, source.byteLength)).toString(
    "latin1",
  );
  if (photoMetadata.startsWith("FUJIFILMCCD-RAW")) return "raf";
  if (photoMetadata.startsWith("II*\0") && photoMetadata.slice(8, 10) === "CR") return "cr2";
  if (photoMetadata.slice(4, 11) === "ftypcrx") return "cr3";
  if (/^(IIRO|IIRS|MMOR)/.test(photoMetadata)) return "orf";
  return photoMetadata.startsWith("IIU\0") ? "rw2" : null;
}

async function tagsOf(path: string): Promise<Tags> {
  // -n: numbers instead of descriptions. `readRaw`: keywords always as lists.
  return withExifTool(
    async (exifTool) => (await exifTool.readRaw(path, { readArgs: ["-n", "-fast2", ...QUESTIONS] })) as Tags,
  );
}

/** A binary tag is returned as "(Binary data 12345 bytes, use -b option to extract)". */
const bytesOf = (tag: unknown): number =>
  Number(/(\d+) bytes/.exec(tag === undefined ? "" : String((tag as { rawValue?: string }).rawValue ?? tag))?.[1] ?? 0);

function metadataFromTags(tags: Tags): PhotoMetadata {
  const told = (tag: string) => (tags[tag] === undefined ? undefined : String(tags[tag]));
  const list = (tag: string) => [tags[tag] ?? []].flat().map(String);
  const paths = (tag: string, separator: string) =>
    list(tag).map((path) =>
      path
        .split(separator)
        .map((step) => step.trim())
        .filter((step) => step !== ""),
    );
  const clock = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/.exec(plain(tags.DateTimeOriginal) || plain(tags.CreateDate));
  return {
    takenAt:
      clock && clock[1] !== "0000"
        ? `${clock[1]}-${clock[2]}-${clock[3]}T${clock[4]}${offsetOf(tags.OffsetTimeOriginal)}`
        : null,
    camera: cameraName(plain(tags.Make), plain(tags.Model)),
    lens: plain(tags.LensModel) || plain(tags.LensID),
    location: locationAt(Number(tags.GPSLatitude ?? NaN), Number(tags.GPSLongitude ?? NaN)),
    place: writtenPlace(plain(tags.City), plain(tags.State), plain(tags.CountryCode) || plain(tags.Country)),
    ...readMarks({
      rating: told("Rating"),
      percent: told("RatingPercent"),
      label: told("Label"),
      pick: told("Pick"),
      good: told("Good"),
      pickLabel: told("PickLabel"),
      colorLabel: told("ColorLabel"),
    }),
    keywords: withoutRepeats(
      [...paths("HierarchicalSubject", "|"), ...paths("TagsList", "/"), ...paths("LastKeywordXMP", "/")],
      [...list("Subject"), ...list("Keywords")],
    ),
    motion: false,
  };
}

/** Adds an Exif block with the orientation to a JPEG that has none. */
function turned(jpeg: Buffer, orientation: number): Buffer {
  if (!(orientation > 1 && orientation <= 8) || hasExif(jpeg)) return jpeg;
  const exif = Buffer.from(
    "ffe10022457869660000" + "4d4d002a00000008" + "0001" + "0112000300000001" + "00000000" + "00000000",
    "hex",
  );
  exif.writeUInt16BE(orientation, 28);
  return Buffer.concat([jpeg.subarray(0, 2), exif, jpeg.subarray(2)]);
}

/** Whether a segment before the image data is Exif. */
function hasExif(jpeg: Buffer): boolean {
  for (
    let at = 2;
    at + 10 <= jpeg.length && jpeg[at] === 0xff && jpeg[at + 1] !== 0xda;
    at += 2 + jpeg.readUInt16BE(at + 2)
  )
    if (jpeg[at + 1] === 0xe1 && jpeg.toString("latin1", at + 4, at + 8) === "Exif") return true;
  return false;
}
