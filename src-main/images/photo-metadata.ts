import readExif from "exif-reader";
import { iptcKeywords } from "./iptc";
import { readXmp, withoutRepeats } from "./xmp";

/** What a photo says of itself beside its picture. */
export interface PhotoMetadata {
  /** ISO 8601 as the camera wrote it: with its offset from UTC where it wrote one. Null where it wrote no time. */
  takenAt: string | null;
  /**
   * Make and model as the camera wrote them, the make once: "NIKON D750", "SONY ILCE-7M3"; "" where it wrote neither.
   */
  camera: string;
  /** Model of the lens; "" where none was written. */
  lens: string;
  /** Degrees north and east; null where it says no place. */
  location: { latitude: number; longitude: number } | null;
  /** 0 to 5, -1 for a rejected photo; null where nobody rated it. */
  rating: number | null;
  /** Each from general to particular. */
  keywords: string[][];
  /** A film lies in the same file. */
  motion: boolean;
}

/** The metadata blocks of a file, as sharp hands them out. */
export interface MetadataBlocks {
  exif?: Buffer;
  xmp?: Buffer;
  iptc?: Buffer;
}

type Exif = ReturnType<typeof readExif>;

/** Blocks that can't be read tell nothing: the picture is none the worse for that. */
export function metadataOf({ exif, xmp, iptc }: MetadataBlocks): PhotoMetadata {
  const { Image, Photo, GPSInfo } = exifOf(exif);
  const { keywords, rating, motion } = readXmp(xmp);
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
    rating: rating ?? ratingOf(Image?.Rating),
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

/** Null where it is no place on earth. A receiver without a fix writes 0, 0. */
export function locationAt(latitude: number, longitude: number): PhotoMetadata["location"] {
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180) || (latitude === 0 && longitude === 0)) return null;
  return { latitude, longitude };
}

export const ratingOf = (rating: unknown): number | null =>
  typeof rating === "number" && Number.isInteger(rating) && rating >= -1 && rating <= 5 ? rating : null;

/** Cameras pad their names with zeros and spaces. */
export const plain = (tag: unknown): string =>
  typeof tag === "string" ? tag.replace(/[\p{Cc}\s]+/gu, " ").trim() : "";

function takenAt(photo: Exif["Photo"]): string | null {
  const time = photo?.DateTimeOriginal ?? photo?.DateTimeDigitized;
  // exif-reader makes a Date of the camera's clock as if it were UTC; zeros for a clock that was never set make none.
  if (!(time instanceof Date) || Number.isNaN(time.getTime())) return null;
  return time.toISOString().slice(0, 19) + offsetOf(photo?.OffsetTimeOriginal ?? photo?.OffsetTimeDigitized);
}

export const offsetOf = (offset: unknown): string =>
  typeof offset === "string" && /^[+-]\d\d:\d\d$/.test(offset) ? offset : "";

/** Degrees, minutes and seconds as one number; NaN where they are none. */
function degrees(parts: unknown, hemisphere: unknown): number {
  if (!Array.isArray(parts) || parts.length === 0) return NaN;
  const [degree = NaN, minute = 0, second = 0] = parts as number[];
  const value = degree + (minute || 0) / 60 + (second || 0) / 3600; // a part that was not measured is written as 0/0
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
