import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { sceneProbabilities } from "../../src-main/devise/scenes";
import { withSection } from "../../src-main/lab/extend-pack";
import { readPack } from "../../src-main/vision/pack";
import { jsonLines, semblance } from "../fixtures/command-line";
import { temporaryFolder } from "../fixtures/photo-folder";
import { FEATURES, writeColourPack } from "../fixtures/small-onnx";

interface Trained {
  labels: {
    name: string;
    photos: number;
    averagePrecision: number;
    level: { from: number; shown: number; right: number } | null;
  }[];
  failed: unknown[];
}

/** Colours of the stripes of a photo; each may be missing. */
const PARTS = { grass: [40, 170, 50], sea: [40, 60, 220], river: [30, 90, 200] };
const N = 40;

/** Writes photos of coloured stripes, and a CSV of the amount of each colour. */
async function striped(folder: string): Promise<string> {
  const lines = ["photo,grass,sea,river,noise"];
  for (let i = 0; i < N; i++) {
    const shares = [i % 3 === 0 ? 0.6 : 0, i % 4 === 1 ? 0.3 : 0, i % 4 === 2 ? 0.35 : 0];
    let top = 0;
    const stripes = Object.values(PARTS).map((rgb, p) => {
      const height = Math.round(100 * shares[p]);
      const stripe = `<rect y="${top}" width="100" height="${height}" fill="rgb(${rgb.map((v) => v + (i % 7) * 3).join()})"/>`;
      top += height;
      return stripe;
    });
    const grey = 100 + ((i * 37) % 60);
    const svg = `<svg width="100" height="100" xmlns="http://www.w3.org/2000/svg"><rect width="100" height="100" fill="rgb(${grey},${grey},${grey})"/>${stripes.join("")}</svg>`;
    await sharp(Buffer.from(svg))
      .png()
      .toFile(join(folder, `${i}.png`));
    lines.push(`${i}.png,${shares.join()},${Number((i * 29) % 8 === 0 || i === 11)}`);
  }
  const csv = join(folder, "amounts.csv");
  writeFileSync(csv, `${lines.join("\n")}\n`);
  return csv;
}

