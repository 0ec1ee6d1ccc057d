import type { Rectangle } from "../base/overlap";
import type { DetectorInput, Preprocess } from "../base/preprocess";
import type { Decoded } from "./decode";
import { DECODE_TIMEOUT_SECONDS } from "./decode-limits";
import { createDecoderPool } from "./decoder-pool";
import type { ImageQuality } from "./image-quality";
import type { PhotoMetadata } from "./photo-metadata";
import type { PlacedRegions } from "./xmp-regions";

/**
 * Decodes images in separate processes: files come from anywhere, and decoders are large programs written in C. One
 * that crashes, hangs or uses too much memory costs one photo, never the engine. The functions are documented where
 * they are implemented.
 */
const pool = createDecoderPool();

/** See `DecoderPool`. */
export const decoderState = pool.state;

/**
 * `decode` of decode.ts. Without a preprocess and a detector input it is a thumbnail that someone is waiting for, so it
 * goes first.
 * @throws Refusal also `decoder-died`, see `DecoderPool`
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

/** `renderArea` of render-area.ts. @throws Refusal as `decode` does */
export const renderArea = (
  source: string | Uint8Array,
  area: readonly [number, number, number, number],
  side: number,
  seconds = DECODE_TIMEOUT_SECONDS,
): Promise<Buffer> => pool.run("renderArea", [source, area, side, seconds], { seconds, prompt: true });

/** `decodeCrops` of decode-crops.ts. @throws Refusal as `decode` does */
export const decodeCrops = (
  source: string | Uint8Array,
  boxes: readonly Rectangle[],
  preprocess: Preprocess,
  prompt: boolean,
): Promise<Uint8Array[]> =>
  pool.run("decodeCrops", [source, boxes, preprocess, DECODE_TIMEOUT_SECONDS], {
    seconds: DECODE_TIMEOUT_SECONDS,
    prompt,
  });

/** `thumbnailQuality` of decode.ts. @throws Refusal as `decode` does */
export const thumbnailQuality = (thumbnail: Uint8Array): Promise<ImageQuality> =>
  pool.run("thumbnailQuality", [thumbnail], { seconds: DECODE_TIMEOUT_SECONDS, prompt: false });

/** `readMetadata` of image-source.ts. @throws Refusal as `decode` does */
export const readMetadata = (path: string): Promise<PhotoMetadata> =>
  pool.run("readMetadata", [path], { seconds: DECODE_TIMEOUT_SECONDS, prompt: false });

/** `readPlacedRegions` of placed-regions.ts. @throws Refusal as `decode` does */
export const readPlacedRegions = (path: string): Promise<PlacedRegions> =>
  pool.run("readPlacedRegions", [path], { seconds: DECODE_TIMEOUT_SECONDS, prompt: false });
