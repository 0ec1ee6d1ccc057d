import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FitData, FitSettings } from "../devise/fit";
import type { Fit } from "../labeller/pack-projection";
import { floatsOf } from "../vision/pack-files";

/** Fits a projection once for the same data and settings; later calls read it from the data folder. Safe to delete. */
export async function cachedFit(home: string, data: FitData, settings: FitSettings, fit: Fit): Promise<Float32Array> {
  const hash = createHash("sha256").update(JSON.stringify([settings, data.dimensions, data.wordDimensions]));
  for (const numbers of [data.features, data.truths, data.words, data.masked]) {
    if (numbers) hash.update(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
  }
  const folder = join(home, "fits");
  const file = join(folder, `${hash.digest("hex").slice(0, 32)}.f32`);
  const size = 4 * data.dimensions * data.wordDimensions;
  const cached = existsSync(file) ? readFileSync(file) : null;
  if (cached?.length === size) return floatsOf(cached);
  const { M } = await fit(data, settings);
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${file}.${process.pid}.part`, new Uint8Array(M.buffer, M.byteOffset, M.byteLength));
  renameSync(`${file}.${process.pid}.part`, file);
  return M;
}
