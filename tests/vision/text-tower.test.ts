import { expect, onTestFinished, test } from "vitest";
import { openNetworks } from "../../src-main/vision/networks";
import { classifierOutput, readPack } from "../../src-main/vision/pack";
import { loadTextTower } from "../../src-main/vision/text-tower";
import { loadVisualModel } from "../../src-main/vision/visual-model";
import { temporaryFolder } from "../fixtures/photo-folder";
import { FEATURES, SIDE } from "../fixtures/small-onnx";
import { textNetwork, TOKENIZER, VOCABULARY, writeTextPack } from "../fixtures/text-pack";

const packWith = (change?: Parameters<typeof writeTextPack>[1]) => readPack(writeTextPack(temporaryFolder(), change));
const sum = (row: Float32Array) => row.reduce((total, x) => total + x * x, 0);

test("a pack with a text tower has no classes, and embeds photos and sentences at unit length in one space", async () => {
  const pack = packWith();
  expect(pack).toMatchObject({
    classes: [],
    visual: { logits: null },
    text: { kind: "siglip", scale: 30, lowercase: false },
  });
  expect(() => classifierOutput(pack)).toThrow(/has a text tower instead of classes/);
  const visual = await loadVisualModel(pack, { provider: "cpu", threads: 1 });
  onTestFinished(() => visual.dispose());
  const red = Buffer.from(Array.from({ length: SIDE * SIDE }, () => [255, 0, 0]).flat());
  const { features, logits } = await visual.embed([red]);
  expect(logits).toHaveLength(0);
  expect(sum(features)).toBeCloseTo(1, 5);
  const networks = openNetworks(pack);
  onTestFinished(() => networks.close());
  const sentences = ["Red", "green", ...Array.from({ length: 60 }, (_, i) => (i % 2 ? "blue" : "a red thing"))];
  const embedded = await networks.text().embed(sentences);
  expect(embedded).toHaveLength(sentences.length * FEATURES);
  const cosine = (s: number) => features.reduce((total, x, d) => total + x * embedded[s * FEATURES + d], 0);
  expect(cosine(0)).toBeCloseTo(1, 2);
  expect(cosine(1)).toBeLessThan(0.5);
  expect(cosine(60)).toBeGreaterThan(cosine(61) + 0.4);
  expect(await networks.text().embed([])).toHaveLength(0);
});

test("features belong to the text tower as well: another tokenizer is another pack", () => {
  const ids = [
    packWith(),
    packWith({ text: { scale: 31 } }),
    packWith({ tokenizer: JSON.stringify(TOKENIZER, null, 1) }),
    packWith({ network: textNetwork(new Float32Array(VOCABULARY * FEATURES)) }),
  ].map(({ visualId }) => visualId);
  expect(new Set(ids).size).toBe(4);
});

// guarantee: hostile-pack
test.each<[string, RegExp, Parameters<typeof writeTextPack>[1]]>([
  [
    "has a classifier as well",
    /no classes of its own; leave out classes\.$/,
    { described: { classes: "classes.json" } },
  ],
  ["has neither", /pack\.json lacks visual\.logits and classes/, { described: { text: undefined } }],
  ["is of format 1", /pack\.json lacks visual\.logits and classes/, { described: { format: 1 } }],
  ["lacks its tokenizer", /tokenizer\.json is missing\.$/, { tokenizer: null }],
  [
    "has a tokenizer elsewhere",
    /"\.\.\/tokenizer\.json" points outside the pack/,
    { text: { tokenizer: "../tokenizer.json" } },
  ],
  ["takes a giant number of tokens", /expected number to be <=1024/, { text: { maxTokens: 1e9 } }],
  ["has no scale", /scale/, { text: { scale: 0 } }],
  ["has a prompt without a place for the name", /must include "\{\}"/, { text: { prompts: ["a photo"] } }],
  ["has a network that is none", /can’t use text\.onnx/, { network: Uint8Array.of(1, 2, 3) }],
  ["states another SHA-256", /text\.onnx has SHA-256/, { described: { sha256: { "text.onnx": "0".repeat(64) } } }],
])("a text pack that %s is refused when it is read", (_, message, change) => {
  expect(() => packWith(change)).toThrow(message);
  expect(() => packWith(change)).toThrow(expect.objectContaining({ code: "bad-pack" }));
});

// guarantee: hostile-pack
test.each<[string, RegExp, Parameters<typeof writeTextPack>[1]]>([
  [
    "has other dimensions than the photos",
    /shape \[1, 4\] for 1 sentences; \[1, 6\] is needed/,
    { network: textNetwork(new Float32Array(4 * VOCABULARY).fill(1), 4) },
  ],
  [
    "gives numbers that are not finite",
    /number 0 of 6 in the text tower’s output embedding is Infinity/,
    { network: textNetwork(new Float32Array(FEATURES * VOCABULARY).fill(3e38)) },
  ],
  [
    "gives token ids beyond its vocabulary",
    /can’t run text\.onnx: .*indices element out of data bounds/,
    { network: textNetwork(new Float32Array(FEATURES).fill(1)) },
  ],
  ["pads beyond its vocabulary", /can’t run text\.onnx/, { text: { pad: { id: 9_999_999 } } }],
  ["names another input", /text\.onnx has no input tokens, only ids/, { text: { inputs: { ids: "tokens" } } }],
  ["names another output", /text\.onnx has no output pooled, only embedding/, { text: { output: "pooled" } }],
  ["takes ids of another type", /can’t run text\.onnx/, { text: { inputs: { ids: "ids", type: "int32" } } }],
  ["has a tokenizer that is none", /can’t use tokenizer\.json/, { tokenizer: "[]" }],
])("a text tower that %s is refused with a sentence", async (_, message, change) => {
  const act = async () => (await loadTextTower(packWith(change), 1)).embed(["a red thing"]);
  await expect(act()).rejects.toMatchObject({ code: "bad-pack", message: expect.stringMatching(message) as string });
});

// guarantee: hostile-pack
test("a tokenizer that takes forever is ended", async () => {
  const tokenizer = {
    ...TOKENIZER,
    pre_tokenizer: { type: "Split", pattern: { Regex: "(a+)+b" }, behavior: "Isolated", invert: false },
  };
  const networks = openNetworks(packWith({ tokenizer: JSON.stringify(tokenizer) }), { maxTextMs: 1000 });
  onTestFinished(() => networks.close());
  await expect(networks.text().embed(["a".repeat(200)])).rejects.toMatchObject({
    code: "bad-pack",
    message: expect.stringMatching(/its text tower took more than 1 seconds for 1 sentence\.$/) as string,
  });
});

test("a pack may name a mask beside the ids", () => {
  const { text } = packWith({ text: { inputs: { ids: "ids", mask: "mask", type: "int32" } } });
  expect(text!.inputs).toEqual({ ids: "ids", mask: "mask", type: "int32" });
});
