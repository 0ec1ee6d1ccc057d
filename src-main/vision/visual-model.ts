import { availableParallelism } from "node:os";
import { Refusal, withFullStop } from "../../src-shared/refusal";
import { concat } from "../math/concat";
import { unitRows } from "../math/vectors";
import { type InferenceSession, Tensor } from "./onnx-runtime";
import type { Pack } from "./pack";
import { candidateProviders, type Provider } from "./providers";
import { createSession } from "./session";

/** The visual model's output for n photos. */
export interface Embedded {
  /**
   * `[n, D]`, row-major, averaged over mirrored copies if the pack asks for it; of unit length if it has a text tower
   */
  features: Float32Array;
  /** `[n, C]`, row-major; empty if the pack has a text tower instead of classes */
  logits: Float32Array;
}

/** What runs a network, and why it was chosen. */
export interface Backend {
  provider: Provider["name"];
  name: string;
  why: string;
}

export interface VisualModel {
  backend: Backend;
  /** @param photos RGB pixels, `[size, size, 3]` each @throws RangeError when one has another size */
  embed(photos: Uint8Array[]): Promise<Embedded>;
  dispose(): Promise<void>;
}

/**
 * Loads a pack's network into this process, which is blocked while it runs (see networks.ts), with this computer's
 * fastest provider, found by timing one batch each.
 * @param provider null to find the fastest
 * @throws Refusal `bad-pack` with the last reason, when no provider can run the file
 */
export async function loadVisualModel(
  pack: Pack,
  { provider = null, threads = availableParallelism() }: { provider?: Provider["name"] | null; threads?: number } = {},
): Promise<VisualModel> {
  const candidates = provider === null ? candidateProviders() : [{ name: provider }];
  let best: { session: InferenceSession; name: Provider["name"]; milliseconds: number } | null = null;
  const seen: string[] = [];
  let reason = "";
  for (const { name } of candidates) {
    try {
      const session = await createSession(pack.visual.file, name, threads);
      checkNames(session, pack);
      const milliseconds = candidates.length > 1 ? await timedStep(session, pack) : 0;
      if (candidates.length > 1) seen.push(`${name} ${milliseconds.toFixed(0)} ms`);
      if (best && best.milliseconds <= milliseconds) await session.release();
      else {
        await best?.session.release();
        best = { session, name, milliseconds };
      }
    } catch (error) {
      reason = (error as Error).message.split("\n", 1)[0]!;
      seen.push(`${name} not available`);
    }
  }
  if (!best)
    throw new Refusal("bad-pack", `Model pack ${pack.folder}: can’t run ${pack.visual.file}: ${withFullStop(reason)}`);
  const { session, name } = best;
  const why =
    seen.length > 0
      ? `fastest of ${seen.join(", ")} for ${TIMED_PHOTOS} photos`
      : "no graphics adapter or CUDA libraries were found";
  return {
    backend: { provider: name, name: `onnxruntime ${name}`, why },
    embed: (photos) => (pack.batch === 1 ? embedEach : embed)(session, pack, photos),
    dispose: () => session.release(),
  };
}

/** @throws RangeError when the network lacks the input or outputs named in the pack */
function checkNames({ inputNames, outputNames }: InferenceSession, { visual }: Pack): void {
  if (!inputNames.includes(visual.input))
    throw new RangeError(`it has no input ${visual.input}, only ${inputNames.join(", ")}`);
  const missing = outputsOf(visual).find((name) => !outputNames.includes(name));
  if (missing !== undefined) throw new RangeError(`it has no output ${missing}, only ${outputNames.join(", ")}`);
}

const outputsOf = ({ features, logits }: Pack["visual"]): string[] =>
  logits === null ? [features] : [features, logits];

const TIMED_PHOTOS = 8;

/** Duration in milliseconds of the second batch of grey photos, after kernels have been compiled. */
async function timedStep(session: InferenceSession, pack: Pack): Promise<number> {
  const photos = Array.from({ length: TIMED_PHOTOS }, () => new Uint8Array(pack.preprocess.size ** 2 * 3).fill(128));
  const run = pack.batch === 1 ? embedEach : embed;
  await run(session, pack, photos);
  const begun = performance.now();
  await run(session, pack, photos);
  return performance.now() - begun;
}

