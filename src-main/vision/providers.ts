import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { mayHaveGraphicsAdapter } from "../base/graphics";

/** An onnxruntime execution provider, and why it may be tried here. */
export interface Provider {
  name: "cpu" | "cuda" | "coreml" | "dml" | "webgpu";
  why: string;
}

/**
 * The providers worth a timed step on this machine, CPU last. Trying one that can't work writes native warnings to
 * stderr,
 * so each is tried only where its hardware or libraries are seen. `SEMBLANCE_PROVIDER` forces one.
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
  candidates.push({ name: "cpu", why: "always there" });
  return candidates;
}

function cudaLibrary(): string {
  const binding = createRequire(import.meta.url).resolve("onnxruntime-node/package.json");
  return join(dirname(binding), "bin", "napi-v6", "linux", process.arch, "libonnxruntime_providers_cuda.so");
}
