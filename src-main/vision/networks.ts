import { availableParallelism } from "node:os";
import type { Pack } from "./pack";
import type { Provider } from "./providers";
import { createRunnerPool } from "./runner-pool";
import type { Backend, Embedded, VisualModel } from "./visual-model";

/** A pack's networks, run by processes of their own: calls are answered while they work. */
export interface Networks {
  /** Loaded on first use. @throws Refusal `bad-pack` */
  visual(): Promise<VisualModel>;
  /** Ids of the processes that are ready. */
  pids(): number[];
  /** Ends what runs. */
  close(): Promise<void>;
}

/** Each has its own copy of the weights and of what is between the layers: some 200 MB. */
const MOST_PROCESSES = 4;
/**
 * Photos that go through a network together on a processor. Measured for EfficientNet-Lite2, one thread, processor milliseconds a photo:
 * 38.8 alone, 40.1 by fours, 46.7 by sixteens: what lies between the layers outgrows the caches. Two threads that share a batch take 44 to 58.
 */
const TOGETHER = 4;

export function openNetworks(pack: Pack): Networks {
  const cores = availableParallelism();
  const processes = Math.min(cores, MOST_PROCESSES);
  const threads = Math.floor(cores / processes);
  const ordersFor = (provider: Provider["name"] | null) => ({ pack, provider, threads });
  const pool = createRunnerPool(1, ordersFor(null)); // the first finds the fastest provider
  let loading: Promise<VisualModel> | null = null;

  async function load(): Promise<VisualModel> {
    const backend = await pool.run({ name: "load" }) as Backend;
    const onProcessor = backend.provider === "cpu";
    pool.resize(onProcessor ? processes : 1, ordersFor(backend.provider));
    return {
      backend,
      embed: (photos) => embedApart(photos, onProcessor ? TOGETHER : photos.length),
      dispose: () => Promise.resolve(), // with the networks
    };
  }

  async function embedApart(photos: Uint8Array[], together: number): Promise<Embedded> {
    const parts: Promise<Embedded>[] = [];
    for (let from = 0; from < photos.length; from += together)
      parts.push(pool.run({ name: "embed", photos: photos.slice(from, from + together) }) as Promise<Embedded>);
    const embedded = await Promise.all(parts);
    return { features: joined(embedded.map(({ features }) => features)), logits: joined(embedded.map(({ logits }) => logits)) };
  }

  return {
    visual: () => (loading ??= load().catch((error: unknown) => {
      loading = null; // what ended it may be over
      throw error;
    })),
    pids: pool.pids,
    close: pool.close,
  };
}

/** The visual model alone; its processes end when it is disposed of. @throws Refusal `bad-pack` */
export async function visualModelApart(pack: Pack): Promise<VisualModel> {
  const networks = openNetworks(pack);
  try {
    return { ...await networks.visual(), dispose: networks.close };
  } catch (error) {
    await networks.close();
    throw error;
  }
}

function joined(parts: Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
