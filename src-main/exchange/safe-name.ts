/** Longest file name, in bytes of UTF-8, that every file system accepts. */
export const MAX_NAME_BYTES = 255;
/** Leaves room for a suffix that makes the name unique. */
const MAX_STEM_BYTES = 200;
/** Characters that are special on some file system. */
const UNSAFE = /[\p{Cc}<>:"/\\|?*]/gu;
/** Windows device names, with or without an extension. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** A name that is valid for files and folders on every system, as close to the given one as possible. */
export function safeName(name: string): string {
  const safe = name
    .normalize("NFC")
    .toWellFormed()
    .replace(UNSAFE, "_")
    .replace(/^[.\s]+|[.\s]+$/g, "_");
  return shortened(DEVICE.test(safe) ? `_${safe}` : safe || "_", MAX_STEM_BYTES);
}

/** The start of a text, at most this many bytes long, without splitting a character. */
export function shortened(text: string, bytes: number): string {
  let [short, length] = ["", 0];
  for (const character of text) {
    length += Buffer.byteLength(character);
    if (length > bytes) break;
    short += character;
  }
  return short;
}
