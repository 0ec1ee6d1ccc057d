/** Which files of a folder are photos, by name, and which folders are nobody's photos. */

const DECODED = new Set(["jpg", "jpeg", "jpe", "jfif", "png", "webp", "tif", "tiff", "gif", "avif"]);
const NOT_YET = new Set(["heic", "heif", "cr2", "cr3", "nef", "arw", "dng", "raf", "orf", "rw2"]);
const SYSTEM_FOLDERS = new Set(["$recycle.bin", "system volume information", "@eadir", "#recycle", "#snapshot", "lost+found", "node_modules", "__macosx"]);
/** Catalogues of photo programs: their insides are the programs' own. */
const CATALOGUES = /\.(photoslibrary|photolibrary|aplibrary|migratedphotolibrary|lrdata|lrlibrary|cocatalog)$/;

/** `photo`: decoded. `not-yet`: a photo in a format that can't be read yet. `other`: not a photo. */
export function kindOfFile(name: string): "photo" | "not-yet" | "other" {
  if (name.startsWith(".")) return "other"; // hidden, and the ._ doubles that macOS leaves on other disks
  const extension = extensionOf(name);
  return DECODED.has(extension) ? "photo" : NOT_YET.has(extension) ? "not-yet" : "other";
}

export function extensionOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : "";
}

export function isForeignFolder(name: string): boolean {
  const lower = name.toLowerCase();
  return name.startsWith(".") || SYSTEM_FOLDERS.has(lower) || CATALOGUES.test(lower);
}
