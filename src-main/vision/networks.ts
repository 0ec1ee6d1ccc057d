import { availableParallelism } from "node:os";
import { formatCount } from "../../src-shared/format-count";
import type { Detections } from "../base/detections";
import { concat } from "../math/concat";
import type { Detector } from "./detector";
import type { Pack } from "./pack";
import type { PackDetector } from "./pack-detectors";
import { badPack } from "./pack-files";
import { candidateProviders } from "./providers";
import { createRunnerPool, type RunnerPool } from "./runner-pool";
import type { TextTower } from "./text-tower";
import type { Backend, Embedded, VisualModel } from "./visual-model";

/** A pack's networks, run in separate processes so that the engine stays responsive. */
export interface Networks {
  /** Loads the visual model on first use. @throws Refusal `bad-pack` */
  visual(): Promise<VisualModel>;
  /** Loads the text tower on first use. @throws Refusal `bad-pack` if the pack has none */
  text(): TextTower;
  /** Loads a detector on first use. The visual model's work takes precedence over it. @throws Refusal `bad-pack` */
  detector(detector: PackDetector): Promise<Detector>;
  /** Ids of the processes that are ready. */
  pids(): number[];
  /** Ends all processes. */
  close(): Promise<void>;
}

/** Each process holds its own weights and activations: about 200 MB. */
const MAX_PROCESSES = 4;
/**
 * Batch size on a CPU. EfficientNet-Lite2 with one thread takes 38.8 ms of CPU time per photo in batches of 1, 40.1 of
 * 4 and 46.7 of 16, because activations outgrow the caches. Two threads sharing a batch take 44 to 58.
 */
const PHOTOS_PER_RUN = 4;

/** Sentences that the text tower embeds at a time. */
const SENTENCES_PER_RUN = 32;
/**
 * Longest time for them, in milliseconds, including loading the network. A tokenizer from an untrusted source may contain
 * a pattern that takes forever.
 */
const MAX_TEXT_MS = 300_000;

/** @param maxTextMs see `MAX_TEXT_MS` */
export function openNetworks(pack: Pack, { maxTextMs = MAX_TEXT_MS }: { maxTextMs?: number } = {}): Networks {
  const cores = availableParallelism();
  const processes = Math.min(cores, MAX_PROCESSES);
  const threads = Math.floor(cores / processes);
  const onProcessor = createRunnerPool(processes, { pack, provider: "cpu", threads });
  const pools = [onProcessor];
  const loaded = new Map<string, Promise<unknown>>();

  /** Failures are not cached, since their cause may be temporary. */
  function once<T>(name: string, load: () => Promise<T>): Promise<T> {
    const known = loaded.get(name) as Promise<T> | undefined;
    if (known) return known;
    const loading = load();
    loaded.set(name, loading);
    loading.catch(() => loaded.delete(name));
    return loading;
  }

  async function loadVisual(): Promise<VisualModel> {
    const candidates = candidateProviders();
    const only = candidates.length === 1 ? candidates[0]!.name : null;
    if (only === "cpu") return visualModelOf(onProcessor, PHOTOS_PER_RUN);
    const alone = createRunnerPool(1, { pack, provider: only, threads: cores });
    pools.push(alone);
    const model = await visualModelOf(alone, Infinity);
    if (model.backend.provider !== "cpu") return model;
    await alone.close();
    const { why } = model.backend;
    return { ...(await visualModelOf(onProcessor, PHOTOS_PER_RUN)), backend: { ...model.backend, why } };
  }

  async function loadDetector({ id }: PackDetector): Promise<Detector> {
    await onProcessor.run({ name: "load-detector", detector: id }, { behind: true });
    return {
      detect: (photo) =>
        onProcessor.run({ name: "detect", detector: id, photo }, { behind: true }) as Promise<Detections>,
      dispose: () => Promise.resolve(), // ended with the networks
    };
  }

  let sentences: RunnerPool | null = null;

  /** One process alone has the text tower: the networks of this family that are in use have up to a gigabyte of words. */
  function textPool(): RunnerPool {
    if (sentences === null) {
      sentences = createRunnerPool(1, { pack, provider: "cpu", threads: cores });
      pools.push(sentences);
    }
    return sentences;
  }

  return {
    visual: () => once("", loadVisual),
    text: () => ({
      embed: (all) => embedInRuns(pack, textPool(), all, { maxTextMs, onStuck: () => (sentences = null) }),
    }),
    detector: (detector) => once(detector.id, () => loadDetector(detector)),
    pids: () => pools.flatMap((pool) => pool.pids()),
    close: async () => {
      await Promise.all(pools.map((pool) => pool.close()));
    },
  };
}

/** @param onStuck called when the pool was closed because its process did not answer */
async function embedInRuns(
  pack: Pack,
  pool: RunnerPool,
  sentences: readonly string[],
  { maxTextMs, onStuck }: { maxTextMs: number; onStuck: () => void },
): Promise<Float32Array> {
  const parts: Float32Array[] = [];
  for (let from = 0; from < sentences.length; from += SENTENCES_PER_RUN) {
    const some = sentences.slice(from, from + SENTENCES_PER_RUN);
    let isStuck = false;
    const timer = setTimeout(() => {
      isStuck = true;
      onStuck();
      void pool.close();
    }, maxTextMs);
    try {
      parts.push((await pool.run({ name: "embed-text", sentences: some })) as Float32Array);
    } catch (error) {
      if (!isStuck) throw error;
      throw badPack(
        pack.folder,
        `its text tower took more than ${maxTextMs / 1000} seconds for ${formatCount(some.length, "sentence")}`,
      );
    } finally {
      clearTimeout(timer);
    }
  }
  return concat(parts, Float32Array);
}

/** @param together maximum batch size */
async function visualModelOf(pool: RunnerPool, together: number): Promise<VisualModel> {
  const backend = (await pool.run({ name: "load" })) as Backend;
  const embed = async (photos: Uint8Array[]): Promise<Embedded> => {
    const parts: Promise<unknown>[] = [];
    for (let from = 0; from < photos.length; from += together)
      parts.push(pool.run({ name: "embed", photos: photos.slice(from, from + together) }));
    const embedded = (await Promise.all(parts)) as Embedded[];
    return {
      features: concat(
        embedded.map(({ features }) => features),
        Float32Array,
      ),
      logits: concat(
        embedded.map(({ logits }) => logits),
        Float32Array,
      ),
    };
  };
  return { backend, embed, dispose: () => Promise.resolve() }; // ended with the networks
}

/** Loads the visual model alone; disposing of it ends its processes. @throws Refusal `bad-pack` */
export async function standaloneVisualModel(pack: Pack): Promise<VisualModel> {
  const networks = openNetworks(pack);
  try {
    return { ...(await networks.visual()), dispose: networks.close };
  } catch (error) {
    await networks.close();
    throw error;
  }
}
