import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { mayHaveGraphicsAdapter } from "../base/graphics";

/** An onnxruntime execution provider, and why it may work here. */
export interface Provider {
  name: "cpu" | "cuda" | "coreml" | "dml" | "webgpu";
  why: string;
}

/**
 * Providers that are worth timing on this computer, CPU last. Providers that can't work write native warnings to
 * stderr, so each is tried only if its hardware or libraries are found. `SEMBLANCE_PROVIDER` forces one.
 */
export function candidateProviders(): Provider[] {
  const forced = process.env.SEMBLANCE_PROVIDER;
  if (forced) return [{ name: forced as Provider["name"], why: "forced by SEMBLANCE_PROVIDER" }];
  const candidates: Provider[] = [];
  if (process.platform === "darwin") candidates.push({ name: "coreml", why: "Apple hardware" });
  if (process.platform === "win32") candidates.push({ name: "dml", why: "DirectX 12" });
  if (process.platform === "linux" && existsSync(cudaLibrary()))
    candidates.push({ name: "cuda", why: "CUDA libraries installed" });
  if (mayHaveGraphicsAdapter()) candidates.push({ name: "webgpu", why: "a graphics adapter" });
  candidates.push({ name: "cpu", why: "always available" });
  return candidates;
}

function cudaLibrary(): string {
  const binding = createRequire(import.meta.url).resolve("onnxruntime-node/package.json");
  return join(dirname(binding), "bin", "napi-v6", "linux", process.arch, "libonnxruntime_providers_cuda.so");
}