describe("semblance visual train --multi-label", () => {
  const written = (name: string, text: string) => {
    const file = join(temporaryFolder(), name);
    writeFileSync(file, text);
    return file;
  };

  test("writes a copy of a pack with scenes that recognise such photos, leaving out unreliable ones", async () => {
    const [home, csv] = [temporaryFolder(), await striped(temporaryFolder())];
    const pack = writeColourPack(temporaryFolder());
    const out = join(temporaryFolder(), "mine");
    const mapping = written(
      "mapping.json",
      JSON.stringify([
        { name: "grass", wnid: "n12102133" },
        { name: "water", columns: ["sea", "river"] },
        { name: "noise" },
      ]),
    );
    const { code, stdout, stderr } = await semblance(home, [
      "visual",
      "train",
      csv,
      "--mapping",
      mapping,
      "--pack",
      pack,
      "--out",
      out,
      "--json",
    ]);
    expect([code, stderr]).toEqual([0, expect.anything()]);
    const [{ labels }] = jsonLines<Trained>(stdout);
    expect(labels.map(({ name, photos }) => [name, photos])).toEqual([
      ["grass", 14],
      ["water", 20],
      ["noise", 6],
    ]);
    expect(labels[0].averagePrecision).toBeGreaterThan(0.95);
    expect(labels[2].level).toBeNull();

    const scenes = readPack(out).scenes!;
    expect(scenes.classes.map(({ name, wnid }) => [name, wnid])).toEqual([
      ["grass", "n12102133"],
      ["water", null],
    ]);
    expect(readdirSync(out).sort()).toEqual([
      "README.md",
      "classes.json",
      "pack.json",
      "scenes.f32",
      "scenes.json",
      "visual.onnx",
    ]);
    expect(readFileSync(join(out, "visual.onnx")).equals(readFileSync(join(pack, "visual.onnx")))).toBe(true);
    const card = readFileSync(join(out, "README.md"), "utf8");
    expect(card).toContain("| grass (n12102133) | 14 | 1.00 |");
    expect(card).toContain("Left out, because they can't be predicted reliably: noise (6 photos");
    // Features of a green photo: the network's six features are how far each channel is above and below the middle.
    const [green, grey] = [
      [0, 0.33, 0, 0.34, 0, 0.3],
      [0.1, 0.1, 0.1, 0, 0, 0],
    ].map((each) => Float32Array.from(each));
    expect(sceneProbabilities(green, scenes)[0]).toBeGreaterThan(0.8);
    expect(sceneProbabilities(grey, scenes)[0]).toBeLessThan(0.2);
  });

  test("accepts features instead of photos, and replaces a pack's scenes in place", async () => {
    const [home, csv] = [temporaryFolder(), await striped(temporaryFolder())];
    const pack = writeColourPack(temporaryFolder());
    const rows = readFileSync(csv, "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((each) => each.split(",").slice(1, 5).map(Number));
    const features = Float16Array.from(
      rows.flatMap(([grass, sea, river], i) => [
        0.1 + (i % 5) / 50,
        grass,
        sea + river,
        0.3 - grass / 2,
        0.2,
        0.1 + sea,
      ]),
    );
    const file = join(temporaryFolder(), "features.f16");
    writeFileSync(file, new Uint8Array(features.buffer));
    const train = (table: string, ...more: string[]) =>
      semblance(home, ["visual", "train", table, "--features", file, "--pack", pack, "--out", pack, ...more]);
    const mapping = written("mapping.json", JSON.stringify([{ name: "grass" }, { name: "sea" }]));
    expect((await train(csv, "--mapping", mapping)).code).toBe(0);
    const first = readPack(pack).scenes!;
    expect(first.classes.map(({ name }) => name)).toEqual(["grass", "sea"]);
    const again = await train(
      csv,
      "--mapping",
      written("mapping.json", JSON.stringify([{ name: "grass" }])),
      "--present",
      "0.7",
    );
    expect(again.stderr).toContain(
      "1 of 1 labels have fewer than 3 photos with the label, or fewer without it: grass (0 of 40)",
    );
    expect(readPack(pack).scenes).toEqual(first);
    expect(readFileSync(join(pack, "README.md"), "utf8").match(/^## Scenes$/gm)).toHaveLength(1);
  });

  test("refuses unusable training data with the numbers, and writes nothing", async () => {
    const [home, csv] = [temporaryFolder(), await striped(temporaryFolder())];
    const line = (i: number, text: string) =>
      readFileSync(csv, "utf8")
        .split("\n")
        .map((each, at) => (at === i ? text : each))
        .join("\n");
    const pack = writeColourPack(temporaryFolder());
    const out = join(temporaryFolder(), "mine");
    const short = join(temporaryFolder(), "short.f16");
    writeFileSync(short, new Uint8Array(100));
    const refused = async (message: string, tables: string[], ...more: string[]) => {
      const { code, stderr } = await semblance(home, [
        "visual",
        "train",
        ...tables,
        "--multi-label",
        "--pack",
        pack,
        "--out",
        out,
        ...more,
      ]);
      expect(stderr).toContain(message);
      expect(code).toBe(2);
      expect(existsSync(out)).toBe(false);
    };
    await refused("line 3 (1.png): “sea” is “-3”, but must be a number from 0 to 1", [
      written("a.csv", line(2, "1.png,0,-3,0,0")),
    ]);
    await refused(
      `100 bytes, but should have ${2 * N * FEATURES} (${N} photos × ${FEATURES} features × 2 bytes)`,
      [csv],
      "--features",
      short,
    );
    await refused("Tables with different columns need a mapping", [csv, written("b.csv", "photo,grass\na.png,1\n")]);
    await refused("2 feature files for 1 CSVs", [csv], "--features", short, short);
  });
});

test("adds a section to a model card, or replaces it up to the next heading of its level", () => {
  expect(withSection("# A\n\ntext\n", "## Scenes\n\nnew\n")).toBe("# A\n\ntext\n\n## Scenes\n\nnew\n");
  expect(withSection("# A\n\n## Scenes\n\nold\n\n### more\n\n## Licence\n\nMIT\n", "## Scenes\n\nnew\n")).toBe(
    "# A\n\n## Scenes\n\nnew\n\n## Licence\n\nMIT\n",
  );
  expect(withSection("## Scenes\nold\n", "## Scenes\n\nnew")).toBe("## Scenes\n\nnew\n");
});
