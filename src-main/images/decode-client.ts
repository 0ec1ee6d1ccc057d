import type { DetectorInput, Preprocess } from "../base/preprocess";
import type { Decoded } from "./decode";
import { DECODE_TIMEOUT_SECONDS } from "./decode-limits";
import { createDecoderPool } from "./decoder-pool";
import type { ImageQuality } from "./image-quality";
import type { PhotoMetadata } from "./photo-metadata";

/**
 * Reading pictures, in processes apart from the engine: files come from anywhere, and decoders are large programs in C.
 * One that
 * crashes, hangs or takes too much memory costs its photo, never the engine. What each function does is said where it
 * is done.
 */
const pool = createDecoderPool();

/** See `DecoderPool`. */
export const decoderState = pool.state;

/**
 * `decode` of decode.ts; one for neither model nor detectors is for a thumbnail that somebody waits for. @throws
 * Refusal also `decoder-died`, see `DecoderPool`
 */
export const decode = (
  source: string | Uint8Array,
  preprocess: Preprocess | null,
  detection: DetectorInput | null = null,
  seconds = DECODE_TIMEOUT_SECONDS,
): Promise<Decoded> =>
  pool.run("decode", [source, preprocess, detection, seconds], {
    seconds,
    prompt: preprocess === null && detection === null,
  });

/** `render` of decode.ts. @throws Refusal as `decode` does */
export const render = (source: string | Uint8Array, side: number, seconds = DECODE_TIMEOUT_SECONDS): Promise<Buffer> =>
  pool.run("render", [source, side, seconds], { seconds, prompt: true });

/** `glanceAtThumbnail` of decode.ts. @throws Refusal as `decode` does */
export const thumbnailQuality = (thumbnail: Uint8Array): Promise<ImageQuality> =>
  pool.run("thumbnailQuality", [thumbnail], { seconds: DECODE_TIMEOUT_SECONDS, prompt: false });

/** `readHead` of picture-source.ts. @throws Refusal as `decode` does */
export const readMetadata = (path: string): Promise<PhotoMetadata> =>
  pool.run("readMetadata", [path], { seconds: DECODE_TIMEOUT_SECONDS, prompt: false });
