import readExif from "exif-reader";
import type { Place } from "../places/gazetteer";
import { iptcKeywords, iptcPlace } from "./iptc";
import { readXmp, withoutRepeats } from "./xmp";
import type { FileMarks } from "./xmp-marks";

/** What a photo's file says about it. */
export interface PhotoMetadata extends FileMarks {
  /** ISO 8601 as the camera wrote it, with the offset from UTC if it wrote one. Null if it wrote no time. */
  takenAt: string | null;
  /**
   * Make and model as the camera wrote them, without repeating the make: "NIKON D750", "SONY ILCE-7M3". "" if it wrote
   * neither.
   */
  camera: string;
  /** Lens model; "" if not written. */
  lens: string;
  /** Degrees north and east; null if not written. */
  location: { latitude: number; longitude: number } | null;
  /** Where it was taken, in words, if a program wrote that. */
  place: Place | null;
  /** Each a path from general to specific. */
  keywords: string[][];
  /** Whether the file also contains a film. */
  motion: boolean;
}

/** The metadata blocks of a file, as sharp returns them. */
export interface MetadataBlocks {
  exif?: Buffer;
  xmp?: Buffer;
  iptc?: Buffer;
}

type Exif = ReturnType<typeof readExif>;

/** Blocks that can't be read are ignored: the image itself may be fine. */
export function metadataOf({ exif, xmp, iptc }: MetadataBlocks): PhotoMetadata {
  const { Image, Photo, GPSInfo } = exifOf(exif);
  const { keywords, motion, place, flag, rating, colour } = readXmp(xmp);
  return {
    takenAt: takenAt(Photo),
    camera: cameraName(plain(Image?.Make), plain(Image?.Model)),
    lens: plain(Photo?.LensModel),
    location: GPSInfo
      ? locationAt(
          degrees(GPSInfo.GPSLatitude, GPSInfo.GPSLatitudeRef),
          degrees(GPSInfo.GPSLongitude, GPSInfo.GPSLongitudeRef),
        )
      : null,
    place: place ?? iptcPlace(iptc),
    flag,
    rating: rating ?? ratingOf(Image?.Rating),
    colour,
    keywords: withoutRepeats(
      keywords.filter((path) => path.length > 1),
      [...keywords.filter((path) => path.length === 1).flat(), ...iptcKeywords(iptc)],
    ),
    motion,
  };
}

export function cameraName(make: string, model: string): string {
  const [brand = ""] = make.toLowerCase().split(" ");
  return brand !== "" && model.toLowerCase().startsWith(brand) ? model : `${make} ${model}`.trim();
}

/** Null if out of range. A receiver without a fix writes 0, 0. */
export function locationAt(latitude: number, longitude: number): PhotoMetadata["location"] {
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180) || (latitude === 0 && longitude === 0)) return null;
  return { latitude, longitude };
}

/** Stars as Exif has them, 0 to 5; null if it is something else. */
const ratingOf = (rating: unknown): number | null =>
  typeof rating === "number" && Number.isInteger(rating) && rating >= 0 && rating <= 5 ? rating : null;

/** Cameras pad names with zeros and spaces. */
export const plain = (tag: unknown): string =>
  typeof tag === "string" ? tag.replace(/[\p{Cc}\s]+/gu, " ").trim() : "";

function takenAt(photo: Exif["Photo"]): string | null {
  const time = photo?.DateTimeOriginal ?? photo?.DateTimeDigitized;
  // exif-reader returns the camera's local time as if it were UTC. A clock that was never set reads all zeros, which
  // makes an invalid date.
  if (!(time instanceof Date) || Number.isNaN(time.getTime())) return null;
  return time.toISOString().slice(0, 19) + offsetOf(photo?.OffsetTimeOriginal ?? photo?.OffsetTimeDigitized);
}

export const offsetOf = (offset: unknown): string =>
  typeof offset === "string" && /^[+-]\d\d:\d\d$/.test(offset) ? offset : "";

/** Degrees, minutes and seconds as one number; NaN if invalid. */
function degrees(parts: unknown, hemisphere: unknown): number {
  if (!Array.isArray(parts) || parts.length === 0) return NaN;
  const [degree = NaN, minute = 0, second = 0] = parts as number[];
  const value = degree + (minute || 0) / 60 + (second || 0) / 3600; // a missing part is written as 0/0
  return hemisphere === "S" || hemisphere === "W" ? -value : value;
}

function exifOf(exif: Buffer | undefined): Partial<Exif> {
  if (!exif) return {};
  try {
    return readExif(exif);
  } catch {
    return {}; // exif-reader throws on damaged blocks
  }
}
