import type { DetectorInput, Preprocess } from "../base/preprocess";
import type { Decoded } from "./decode";
import { PATIENCE_SECONDS } from "./decode-limits";
import { createDecoderPool } from "./decoder-pool";
import type { Glance } from "./glance";
import type { PhotoHead } from "./photo-head";

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
  seconds = PATIENCE_SECONDS,
): Promise<Decoded> =>
  pool.run("decode", [source, preprocess, detection, seconds], {
    seconds,
    prompt: preprocess === null && detection === null,
  });

/** `render` of decode.ts. @throws Refusal as `decode` does */
export const render = (source: string | Uint8Array, side: number, seconds = PATIENCE_SECONDS): Promise<Buffer> =>
  pool.run("render", [source, side, seconds], { seconds, prompt: true });

/** `glanceAtThumbnail` of decode.ts. @throws Refusal as `decode` does */
export const glanceAtThumbnail = (thumbnail: Uint8Array): Promise<Glance> =>
  pool.run("glanceAtThumbnail", [thumbnail], { seconds: PATIENCE_SECONDS, prompt: false });

/** `readHead` of picture-source.ts. @throws Refusal as `decode` does */
export const readHead = (path: string): Promise<PhotoHead> =>
  pool.run("readHead", [path], { seconds: PATIENCE_SECONDS, prompt: false });
