import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { PackText } from "../../src-main/vision/pack-text";
import { readTokenizer } from "../../src-main/vision/tokenizer";
import { temporaryFolder } from "../fixtures/photo-folder";
import { TOKENIZER } from "../fixtures/text-pack";

const FOLDER = fileURLToPath(new URL("../fixtures/tokenizers", import.meta.url));
const PYTHON = process.env.SEMBLANCE_PYTHON ?? "python3";
const withoutPython =
  spawnSync(PYTHON, ["-c", "import tokenizers"]).status === 0
    ? null
    : `${PYTHON} has no tokenizers; set SEMBLANCE_PYTHON to a Python that has`;

const text = (tokenizer: string, change: Partial<PackText> = {}): PackText => ({
  kind: "siglip",
  file: "",
  tokenizer,
  inputs: { ids: "ids", mask: null, type: "int64" },
  output: "",
  maxTokens: 1024,
  pad: { id: 0, to: "longest" },
  lowercase: false,
  scale: 1,
  bias: 0,
  prompts: [],
  ...change,
});
const read = (tokenizer: string, change?: Partial<PackText>) =>
  readTokenizer({ folder: "/packs/p" }, text(tokenizer, change));

/** Ids of one sentence, without padding. */
const idsOf = (tokenise: ReturnType<typeof read>, sentence: string): number[] => {
  const { ids, mask } = tokenise([sentence]);
  return [...ids].filter((_, i) => mask[i] === 1);
};

interface Expected {
  tokenizer: string;
  sentences: { text: string; ids: number[] }[];
}
const EXPECTED = JSON.parse(readFileSync(join(FOLDER, "expected.json"), "utf8")) as Expected[];

describe.each(EXPECTED)("$tokenizer", ({ tokenizer, sentences }) => {
  test("gives the ids of Hugging Face's tokenizers", () => {
    const tokenise = read(join(FOLDER, tokenizer));
    for (const each of sentences) expect(idsOf(tokenise, each.text), JSON.stringify(each.text)).toEqual(each.ids);
  });
});

test.skipIf(withoutPython)(
  `tokenizers and Python agree on other sentences too${withoutPython ? `: ${withoutPython}` : ""}`,
  () => {
    const sentences = [
      "two dogs & a cat, 1/2 price",
      "l’été à Zürich",
      "한국어 ไทย",
      "\ud83d\udc69\u200d\ud83d\ude80 at 5:30",
      'A_B-c\\d "e"',
    ];
    const theirs = JSON.parse(
      execFileSync(PYTHON, [join(FOLDER, "train.py"), "--encode", FOLDER], {
        input: JSON.stringify(sentences),
        encoding: "utf8",
      }),
    ) as Record<string, number[][]>;
    for (const [name, rows] of Object.entries(theirs)) {
      const tokenise = read(join(FOLDER, `${name}.json`));
      rows.forEach((ids, i) => expect(idsOf(tokenise, sentences[i]), `${name}: ${sentences[i]}`).toEqual(ids));
    }
  },
);

test("pads on the right, and cuts long sentences but for the last special token", () => {
  const clip = join(FOLDER, "clip.json");
  const [bos, eos] = [0, 1];
  const whole = idsOf(read(clip), "a red circle over a blue square");
  expect(whole.at(-1)).toBe(eos);
  const cut = read(clip, { maxTokens: 5, pad: { id: 7, to: "max" } })(["a red circle over a blue square", ""]);
  expect(cut.width).toBe(5);
  expect([...cut.ids]).toEqual([...whole.slice(0, 4), eos, bos, eos, 7, 7, 7]);
  expect([...cut.mask]).toEqual([1, 1, 1, 1, 1, 1, 1, 0, 0, 0]);
  const long = "red ".repeat(100_000);
  expect(read(clip, { maxTokens: 1024 })([long]).width).toBeLessThan(600); // cut to 2,000 characters
});

test("lower-cases sentences if the pack says so", () => {
  const gemma = join(FOLDER, "gemma.json");
  expect(idsOf(read(gemma, { lowercase: true }), "A DOG")).toEqual(idsOf(read(gemma), "a dog"));
  expect(idsOf(read(gemma), "A DOG")).not.toEqual(idsOf(read(gemma), "a dog"));
});

// guarantee: hostile-pack
test.each<[string, string]>([
  ["not JSON", "{"],
  ["a list", "[]"],
  ["empty", "{}"],
  ["without a model", JSON.stringify({ ...TOKENIZER, model: null })],
  ["of an unknown kind", JSON.stringify({ ...TOKENIZER, model: { type: "Oracle" } })],
  [
    "with a broken pattern",
    JSON.stringify({ ...TOKENIZER, pre_tokenizer: { type: "Split", pattern: { Regex: "(" }, behavior: "Isolated" } }),
  ],
  [
    "with ids that are no numbers",
    JSON.stringify({ ...TOKENIZER, model: { ...TOKENIZER.model, vocab: { "[UNK]": "x", red: -4 } } }),
  ],
  ["without a vocabulary", JSON.stringify({ ...TOKENIZER, model: { ...TOKENIZER.model, vocab: 5 } })],
])("a tokenizer that is %s is refused with the file's name", (_, json) => {
  const file = join(temporaryFolder(), "tokenizer.json");
  writeFileSync(file, json);
  const act = () => read(file)(["a red dog"]);
  expect(act).toThrow(/^Model pack \/packs\/p: can’t use tokenizer\.json: .+\.$/);
  expect(act).toThrow(expect.objectContaining({ code: "bad-pack" }));
});
