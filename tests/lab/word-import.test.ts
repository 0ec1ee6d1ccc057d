import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readCorpus } from "../../src-main/lab/words/corpus";
import { importVectors } from "../../src-main/lab/words/import-vectors";
import { SENTENCE_END } from "../../src-main/lab/words/tokens";
import { readVocabulary } from "../../src-main/words/vocabulary";
import { checkOutput, writeVocabularyFile } from "../../src-main/words/vocabulary-file";
import { temporaryFolder } from "../fixtures/photo-folder";

const folder = mkdtempSync(join(tmpdir(), "word-import-"));
let files = 0;
function fileOf(content: string | Uint8Array): string {
  const path = join(folder, `${files++}.txt`);
  writeFileSync(path, content);
  return path;
}

const WORDS = ["the", "Golden_Retriever", "naïve", "zürich"];
const VECTORS = Array.from({ length: 12 }, (_, i) => Math.fround(Math.sin(i + 1)));
const row = (i: number) => VECTORS.slice(3 * i, 3 * i + 3);
const lines = WORDS.map((word, i) => `${word} ${row(i).join(" ")}`).join("\n");
const binary = (newline = "", words = WORDS) =>
  Buffer.concat([
    Buffer.from(`${words.length} 3\n`),
    ...words.map((word, i) =>
      Buffer.concat([Buffer.from(`${word} `), Buffer.from(Float32Array.from(row(i)).buffer), Buffer.from(newline)]),
    ),
  ]);

describe("imported word vectors", () => {
  test.each([
    ["word2vec text", `4 3\n${lines}\n`],
    ["GloVe text", lines],
    ["word2vec binary", binary()],
    ["word2vec binary", binary("\n")],
  ] as [string, string | Buffer][])("are read completely from %s, with words case-folded", (format, content) => {
    const imported = importVectors(fileOf(content));
    expect(imported).toMatchObject({
      format,
      words: ["the", "golden retriever", "naïve", "zürich"],
      dimensions: 3,
      repeated: 0,
      zero: 0,
    });
    imported.vectors.forEach((x, i) => expect(x).toBeCloseTo(VECTORS[i], 6));
  });

  test("keep their angles through the vocabulary file, phrases too", () => {
    const { words, vectors, dimensions } = importVectors(fileOf(binary()));
    const path = join(folder, "vocabulary.bin");
    writeVocabularyFile(temporaryFolder(), path, words, vectors, dimensions);
    const vocabulary = readVocabulary(path);
    const length = Math.hypot(...row(1));
    vocabulary.vector("Golden Retriever")!.forEach((x, d) => expect(x).toBeCloseTo(row(1)[d] / length, 2));
    expect(Math.hypot(...vocabulary.vector("the")!)).toBeCloseTo(1, 5);
  });

  test("keep GloVe's words with spaces and the first of equal folded words, but no zero vectors", () => {
    const imported = importVectors(fileOf("dog 1 0\nDog 0 1\nat name@host 1 1\nnull 0 0\n"));
    expect(imported).toMatchObject({ words: ["dog", "at name@host"], repeated: 1, zero: 1 });
    expect([...imported.vectors]).toEqual([1, 0, 1, 1]);
  });

  // guarantee: hostile-words
  test.each([
    ["empty", "", "the file is empty"],
    ["binary garbage", Buffer.from(Array.from({ length: 400 }, (_, i) => (i * 89) % 256)), "line 1 is neither"],
    ["prose", "once upon a time\nthere was", "line 1 is neither"],
    ["text with NaN", `4 3\n${lines.replace(String(VECTORS[5]), "nan")}`, "line 3: “nan” is not a finite number"],
    [
      "binary with NaN",
      Buffer.concat([
        Buffer.from("2 1\na "),
        Buffer.from(Float32Array.of(1).buffer),
        Buffer.from("b "),
        Buffer.from(Float32Array.of(NaN).buffer),
      ]),
      "word 2: “NaN” is not a finite number",
    ],
    ["truncated binary", binary().subarray(0, -5), "the file ends within word 4 of 4, after 7 of the 12 bytes"],
    [
      "much shorter than its binary header says",
      Buffer.concat([Buffer.from("900000000 300\na "), Buffer.alloc(40, 0xc3)]),
      "900000000 words of 300 dimensions take at least 1081800000000",
    ],
    ["truncated text", `5 3\n${lines}`, "the header says 5 words, but the file has 4"],
    ["text with a short line", `${lines}\nlast 1 2`, "line 5 has 2 numbers, not 3"],
    ["text with one word", "dog 1 2 3\n", "the file has 1 usable words"],
    ["one endless line", `${"x".repeat(300_000)}`, "the piece at byte 0 is longer than 264144 bytes"],
    ["text with a later endless line", `${lines}\nlast ${"1 ".repeat(200_000)}`, "is longer than 264144 bytes"],
    [
      "binary with an endless word",
      Buffer.concat([binary().subarray(0, 4), Buffer.alloc(9000, 0xe9)]),
      "is longer than 2000 bytes",
    ],
    [
      "text with fewer words than its header says",
      `9999999999 4000\na ${"1 ".repeat(4000)}\n`,
      "the header says 9999999999 words, but the file has 1",
    ],
    ["text with too many dimensions", `a ${"1 ".repeat(5000)}`, "line 1 has 5000 numbers; the maximum is 4096"],
    ["text with 0 dimensions", "3 0\na\nb\nc", "3 words of 0 dimensions"],
  ] as [string, string | Buffer, string][])("are refused when the file is %s", (_, content, message) => {
    expect(() => importVectors(fileOf(content))).toThrow(
      expect.objectContaining({ code: "bad-vectors", message: expect.stringContaining(message) }),
    );
  });

  test("are refused when the file is missing", () => {
    expect(() => importVectors(join(folder, "none"))).toThrow(expect.objectContaining({ code: "no-file" }));
    expect(() => importVectors(folder)).toThrow(expect.objectContaining({ code: "no-file" }));
  });
});

