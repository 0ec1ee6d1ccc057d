import { z } from "zod";
import { checkOnnx } from "./check-onnx";
import { badPack, MAX_BYTES, packFile, readPackFile } from "./pack-files";

/**
 * The text tower of a network of the CLIP or SigLIP family. It embeds sentences into the space of the image tower's
 * features: the closer a photo's features are to a sentence's embedding, the better the sentence describes the photo.
 */
export interface PackText {
  /**
   * How cosines become probabilities. `clip` (Radford et al. 2021): softmax of scale·cos + bias over the labels.
   * `siglip` (Zhai et al. 2023): sigmoid of scale·cos + bias, each sentence for itself.
   */
  kind: "clip" | "siglip";
  /** Path of the ONNX file. */
  file: string;
  /** Path of the tokenizer, in the format of Hugging Face's `tokenizer.json`. */
  tokenizer: string;
  /**
   * Names within the graph. Token ids `[n, tokens]`, and optionally a mask of the same shape: 1 for a token, 0 for
   * padding.
   */
  inputs: { ids: string; mask: string | null; type: "int64" | "int32" };
  /** Name of the output: embeddings, `[n, D]`, of any length. */
  output: string;
  /** Longer sentences are cut; the last special token stays. */
  maxTokens: number;
  pad: {
    /** Token id */
    id: number;
    /** Up to `maxTokens`, or up to the longest sentence of a batch. */
    to: "max" | "longest";
  };
  /** Whether sentences are lower-cased before they are tokenised. */
  lowercase: boolean;
  /** Applied to cosines; the scale is not its logarithm. */
  scale: number;
  bias: number;
  /** Sentences about a label, with `{}` in the place of its name. */
  prompts: string[];
}

/** Gemma's tokenizer.json has 34 MB. */
const MAX_TOKENIZER_BYTES = 128 * 2 ** 20;
const graphName = z.string().min(1).max(1000);

/** `text` of a pack.json in format 2. */
export const describedText = z.object({
  kind: z.enum(["clip", "siglip"]),
  file: z.string().endsWith(".onnx"),
  tokenizer: z.string().endsWith(".json"),
  inputs: z.object({
    ids: graphName,
    mask: graphName.optional(),
    type: z.enum(["int64", "int32"]).default("int64"),
  }),
  output: graphName,
  maxTokens: z.int().min(2).max(1024),
  pad: z.object({ id: z.int().min(0).max(10_000_000), to: z.enum(["max", "longest"]).default("max") }),
  lowercase: z.boolean().default(false),
  scale: z.number().positive().max(1000),
  bias: z.number().min(-1000).max(1000).default(0),
  prompts: z.array(z.string().max(200).includes("{}")).min(1).max(20).default(["a photo of a {}."]),
});

/** @returns the tower, and the bytes that its embeddings depend on @throws Refusal `bad-pack` */
export function readPackText(
  folder: string,
  { file, tokenizer, inputs, ...rest }: z.infer<typeof describedText>,
  sha256: Record<string, string>,
): { text: PackText; bytes: Uint8Array[] } {
  const network = readPackFile(folder, file, MAX_BYTES.network, sha256[file]);
  try {
    checkOnnx(network);
  } catch (error) {
    throw badPack(folder, `can’t use ${file}: ${(error as Error).message}`);
  }
  const tokens = readPackFile(folder, tokenizer, MAX_TOKENIZER_BYTES, sha256[tokenizer]);
  return {
    text: {
      ...rest,
      file: packFile(folder, file),
      tokenizer: packFile(folder, tokenizer),
      inputs: { ...inputs, mask: inputs.mask ?? null },
    },
    bytes: [network, tokens],
  };
}
