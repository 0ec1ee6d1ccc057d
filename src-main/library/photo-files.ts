/** Which files of a folder are photos, by name, and which folders are nobody's photos. */

const STILLS = new Set(["jpg", "jpeg", "jpe", "jfif", "png", "webp", "tif", "tiff", "gif", "avif", "heic", "heif", "hif"]);
const RAWS = new Set(["cr2", "cr3", "nef", "arw", "dng", "raf", "orf", "rw2"]);
const SYSTEM_FOLDERS = new Set(["$recycle.bin", "system volume information", "@eadir", "#recycle", "#snapshot", "lost+found", "node_modules", "__macosx"]);
/** Catalogues of photo programs: their insides are the programs' own. */
const CATALOGUES = /\.(photoslibrary|photolibrary|aplibrary|migratedphotolibrary|lrdata|lrlibrary|cocatalog)$/;

export function isPhotoFile(name: string): boolean {
  if (name.startsWith(".")) return false; // hidden, and the ._ doubles that macOS leaves on other disks
  return STILLS.has(extensionOf(name)) || isRaw(name);
}

/** A camera's own format, which is shown by the preview in it. */
export const isRaw = (name: string): boolean => RAWS.has(extensionOf(name));

export function extensionOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : "";
}

export function isForeignFolder(name: string): boolean {
  const lower = name.toLowerCase();
  return name.startsWith(".") || SYSTEM_FOLDERS.has(lower) || CATALOGUES.test(lower);
}
