import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Refusal } from "../../src-shared/refusal";
import { decode } from "../images/decode-client";
import type { Pack } from "../vision/pack";
import type { VisualModel } from "../vision/visual-model";
import type { EmbeddingCache } from "./embedding-cache";

/** A dataset's photos with their features and logits; unreadable ones are left out. */
export interface EmbeddedDataset {
  /** `[n]` indices into the requested photos */
  rows: number[];
  /** `[n, D]` */
  features: Float32Array;
  /** `[n, C]` */
  logits: Float32Array;
  failed: { path: string; reason: string }[];
}

/** Photos per batch through the network. */
const BATCH_PHOTOS = 16;

interface EmbeddedFile {
  row: number;
  content: Buffer;
  pixels: Uint8Array | null;
  feature: Float32Array | null;
  logits: Float32Array | null;
}

/**
 * Features and logits of photo files. Each distinct content is embedded once per visual model and cached.
 * @param model loads the network; not called when every photo is cached
 * @throws the reason `signal` was aborted with
 */
export async function embedDataset(
  paths: readonly string[],
  pack: Pack,
  cache: EmbeddingCache,
  model: () => Promise<VisualModel>,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: (done: number, total: number) => void } = {},
): Promise<EmbeddedDataset> {
  const {
    dimensions: D,
    classes: { length: C },
  } = pack;
  const looked: EmbeddedFile[] = [];
  const failed: EmbeddedDataset["failed"] = [];
  const look = async (row: number): Promise<void> => {
    try {
      looked.push(await embedFile(paths[row], row));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      failed.push({ path: paths[row], reason: error.message });
    }
  };
  const embedFile = async (path: string, row: number): Promise<EmbeddedFile> => {
    const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      throw new Refusal("unreadable", `Can’t read the file (${error.code}).`);
    });
    const content = createHash("sha256").update(bytes).digest();
    const known = cache.get(content);
    return known
      ? { row, content, pixels: null, ...known }
      : { row, content, pixels: (await decode(path, pack.preprocess)).pixels!, feature: null, logits: null };
  };
  const infer = async (waiting: EmbeddedFile[]): Promise<void> => {
    if (waiting.length === 0) return;
    const seen = await (await model()).embed(waiting.map(({ pixels }) => pixels!));
    waiting.forEach((each, i) => {
      each.feature = seen.features.slice(i * D, (i + 1) * D);
      each.logits = seen.logits.slice(i * C, (i + 1) * C);
      each.pixels = null;
      cache.put(each.content, each.feature, each.logits);
    });
  };
  let inferring = Promise.resolve();
  for (let from = 0; from < paths.length; from += BATCH_PHOTOS) {
    signal?.throwIfAborted();
    const before = looked.length;
    await Promise.all(Array.from({ length: Math.min(BATCH_PHOTOS, paths.length - from) }, (_, i) => look(from + i)));
    await inferring;
    inferring = infer(looked.slice(before).filter(({ pixels }) => pixels !== null));
    inferring.catch(() => undefined); // awaited before the next batch or below
    onProgress?.(Math.min(from + BATCH_PHOTOS, paths.length), paths.length);
  }
  await inferring;
  const isFinite = (each: EmbeddedFile) => each.feature!.every(Number.isFinite) && each.logits!.every(Number.isFinite);
  for (const { row } of looked.filter((each) => !isFinite(each)))
    failed.push({ path: paths[row], reason: "The visual model’s output is not finite." });
  const kept = looked.filter(isFinite).sort((a, b) => a.row - b.row);
  const features = new Float32Array(kept.length * D);
  const logits = new Float32Array(kept.length * C);
  kept.forEach((each, i) => {
    features.set(each.feature!, i * D);
    logits.set(each.logits!, i * C);
  });
  return { rows: kept.map(({ row }) => row), features, logits, failed };
}
