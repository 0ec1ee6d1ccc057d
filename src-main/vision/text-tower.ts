import { basename } from "node:path";
import { Refusal, withFullStop } from "../../src-shared/refusal";
import { normalise } from "../math/vectors";
import { type InferenceSession, Tensor } from "./onnx-runtime";
import type { Pack } from "./pack";
import { badPack } from "./pack-files";
import type { PackText } from "./pack-text";
import { createSession } from "./session";
import { readTokenizer, type Tokens } from "./tokenizer";

/** A pack's text tower. */
export interface TextTower {
  /**
   * Unit-length embeddings of sentences, `[n, D]`, row-major, in the space of photos' features. @throws Refusal
   * `bad-pack`
   */
  embed(sentences: readonly string[]): Promise<Float32Array>;
}

/**
 * Loads a pack's text tower into this process, which is blocked while it runs (see networks.ts). Runs on the CPU:
 * sentences are few and short. @throws Refusal `bad-pack`
 */
export async function loadTextTower(pack: Pack, threads: number): Promise<TextTower> {
  const { text } = pack;
  if (!text) throw badPack(pack.folder, "it has no text tower");
  const tokenise = readTokenizer(pack, text);
  const session = await refusing(pack, text, () => createSession(text.file, "cpu", threads));
  const file = basename(text.file);
  for (const name of [text.inputs.ids, text.inputs.mask])
    if (name !== null && !session.inputNames.includes(name))
      throw badPack(pack.folder, `${file} has no input ${name}, only ${session.inputNames.join(", ")}`);
  if (!session.outputNames.includes(text.output))
    throw badPack(pack.folder, `${file} has no output ${text.output}, only ${session.outputNames.join(", ")}`);
  return {
    async embed(sentences) {
      if (sentences.length === 0) return new Float32Array(0);
      const output = await refusing(pack, text, () => run(session, text, tokenise(sentences), sentences.length));
      return unitEmbeddings(pack, text, output, sentences.length);
    },
  };
}

async function run(session: InferenceSession, { inputs, output }: PackText, { ids, mask, width }: Tokens, n: number) {
  const tensor = (numbers: Int32Array | Uint8Array) =>
    inputs.type === "int64"
      ? new Tensor("int64", BigInt64Array.from(numbers, BigInt), [n, width])
      : new Tensor("int32", Int32Array.from(numbers), [n, width]);
  const feeds = { [inputs.ids]: tensor(ids), ...(inputs.mask === null ? {} : { [inputs.mask]: tensor(mask) }) };
  return (await session.run(feeds, [output]))[output]!;
}

function unitEmbeddings(pack: Pack, text: PackText, { data, dims }: Tensor, n: number): Float32Array {
  const D = pack.dimensions;
  if (!(data instanceof Float32Array) || data.length !== n * D)
    throw badPack(
      pack.folder,
      `the text tower’s output ${text.output} has the shape [${dims.join(", ")}] for ${n} sentences; [${n}, ${D}] is needed, as for photos`,
    );
  const embeddings = Float32Array.from(data);
  const stray = embeddings.findIndex((value) => !Number.isFinite(value));
  if (stray >= 0)
    throw badPack(
      pack.folder,
      `number ${stray} of ${embeddings.length} in the text tower’s output ${text.output} is ${embeddings[stray]}`,
    );
  for (let i = 0; i < n; i++) normalise(embeddings, i * D, D);
  return embeddings;
}

/** Turns errors of onnxruntime, such as a token id beyond the network's vocabulary, into refusals. */
async function refusing<T>(pack: Pack, { file }: PackText, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const [reason] = (error as Error).message.split("\n", 1);
    throw badPack(pack.folder, `can’t run ${basename(file)}: ${withFullStop(reason!)}`);
  }
}
