import { Refusal, type RefusalCode } from "../../src-shared/refusal";

/** Error messages of libvips and the file system, and what they mean to the user. The first match counts. */
const REASONS: [RegExp, code: RefusalCode, message: string][] = [
  [
    /exceeds pixel limit|dimension exceeds|image is too large|width or height/i,
    "too-large",
    "The image has more than 268 megapixels.",
  ],
  [/timeout/i, "too-slow", "The image took too long to decode."],
  [
    /compression format has not been built in|no decoding plugin|unsupported (codec|feature)/i,
    "unsupported",
    "This kind of image compression is not supported.",
  ],
  [
    /unsupported image format|unsupported image type/i,
    "not-an-image",
    "The file is not an image in a supported format.",
  ],
  [
    /contains no image|not a (JPEG|PNG|GIF|TIFF)|bad magic/i,
    "not-an-image",
    "The file starts like an image but contains none.",
  ],
  [
    /premature end|truncated|read error|unexpected end|end of (file|stream|data)|short read|not enough data/i,
    "truncated",
    "The file is incomplete: it ends in the middle of the image.",
  ],
  [/ENOENT|is missing/i, "unreadable", "The file is missing."],
  [/EACCES|EPERM|permission/i, "unreadable", "Can’t read the file: permission denied."],
  [/EIO|ENXIO|EBUSY|EMFILE|ENFILE|ESTALE|unable to open/i, "unreadable", "Can’t read the file from the disk."],
];

/**
 * The reason why a photo can't be decoded, as a Refusal. An unknown reason becomes `damaged`, with the decoder's
 * message.
 */
export function explain(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const words = error instanceof Error ? error.message : String(error);
  for (const [pattern, code, message] of REASONS) if (pattern.test(words)) return new Refusal(code, message);
  return new Refusal("damaged", `The image is damaged (${words.trim().split("\n", 1)[0]!.slice(0, 200)}).`);
}

export function tooSlow(seconds: number): Refusal {
  return new Refusal("too-slow", `The image took longer than ${seconds} seconds to decode.`);
}

export function tooMuchMemory(bytes: number): Refusal {
  return new Refusal("too-large", `The image needs more than ${Math.round(bytes / 2 ** 20)} MB of memory to decode.`);
}

/** @param how the signal or exit code of the decoder */
export function decoderCrashed(how: string): Refusal {
  return new Refusal("decoder-died", `Can’t decode this photo: the decoder crashed twice (${how}).`);
}