describe("a corpus", () => {
  test("joins several files into one list of words, with a sentence end between files", () => {
    const { words, tokens } = readCorpus([fileOf("The dog. A dog"), fileOf("the cat")]);
    expect(words).toEqual(["the", "dog", "a", "cat"]);
    expect([...tokens]).toEqual([0, 1, SENTENCE_END, 2, 1, SENTENCE_END, 0, 3, SENTENCE_END]);
  });

  test("reads the same wherever pieces are cut", () => {
    const sentence = "Größe und Übermaß, the naïve café — don't stop 3.5 times.\n\n";
    const { words, tokens } = readCorpus([fileOf(sentence.repeat(160_000))]); // over eight megabytes: three pieces
    const once = readCorpus([fileOf(sentence)]);
    expect(words).toEqual(once.words);
    expect(tokens.length).toBe(once.tokens.length * 160_000);
    const wrong = tokens.findIndex((token, i) => token !== once.tokens[i % once.tokens.length]);
    expect(wrong).toBe(-1);
  });

  test.each([
    ["empty", "", "No words found in"],
    ["only punctuation", "... --- !!!", "(11 bytes)"],
    ["binary", Buffer.from([65, 66, 0, 67]), "byte 2 is 0"],
    ["not in UTF-8", Buffer.from([0x41, 0x20, 0xff, 0xfe, 0x41]), "bytes 0 to 5 are not UTF-8"],
    ["truncated within a character", Buffer.from("abc ü").subarray(0, 5), "are not UTF-8"],
  ] as [string, string | Buffer, string][])("is refused when it is %s", (_, content, message) => {
    expect(() => readCorpus([fileOf(content)])).toThrow(
      expect.objectContaining({ code: "bad-corpus", message: expect.stringContaining(message) }),
    );
  });

  test("is refused when a file is missing", () => {
    expect(() => readCorpus([fileOf("a word"), join(folder, "none.txt")])).toThrow(
      expect.objectContaining({ code: "no-file", message: expect.stringContaining("none.txt") }),
    );
  });
});

test("checks the output path before training: not an input, not a folder, and in an existing folder", () => {
  const input = fileOf("a b");
  const home = temporaryFolder();
  expect(() => checkOutput(home, input, [input])).toThrow(expect.objectContaining({ code: "bad-output" }));
  expect(() => checkOutput(home, folder, [input])).toThrow("is a folder");
  expect(() => checkOutput(home, join(folder, "none", "x.bin"), [input])).toThrow(
    expect.objectContaining({ code: "no-folder" }),
  );
  expect(() => writeVocabularyFile(home, join(folder, "broken.bin"), ["a"], new Float32Array(2), 2)).toThrow(
    "vector 0 has length 0",
  );
  expect(readdirSync(folder).filter((name) => name.includes("broken") || name.endsWith(".tmp"))).toEqual([]);
});
