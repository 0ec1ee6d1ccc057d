/** The settings and state of a training run, laid out in memory shared between threads. */
import { Refusal } from "../../../src-shared/refusal";
import { PAGE_BYTES, pagesFor } from "../../math/wasm";
import type { CountedCorpus } from "./frequent-words";
import { type HuffmanTree, huffmanTree } from "./huffman";
import { type AliasTable, aliasTable, noiseWeights } from "./noise";
import { randomIntegers, uniform } from "./random-integers";
import { MAX_PAGES, sigmoidTable, VECTOR_ALIGNMENT } from "./step";
import { keepProbabilities } from "./subsampling";
import { SENTENCE_END } from "./tokens";

export interface TrainSettings {
  /** E */
  dimensions: number;
  /** Maximum context on each side; the window is drawn from 1 to this for every word. */
  window: number;
  /** Negative samples per true word; 0 selects hierarchical softmax. */
  negative: number;
  /** Passes over the corpus. */
  epochs: number;
  /** Threshold of `keepProbabilities`. */
  subsample: number;
  /** Initial learning rate; falls linearly to `LAST_RATE`. */
  rate: number;
  threads: number;
  /** With one thread, the same seed gives bit-identical vectors; several threads overwrite each other at random. */
  seed: number;
}

export const LAST_RATE = 1e-4;

/** Shared between threads or small, so that it can be posted to each. */
export interface Training {
  settings: TrainSettings;
  tokens: Int32Array<SharedArrayBuffer>;
  /** Number of word tokens. */
  size: number;
  /** `[V]` */
  keep: Float64Array<SharedArrayBuffer>;
  noise: AliasTable | null;
  tree: HuffmanTree | null;
  memory: WebAssembly.Memory;
  /** Byte offsets in `memory`, with one scratch area per thread. Vectors are `width` bytes apart. */
  layout: { width: number; sigmoid: number; input: number; output: number; scratch: number; scratchBytes: number };
  /** `[1]` words processed by all threads, over all epochs */
  done: BigInt64Array<SharedArrayBuffer>;
}

/**
 * Input vectors are drawn uniformly from ±1/2E and the others are 0, as in word2vec.
 * @throws Refusal `bad-setting` when a setting is out of range, or the vectors need more than 4 GiB
 */
export function prepareTraining({ counts, tokens, size }: CountedCorpus, settings: TrainSettings): Training {
  checkSettings(settings);
  const V = counts.length;
  const tree = settings.negative === 0 ? huffmanTree(counts) : null;
  const { memory, layout } = makeMemory(V, tree?.depth ?? settings.negative + 1, settings);
  const random = randomIntegers(settings.seed);
  const input = new Float32Array(memory.buffer, layout.input, (V * layout.width) / 4);
  for (let w = 0; w < V; w++) {
    for (let e = 0, at = (w * layout.width) / 4; e < settings.dimensions; e++)
      input[at + e] = (uniform(random) - 0.5) / settings.dimensions;
  }
  const keep = new Float64Array(new SharedArrayBuffer(8 * V));
  keep.set(keepProbabilities(counts, settings.subsample));
  return {
    settings,
    tokens,
    size,
    keep,
    tree,
    memory,
    layout,
    noise: tree === null ? aliasTable(noiseWeights(counts)) : null,
    done: new BigInt64Array(new SharedArrayBuffer(8)),
  };
}

const RANGES: Record<keyof TrainSettings, [least: number, most: number, whole: boolean]> = {
  dimensions: [1, 4096, true],
  window: [1, 1000, true],
  negative: [0, 1000, true],
  epochs: [1, 10_000, true],
  subsample: [0, 1, false],
  rate: [1e-6, 1, false],
  threads: [1, 256, true],
  seed: [0, 2 ** 32 - 1, true],
};

/** @throws Refusal `bad-setting` when a setting is out of range */
export function checkSettings(settings: TrainSettings): void {
  for (const [name, [least, most, whole]] of Object.entries(RANGES)) {
    const value = settings[name as keyof TrainSettings];
    if (!(value >= least && value <= most) || (whole && !Number.isInteger(value))) {
      throw new Refusal(
        "bad-setting",
        `${name} is ${value}; it must be ${whole ? "a whole number" : "a number"} from ${least} to ${most}.`,
      );
    }
  }
}

function makeMemory(
  V: number,
  targets: number,
  { dimensions, threads }: TrainSettings,
): Pick<Training, "memory" | "layout"> {
  const aligned = (bytes: number) => Math.ceil(bytes / VECTOR_ALIGNMENT) * VECTOR_ALIGNMENT;
  const table = sigmoidTable();
  const width = aligned(4 * dimensions);
  const input = aligned(table.byteLength);
  const output = input + V * width;
  const scratch = output + V * width;
  const scratchBytes = aligned(width + 8 * targets);
  const pages = pagesFor(scratch + threads * scratchBytes);
  if (pages > MAX_PAGES) {
    throw new Refusal(
      "bad-setting",
      `${V} words of ${dimensions} dimensions take ${pages * PAGE_BYTES} bytes to train; the maximum ` +
        `is ${MAX_PAGES * PAGE_BYTES}. Raise the minimum count, or use fewer dimensions.`,
    );
  }
  const memory = new WebAssembly.Memory({ initial: pages, maximum: MAX_PAGES, shared: true });
  new Float32Array(memory.buffer, 0, table.length).set(table);
  return { memory, layout: { width, sigmoid: 0, input, output, scratch, scratchBytes } };
}

/** Tokens `[from, to)` of each thread: equal shares, cut between sentences where possible. */
export function sharesOf({ tokens, settings: { threads } }: Training): [from: number, to: number][] {
  const cuts = Array.from({ length: threads + 1 }, (_, t) => {
    const even = Math.round((t * tokens.length) / threads);
    const end = t === 0 ? -1 : tokens.indexOf(SENTENCE_END, even - 1);
    return t === 0 ? 0 : end < 0 || t === threads ? (t === threads ? tokens.length : even) : end + 1;
  });
  return Array.from({ length: threads }, (_, t) => [cuts[t], cuts[t + 1]]);
}

/**
 * The trained input vectors, `[V, E]` row-major.
 * @throws Refusal `diverged` when one is not finite
 */
export function trainedVectors({ memory, layout, keep, settings: { dimensions, rate } }: Training): Float32Array {
  const vectors = new Float32Array(keep.length * dimensions);
  const all = new Float32Array(memory.buffer, layout.input, (keep.length * layout.width) / 4);
  for (let w = 0; w < keep.length; w++) {
    const from = (w * layout.width) / 4;
    vectors.set(all.subarray(from, from + dimensions), w * dimensions);
  }
  const broken = vectors.findIndex((x) => !Number.isFinite(x));
  if (broken >= 0)
    throw new Refusal(
      "diverged",
      `Vector ${Math.floor(broken / dimensions)} is not finite: the learning rate of ${rate} is too high for this corpus.`,
    );
  return vectors;
}
