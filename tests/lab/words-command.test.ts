import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readVocabulary } from "../../src-main/words/vocabulary";
import { jsonLines, semblance } from "../fixtures/command-line";
import { COLOURS, writeColourPack } from "../fixtures/small-onnx";

/** Sentences of two topics that contain the colour pack's classes, and a phrase. */
const TOPICS = ["tomato lemon apple bread soup kitchen".split(" "), "frog ocean fish water swamp diver".split(" ")];
const CORPUS = Array.from({ length: 3000 }, (_, i) => {
  const topic = TOPICS[i % 2];
  const words = Array.from({ length: 7 }, (_, j) => topic[(i * 7 + j * (1 + (i % 5)) + (i >> 3)) % 6]);
  return `${words.join(" ")}${i % 10 === 0 ? " tree frog" : ""}.`;
}).join("\n");

let root: string;
let [corpus, out, pack, photos, home]: string[] = [];

beforeAll(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "semblance-words-")));
  [corpus, out, pack, home] = ["corpus.txt", "words.bin", "colours", "data"].map((name) => join(root, name));
  photos = mkdtempSync(join(root, "photos-"));
  writeFileSync(corpus, CORPUS);
  writeColourPack(pack);
  for (const {
    name,
    rgb: [r, g, b],
  } of COLOURS)
    await sharp({ create: { width: 90, height: 90, channels: 3, background: { r, g, b } } }).toFile(
      join(photos, `${name}.png`),
    );
  const { code, stderr } = await semblance(home, [
    "words",
    "train",
    corpus,
    "--out",
    out,
    "--dimensions",
    "16",
    "--threads",
    "2",
    "--phrases",
    "1",
    "--subsample",
    "0",
    "--rate",
    "0.05",
    "--json",
  ]);
  expect(stderr).toBe("");
  expect(code).toBe(0);
}, 60_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("semblance words train", () => {
  test("writes a vocabulary that groups words by topic", async () => {
    const vocabulary = readVocabulary(out);
    expect(vocabulary.dimensions).toBe(16);
    const { code, stdout } = await semblance(home, ["words", "near", out, "ocean", "--limit", "4", "--json"]);
    expect(code).toBe(0);
    const [{ near }] = jsonLines<{ near: { word: string; cosine: number }[] }>(stdout);
    expect(near).toHaveLength(4);
    expect(
      near.every(({ word }) => TOPICS[1].includes(word) || word === "tree frog"),
      JSON.stringify(near),
    ).toBe(true);
  });

  test("is reproducible with one thread and one seed, and reports what it did", async () => {
    const files = ["one.bin", "two.bin"].map((name) => join(root, name));
    for (const file of files) {
      const { stdout } = await semblance(home, [
        "words",
        "train",
        corpus,
        "--out",
        file,
        "--dimensions",
        "8",
        "--threads",
        "1",
        "--epochs",
        "1",
        "--hierarchical-softmax",
        "--json",
      ]);
      expect(jsonLines(stdout)[0]).toMatchObject({
        words: 13,
        dimensions: 8,
        settings: { negative: 0, epochs: 1, threads: 1 },
      });
    }
    expect(readFileSync(files[0]).equals(readFileSync(files[1]))).toBe(true);
  });

  const refused: [string, () => string[], string][] = [
    [
      "an empty file",
      () => {
        writeFileSync(join(root, "empty.txt"), "");
        return [join(root, "empty.txt")];
      },
      "No words found in",
    ],
    [
      "a single word",
      () => {
        writeFileSync(join(root, "one.txt"), "dog");
        return [join(root, "one.txt")];
      },
      "Of 1 distinct word 0 occur at least 5 times",
    ],
    ["binary garbage", () => [process.execPath], "is not UTF-8 text"],
    ["a missing file", () => [join(root, "none.txt")], "There is no file"],
    ["words that are all too rare", () => [corpus, "--min-count", "100000"], "0 occur at least 100000 times"],
    ["0 dimensions", () => [corpus, "--dimensions", "0"], "dimensions is 0"],
    ["a setting that is not a number", () => [corpus, "--window", "five"], "It must be a number."],
  ];
  test.each(refused)("refuses %s and writes nothing", async (_, args, message) => {
    const file = join(root, "refused.bin");
    const { code, stderr } = await semblance(home, ["words", "train", ...args(), "--out", file]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(readdirSync(root).filter((name) => name.startsWith("refused"))).toEqual([]);
  });

  test("refuses to overwrite an input file", async () => {
    const { code, stderr } = await semblance(home, ["words", "train", corpus, "--out", corpus]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("is one of the input files")]);
    expect(readFileSync(corpus, "utf8")).toBe(CORPUS);
  });
});

test("semblance words import reads GloVe text, and refuses NaN", async () => {
  const [from, to] = [join(root, "glove.txt"), join(root, "glove.bin")];
  writeFileSync(from, "dog 1 2\ncat 2 1\n");
  expect((await semblance(home, ["words", "import", from, "--out", to])).stdout).toContain(
    "2 words with 2 dimensions (GloVe text)",
  );
  expect(readVocabulary(to).rank("cat")).toBe(1);
  writeFileSync(from, "dog 1 2\ncat 2 nan\n");
  const { code, stderr } = await semblance(home, ["words", "import", from, "--out", join(root, "nan.bin")]);
  expect([code, stderr]).toEqual([2, expect.stringContaining("line 2: “nan” is not a finite number")]);
  expect(existsSync(join(root, "nan.bin"))).toBe(false);
});

describe("a library with its own vocabulary", () => {
  interface Tagged {
    path: string;
    labels: { label: string }[];
  }
  const best = (stdout: string) =>
    Object.fromEntries(jsonLines<Tagged>(stdout).map(({ path, labels }) => [path, labels[0]?.label]));
  const right = Object.fromEntries(COLOURS.map(({ name }) => [`${name}.png`, name]));

  test("keeps it, can return to the bundled one, and is not changed by an invalid file", async () => {
    const tag = (...args: string[]) =>
      semblance(home, ["tag", photos, "--pack", pack, "--labels", "pack-classes", ...args]);
    const trained = await tag("--words", out);
    expect(trained.stderr).toBe("");
    expect(best(trained.stdout)).toEqual(right);
    const models = async () =>
      jsonLines<unknown[]>((await semblance(home, ["models", photos, "--json"])).stdout).flat();
    expect(await models()).toHaveLength(1);

    const broken = await tag("--words", corpus);
    expect([broken.code, broken.stderr]).toEqual([2, expect.stringContaining("Can’t use the vocabulary")]);
    expect((await tag("--words", join(root, "none.bin"))).stderr).toContain("There is no vocabulary");
    expect(best((await tag()).stdout)).toEqual(right);
    expect(await models()).toHaveLength(1); // still labelled with the trained words

    expect(best((await tag("--words", "bundled")).stdout)).toEqual(right);
    expect(await models()).toHaveLength(2);
  }, 120_000);
});
