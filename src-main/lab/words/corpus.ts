/** Reads text files into one long list of integers, one per word. */
import { closeSync, openSync, readSync } from "node:fs";
import { Refusal } from "../../../src-shared/refusal";
import { requireFile } from "../../base/input-file";
import { eachToken, SENTENCE_END } from "./tokens";

export interface Corpus {
  /** Every distinct word, in order of first occurrence. */
  words: string[];
  /** Indices into `words`, with `SENTENCE_END` between sentences. */
  tokens: Int32Array;
}

export interface CorpusOptions {
  /** Each line is a sentence; otherwise sentences end with a full stop or an empty line. */
  lines?: boolean;
  onProgress?: (bytes: number, total: number) => void;
}

const READ_BYTES = 1 << 22;
/** A Map's limit is 2²⁴ entries. */
const MAX_DISTINCT_WORDS = 16_000_000;

/** @throws Refusal `no-file` when a file is missing, `bad-corpus` when a file is not text or none has a word */
export function readCorpus(paths: string[], { lines = false, onProgress }: CorpusOptions = {}): Corpus {
  const total = paths.reduce((bytes, path) => bytes + requireFile(path), 0);
  const index = new Map<string, number>();
  let tokens = new Int32Array(1 << 20);
  let n = 0;
  const add = (token: number) => {
    if (n === tokens.length) {
      const longer = new Int32Array(Math.ceil(n * 1.5));
      longer.set(tokens);
      tokens = longer;
    }
    tokens[n++] = token;
  };
  const endSentence = () => {
    if (n > 0 && tokens[n - 1] !== SENTENCE_END) add(SENTENCE_END);
  };
  const take = (word: string | null) => {
    if (word === null) return endSentence();
    let token = index.get(word);
    if (token === undefined) {
      if (index.size === MAX_DISTINCT_WORDS)
        throw new Refusal("bad-corpus", `The text has more than ${MAX_DISTINCT_WORDS} distinct words, the maximum.`);
      index.set(word, (token = index.size));
    }
    add(token);
  };

  let before = 0;
  for (const path of paths) {
    for (const { text, bytes } of chunksOf(path)) {
      eachToken(text, lines, take);
      onProgress?.(before + bytes, total);
    }
    endSentence();
    before += requireFile(path);
  }
  if (index.size === 0)
    throw new Refusal(
      "bad-corpus",
      `No words found in ${paths.length === 1 ? paths[0] : `the ${paths.length} files`} (${total} bytes).`,
    );
  return { words: [...index.keys()], tokens: tokens.subarray(0, n) };
}

/**
 * A file's text in pieces that end between words.
 * @throws Refusal `bad-corpus` when it is not UTF-8 text
 */
function* chunksOf(path: string): Generator<{ text: string; bytes: number }> {
  const file = openSync(path, "r");
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    const buffer = new Uint8Array(READ_BYTES);
    let rest = "";
    let bytes = 0;
    for (;;) {
      const read = readSync(file, buffer, 0, READ_BYTES, null);
      const piece = buffer.subarray(0, read);
      const zero = piece.indexOf(0);
      if (zero >= 0) throw notText(path, `byte ${bytes + zero} is 0`);
      let text: string;
      try {
        text = rest + decoder.decode(piece, { stream: read > 0 });
      } catch (cause) {
        if (!(cause instanceof TypeError)) throw cause;
        throw notText(path, `bytes ${bytes} to ${bytes + read} are not UTF-8`);
      }
      bytes += read;
      const end = read === 0 ? text.length : lastGap(text);
      yield { text: text.slice(0, end), bytes };
      if (read === 0) return;
      rest = text.slice(end);
      if (rest.length > READ_BYTES) throw notText(path, `${rest.length} characters in a row without a space`);
    }
  } finally {
    closeSync(file);
  }
}

/** Start of the last white space in a text; 0 if there is none. Never splits an empty line. */
function lastGap(text: string): number {
  let end = text.length;
  while (end > 0 && !SPACE.test(text[end - 1])) end--;
  while (end > 0 && SPACE.test(text[end - 1])) end--;
  return end;
}

const SPACE = /\s/;

const notText = (path: string, why: string) => new Refusal("bad-corpus", `${path} is not UTF-8 text: ${why}.`);
