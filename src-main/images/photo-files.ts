/** Decides by name which files are photos, and which folders to ignore. */

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
/** Extensions of the stills that cameras write beside a RAW file or a film. */
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
/** Catalogues of photo programs. The files inside belong to those programs. */
const CATALOGUES = /\.(photoslibrary|photolibrary|aplibrary|migratedphotolibrary|lrdata|lrlibrary|cocatalog)$/;

export type FileKind = "still" | "raw" | "video";

export function isPhotoFile(name: string): boolean {
  if (name.startsWith(".")) return false; // hidden, including the ._ files that macOS leaves on other disks
  return STILLS.has(extensionOf(name)) || isRaw(name);
}

/** Films that phones write beside a still (Live Photos). A film alone is not a photo. */
export const isVideo = (name: string): boolean => !name.startsWith(".") && VIDEOS.has(extensionOf(name));

export const kindOfFile = (path: string): FileKind =>
  isRaw(path) ? "raw" : VIDEOS.has(extensionOf(path)) ? "video" : "still";

/** A camera's own format, shown by its embedded preview. */
export const isRaw = (name: string): boolean => RAWS.has(extensionOf(name));

export function extensionOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : "";
}

export function isIgnoredFolder(name: string): boolean {
  const lower = name.toLowerCase();
  return name.startsWith(".") || SYSTEM_FOLDERS.has(lower) || CATALOGUES.test(lower);
}
