/** Decides by name which files are photos, and which folders to ignore. */
import { extensionOf, FILMS, RAWS, STILLS } from "../base/original-names";

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
export const isVideo = (name: string): boolean => !name.startsWith(".") && FILMS.has(extensionOf(name));

export const kindOfFile = (path: string): FileKind =>
  isRaw(path) ? "raw" : FILMS.has(extensionOf(path)) ? "video" : "still";

/** A camera's own format, shown by its embedded preview. */
export const isRaw = (name: string): boolean => RAWS.has(extensionOf(name));

export function isIgnoredFolder(name: string): boolean {
  const lower = name.toLowerCase();
  return name.startsWith(".") || SYSTEM_FOLDERS.has(lower) || CATALOGUES.test(lower);
}
