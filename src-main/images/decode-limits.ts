import { totalmem } from "node:os";

/** A decompression bomb has more pixels than this (268 megapixels, 16383²). */
export const MAX_PIXELS = 16383 ** 2;
/** A photo that takes longer is a failure. */
export const DECODE_TIMEOUT_SECONDS = 30;
/**
 * What a decoder may hold, in bytes: an interlaced picture of the most pixels with 16 bits a channel is just beyond it.
 */
export const MAX_DECODER_BYTES = Math.min(2 * 2 ** 30, totalmem() / 4);
/** Long side of a thumbnail, in pixels. */
export const THUMBNAIL_PIXELS = 512;
