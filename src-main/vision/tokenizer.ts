import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";
import type { Pack } from "./pack";
import { badPack } from "./pack-files";
import type { PackText } from "./pack-text";

/** Token ids of n sentences. */
export interface Tokens {
  /** `[n, width]`, row-major, padded on the right */
  ids: Int32Array;
  /** `[n, width]` 1 for a token, 0 for padding */
  mask: Uint8Array;
  width: number;
}

/** Longer texts are cut before they are tokenised: no tower reads so much, and a tokenizer takes time for it. */
const MAX_CHARACTERS = 2000;

/**
 * Reads a text tower's tokenizer. Its file comes from an untrusted source and can contain patterns that take forever:
 * call it only in a process that can be ended.
 * @throws Refusal `bad-pack`
 */
export function readTokenizer(pack: Pick<Pack, "folder">, text: PackText): (sentences: readonly string[]) => Tokens {
  const name = basename(text.tokenizer);
  const refusing = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw badPack(pack.folder, `can’t use ${name}: ${(error as Error).message.slice(0, 300)}`);
    }
  };
  const tokenizer = refusing(() => new Tokenizer(objectIn(readFileSync(text.tokenizer, "utf8")), {}));
  const special = refusing(() => {
    if (tokenizer.get_vocab().size === 0) throw new RangeError("its vocabulary is empty");
    return tokenizer.encode("").ids;
  });
  const idsOf = (sentence: string): number[] => {
    const folded = text.lowercase ? sentence.toLowerCase() : sentence;
    const { ids } = tokenizer.encode(folded.slice(0, MAX_CHARACTERS).toWellFormed());
    const stray = ids.find((id) => !Number.isInteger(id) || id < 0 || id > MAX_ID);
    if (stray !== undefined) throw new RangeError(`it gives the token id ${stray}`);
    return cut(ids, special, text.maxTokens);
  };
  return (sentences) => {
    const rows = refusing(() => sentences.map(idsOf));
    const longest = rows.reduce((most, row) => Math.max(most, row.length), 1);
    const width = text.pad.to === "max" ? text.maxTokens : longest;
    const ids = new Int32Array(rows.length * width).fill(text.pad.id);
    const mask = new Uint8Array(ids.length);
    rows.forEach((row, i) => {
      ids.set(row, i * width);
      mask.fill(1, i * width, i * width + row.length);
    });
    return { ids, mask, width };
  };
}

const MAX_ID = 2 ** 31 - 1;

function objectIn(json: string): object {
  const value: unknown = JSON.parse(json);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new TypeError("it is not an object");
  return value;
}

/**
 * Cuts a sentence to its first tokens, and keeps a special token at its end: many towers take the embedding from there.
 * @param special tokens of an empty sentence
 */
function cut(ids: number[], special: number[], most: number): number[] {
  if (ids.length <= most) return ids;
  const last = ids.at(-1)!;
  return special.at(-1) === last ? [...ids.slice(0, most - 1), last] : ids.slice(0, most);
}
