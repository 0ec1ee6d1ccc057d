/** Names of files that belong to the person or to another program. Nothing that Semblance writes may have one. */

/** Pictures that Semblance reads. */
export const STILLS = new Set([
  "jpg",
  "jpeg",
  "jpe",
  "jfif",
  "png",
  "webp",
  "tif",
  "tiff",
  "gif",
  "avif",
  "heic",
  "heif",
  "hif",
]);
/** Cameras' own formats that Semblance reads. */
export const RAWS = new Set(["cr2", "cr3", "nef", "arw", "dng", "raf", "orf", "rw2"]);
/** Films that Semblance knows as companions of a still. */
export const FILMS = new Set(["mov", "mp4"]);

/** What Semblance doesn't read, but must not replace either. */
const OTHERS = new Set([
  ...["bmp", "jp2", "jpf", "j2k", "jxl", "jxr", "psd", "psb", "xcf", "kra", "afphoto", "svg", "heics", "insp", "tga"],
  ...["3fr", "crw", "dcr", "eip", "erf", "fff", "gpr", "iiq", "kdc", "mef", "mos", "mrw", "nrw", "pef", "ptx"],
  ...["r3d", "rwl", "rwz", "sr2", "srf", "srw", "x3f"],
  ...["m4v", "avi", "mkv", "webm", "mpg", "mpeg", "mts", "m2ts", "wmv", "3gp", "3g2", "flv", "ogv", "insv", "lrv"],
]);
/** Where photo programs and cameras keep edits, ratings and previews beside a photo. */
const SIDECARS = new Set(["xmp", "aae", "acr", "arp", "cos", "dop", "nksc", "on1", "pp3", "thm", "vrd"]);

/** The part after the last dot in lower case; empty for names that only begin with a dot. */
export function extensionOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : "";
}

/**
 * Whether a name is that of a picture, a film, a RAW file or a sidecar, hidden or not. Windows ignores dots and spaces
 * at the end of a name, so they don't count.
 */
export function isOriginalName(name: string): boolean {
  const extension = extensionOf(`_${name.replace(/[. ]+$/, "")}`);
  return [STILLS, RAWS, FILMS, OTHERS, SIDECARS].some((known) => known.has(extension));
}
