/** Which files of a folder are photos, by name, and which folders are nobody's photos. */

const STILLS = new Set([
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
const RAWS = new Set(["cr2", "cr3", "nef", "arw", "dng", "raf", "orf", "rw2"]);
const VIDEOS = new Set(["mov", "mp4"]);
/** Of stills that cameras write beside a RAW file or a film. */
export const STILL_EXTENSIONS = ["jpg", "jpeg", "jpe", "heic", "heif", "hif"];
const SYSTEM_FOLDERS = new Set([
  "$recycle.bin",
  "system volume information",
  "@eadir",
  "#recycle",
  "#snapshot",
  "lost+found",
  "node_modules",
  "__macosx",
]);
/** Catalogues of photo programs: their insides are the programs' own. */
const CATALOGUES = /\.(photoslibrary|photolibrary|aplibrary|migratedphotolibrary|lrdata|lrlibrary|cocatalog)$/;

export type FileKind = "still" | "raw" | "video";

export function isPhotoFile(name: string): boolean {
  if (name.startsWith(".")) return false; // hidden, and the ._ doubles that macOS leaves on other disks
  return STILLS.has(extensionOf(name)) || isRaw(name);
}

/** Films that phones write beside a still: Live Photos. A film alone is no photo. */
export const isVideo = (name: string): boolean => !name.startsWith(".") && VIDEOS.has(extensionOf(name));

export const kindOfFile = (path: string): FileKind =>
  isRaw(path) ? "raw" : VIDEOS.has(extensionOf(path)) ? "video" : "still";

/** A camera's own format, which is shown by the preview in it. */
export const isRaw = (name: string): boolean => RAWS.has(extensionOf(name));

export function extensionOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : "";
}

export function isIgnoredFolder(name: string): boolean {
  const lower = name.toLowerCase();
  return name.startsWith(".") || SYSTEM_FOLDERS.has(lower) || CATALOGUES.test(lower);
}
