import { Refusal } from "../../src-shared/refusal";

/** What libvips and the file system say, and what it means for a person. First match counts. */
const REASONS: [RegExp, code: string, message: string][] = [
  [
    /exceeds pixel limit|dimension exceeds|image is too large|width or height/i,
    "too-large",
    "The picture has more than 268 megapixels",
  ],
  [/timeout/i, "too-slow", "The picture took too long to read"],
  [
    /compression format has not been built in|no decoding plugin|unsupported (codec|feature)/i,
    "unsupported",
    "The picture is compressed in a way that can't be read yet",
  ],
  [/unsupported image format|unsupported image type/i, "not-an-image", "The file holds no picture that can be read"],
  [
    /contains no image|not a (JPEG|PNG|GIF|TIFF)|bad magic/i,
    "not-an-image",
    "The file begins like a picture but holds none",
  ],
  [
    /premature end|truncated|read error|unexpected end|end of (file|stream|data)|short read|not enough data/i,
    "truncated",
    "The file ends before its picture does",
  ],
  [/ENOENT|is missing/i, "unreadable", "The file is gone"],
  [/EACCES|EPERM|permission/i, "unreadable", "The file may not be read: its permissions forbid it"],
  [/EIO|ENXIO|EBUSY|EMFILE|ENFILE|ESTALE|unable to open/i, "unreadable", "The file can't be read from the disk"],
];

/**
 * The reason why a photo can't be decoded, as a Refusal. What is none of the known reasons is `damaged`, with the
 * decoder's own words.
 */
export function explain(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const words = error instanceof Error ? error.message : String(error);
  for (const [pattern, code, message] of REASONS) if (pattern.test(words)) return new Refusal(code, message);
  return new Refusal("damaged", `The picture is damaged (${words.trim().split("\n", 1)[0]!.slice(0, 200)})`);
}

export function tooSlow(seconds: number): Refusal {
  return new Refusal("too-slow", `The picture was not read within ${seconds} seconds`);
}

export function tooMuchMemory(bytes: number): Refusal {
  return new Refusal("too-large", `The picture takes more than ${Math.round(bytes / 2 ** 20)} MB of memory to read`);
}

/** @param how it ended: a signal or an exit code */
export function decoderCrashed(how: string): Refusal {
  return new Refusal("decoder-died", `The picture brought its decoder down twice (${how})`);
}