/** For networks that take one photo at a time. */
async function embedEach(session: InferenceSession, pack: Pack, photos: Uint8Array[]): Promise<Embedded> {
  const parts: Embedded[] = [];
  for (const photo of photos) parts.push(await embed(session, pack, [photo]));
  return {
    features: concat(
      parts.map(({ features }) => features),
      Float32Array,
    ),
    logits: concat(
      parts.map(({ logits }) => logits),
      Float32Array,
    ),
  };
}

async function embed(session: InferenceSession, pack: Pack, photos: Uint8Array[]): Promise<Embedded> {
  const n = photos.length;
  const [D, C] = [pack.dimensions, pack.classes.length];
  if (n === 0) return { features: new Float32Array(0), logits: new Float32Array(0) };
  const views = pack.mirror ? 2 : 1;
  const { size } = pack.preprocess;
  const output = await session.run(
    {
      [pack.visual.input]: new Tensor("float32", normalise(photos, pack), [n * views, 3, size, size]),
    },
    outputsOf(pack.visual),
  );
  const features = output[pack.visual.features]!.data as Float32Array;
  const logits = pack.visual.logits === null ? new Float32Array(0) : (output[pack.visual.logits]!.data as Float32Array);
  if (features.length !== n * views * D || logits.length !== n * views * C) {
    throw new Refusal(
      "bad-pack",
      `Model pack ${pack.folder}: ${n * views} photos gave ${features.length} features` +
        (C === 0 ? ` instead of ${D} each.` : ` and ${logits.length} logits instead of ${D} and ${C} each.`),
    );
  }
  refuseStray(pack, pack.visual.features, features);
  if (pack.visual.logits !== null) refuseStray(pack, pack.visual.logits, logits);
  const seen =
    views === 1 ? { features, logits } : { features: meanOfViews(features, n, D), logits: meanOfViews(logits, n, C) };
  return pack.text ? { ...seen, features: unitRows(seen.features, D) } : seen;
}

/** A network whose weights are all finite can still divide by zero, and its output would spoil every comparison. */
function refuseStray(pack: Pack, output: string, values: Float32Array): void {
  const stray = values.findIndex((value) => !Number.isFinite(value));
  if (stray >= 0)
    throw new Refusal(
      "bad-pack",
      `Model pack ${pack.folder}: number ${stray} of ${values.length} in its output ${output} is ${values[stray]}.`,
    );
}

/**
 * Pixels 0..255 `[n][size, size, 3]` → `[n·views, 3, size, size]`, `(p/255 − mean)/std`; the mirrored copy of photo i
 * is row n+i. Exported for tests.
 */
export function normalise(
  photos: Uint8Array[],
  { preprocess: { size }, mean, std, mirror }: Pick<Pack, "preprocess" | "mean" | "std" | "mirror">,
): Float32Array {
  const n = photos.length;
  const plane = size * size;
  const out = new Float32Array(n * (mirror ? 2 : 1) * 3 * plane);
  const tables = mean.map((m, c) => Float32Array.from({ length: 256 }, (_, p) => (p / 255 - m) / std[c]!));
  photos.forEach((pixels, i) => {
    if (pixels.length !== plane * 3)
      throw new RangeError(`photo ${i} has ${pixels.length} bytes; ${size}×${size} RGB needs ${plane * 3}`);
    for (let c = 0; c < 3; c++) {
      const table = tables[c]!;
      const to = (i * 3 + c) * plane;
      const mirrored = ((n + i) * 3 + c) * plane;
      for (let y = 0; y < size; y++) {
        for (let x = 0; x < size; x++) {
          const value = table[pixels[(y * size + x) * 3 + c]!]!;
          out[to + y * size + x] = value;
          if (mirror) out[mirrored + y * size + size - 1 - x] = value;
        }
      }
    }
  });
  return out;
}

/** Averages rows i and n+i of `[2n, width]`: `[n, width]`. */
function meanOfViews(rows: Float32Array, n: number, width: number): Float32Array {
  const mean = new Float32Array(n * width);
  for (let i = 0; i < mean.length; i++) mean[i] = (rows[i]! + rows[n * width + i]!) / 2;
  return mean;
}
