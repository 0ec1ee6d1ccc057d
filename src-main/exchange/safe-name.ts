/** Bytes of UTF-8 that every file system takes in one name. */
export const MAX_NAME_BYTES = 255;
/** Leaves room for what tells it from another of its name. */
const MAX_STEM_BYTES = 200;
/** What some file system gives a meaning of its own. */
const UNSAFE = /[\p{Cc}<>:"/\\|?*]/gu;
/** Devices of Windows, whatever stands behind a dot. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** A name that files and folders may have on every system, as like the given one as can be. */
export function safeName(name: string): string {
  const safe = name
    .normalize("NFC")
    .toWellFormed()
    .replace(UNSAFE, "_")
    .replace(/^[.\s]+|[.\s]+$/g, "_");
  return shortened(DEVICE.test(safe) ? `_${safe}` : safe || "_", MAX_STEM_BYTES);
}

/** The beginning of a text that has so many bytes at most, no character cut in two. */
export function shortened(text: string, bytes: number): string {
  let [short, length] = ["", 0];
  for (const character of text) {
    length += Buffer.byteLength(character);
    if (length > bytes) break;
    short += character;
  }
  return short;
}
