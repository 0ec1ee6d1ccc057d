import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { extendPack } from "../../src-main/lab/extend-pack";
import { writePack } from "../../src-main/lab/write-pack";
import { readPack } from "../../src-main/vision/pack";
import { stateOf } from "../fixtures/folder-state";
import { temporaryFolder } from "../fixtures/photo-folder";
import { COLOURS, FEATURES, writeColourPack } from "../fixtures/small-onnx";

const home = () => temporaryFolder();
const foreign = () => writeColourPack(join(temporaryFolder(), "colours"));
const ADDITION = { described: {}, files: { "extra.f32": new Uint8Array(4) }, card: "## Extra\n\ntext\n" };

/** Writes a pack with this title, derived from another program's. */
async function derived(out: string, title: string): Promise<string> {
  const base = readPack(foreign());
  const made = {
    name: "mine",
    title,
    licence: "none",
    source: "a test",
    sameFeatures: true,
    visual: readFileSync(base.visual.file),
    classes: COLOURS.map(({ name, wnid }) => ({ name, wnid })),
  };
  const prototypes = new Float32Array(COLOURS.length * FEATURES);
  await writePack(home(), base, out, made, () => Promise.resolve({ prototypes, card: "# mine\n" }));
  return out;
}

// guarantee: export-whole
test("a pack replaces an earlier one of Semblance's", async () => {
  const shelf = temporaryFolder();
  const out = await derived(join(shelf, "mine"), "first");
  await derived(out, "second");
  expect([readPack(out).title, readdirSync(shelf)]).toEqual(["second", ["mine"]]);
});

// guarantee: export-not-over-photos
test("no pack replaces one by somebody else, or one that holds anything else", async () => {
  const own = async (name: string) => {
    const out = await derived(join(temporaryFolder(), "mine"), "first");
    writeFileSync(join(out, name), "mine");
    return out;
  };
  for (const [out, message] of [
    [foreign(), "isn’t a model pack that Semblance wrote"],
    [await own("notes.txt"), "isn’t a model pack that Semblance wrote"],
    [await own("p1.jpg"), "it holds p1.jpg"],
  ] as const) {
    const before = stateOf(out);
    await expect(derived(out, "second")).rejects.toThrow(message);
    await expect(extendPack(home(), readPack(foreign()), out, ADDITION)).rejects.toThrow(message);
    expect(stateOf(out)).toEqual(before);
  }
});

test("a pack by somebody else may be extended in place, keeps its files, and stays theirs", async () => {
  const out = foreign();
  const files = readdirSync(out);
  const network = readFileSync(readPack(out).visual.file);
  await extendPack(home(), readPack(out), out, ADDITION);
  expect(readdirSync(out).sort()).toEqual([...new Set([...files, "README.md", "extra.f32"])].sort());
  expect(readFileSync(readPack(out).visual.file)).toEqual(network);
  await expect(derived(out, "second")).rejects.toThrow("isn’t a model pack that Semblance wrote");
});
