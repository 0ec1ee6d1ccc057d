import { totalmem } from "node:os";

/** Images with more pixels are refused, to stop decompression bombs (268 megapixels, 16383²). */
export const MAX_PIXELS = 16383 ** 2;
/** Decoding a photo fails after this time. */
export const DECODE_TIMEOUT_SECONDS = 30;
/**
 * Memory limit of a decoder, in bytes. An interlaced image of `MAX_PIXELS` with 16 bits per channel just exceeds it.
 */
export const MAX_DECODER_BYTES = Math.min(2 * 2 ** 30, totalmem() / 4);
/** Long side of a thumbnail, in pixels. */
export const THUMBNAIL_PIXELS = 512;
