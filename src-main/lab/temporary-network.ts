import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Pack } from "../vision/pack";

/** Runs a function on a pack with its network replaced, in a temporary folder that is removed afterwards. */
export async function withTemporaryPack<T>(
  pack: Pack,
  network: Uint8Array,
  work: (changed: Pack) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "semblance-"));
  try {
    writeFileSync(join(folder, "visual.onnx"), network);
    return await work({ ...pack, visual: { ...pack.visual, file: join(folder, "visual.onnx") } });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
