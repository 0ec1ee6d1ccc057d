import readExif from "exif-reader";

/**
 * When a photo was taken, ISO 8601 as the camera wrote it: with its offset from UTC where it wrote one.
 * Null where it wrote no time, or an Exif block that can't be read: the picture is none the worse for that.
 */
export function takenAt(exif: Buffer | undefined): string | null {
  if (!exif) return null;
  const photo = photoTags(exif);
  const time = photo?.DateTimeOriginal ?? photo?.DateTimeDigitized;
  // exif-reader makes a Date of the camera's clock as if it were UTC; zeros for a clock that was never set make none.
  if (!(time instanceof Date) || Number.isNaN(time.getTime())) return null;
  const offset = photo?.OffsetTimeOriginal ?? photo?.OffsetTimeDigitized;
  return time.toISOString().slice(0, 19) + (typeof offset === "string" && /^[+-]\d\d:\d\d$/.test(offset) ? offset : "");
}

function photoTags(exif: Buffer): ReturnType<typeof readExif>["Photo"] {
  try {
    return readExif(exif).Photo;
  } catch {
    return undefined; // exif-reader throws on damaged blocks
  }
}
