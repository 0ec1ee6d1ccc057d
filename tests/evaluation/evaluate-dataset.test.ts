import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readDataset } from "../../src-main/evaluation/dataset";
import { nameReader } from "../../src-main/evaluation/dataset-photos";
import { readFeatureSet } from "../../src-main/evaluation/feature-set";
import { groundTruth } from "../../src-main/evaluation/ground-truth";
import { readLexicon } from "../../src-main/labeller/lexicon";
import { mapWnids, readSynsets, readWnidTable, wnidByName } from "../../src-main/words/wnid";
import type { LabelId } from "../../src-shared/contract";

const SYNSETS = "../shared/imagenet/synsets.tsv";
const fresh = () => mkdtempSync(join(tmpdir(), "dataset-"));
function put(root: string, ...files: string[]): string {
  for (const file of files) {
    mkdirSync(join(root, file, ".."), { recursive: true });
    writeFileSync(join(root, file), "not read here");
  }
  return root;
}
function csv(root: string, text: string | Buffer): string {
  writeFileSync(join(root, "photos.csv"), text);
  return join(root, "photos.csv");
}

describe("a dataset", () => {
  test("is a folder of class folders, named by name, wnid or both", async () => {
    const root = put(
      fresh(),
      "golden_retriever/a.jpg",
      "golden_retriever/deep/b.png",
      "n02084071/c.jpg",
      "n01443537-gold fish/d.webp",
      "loose.jpg",
      "dog/e.heic",
      "dog/notes.txt",
    );
    const { files, skipped } = await readDataset(root);
    expect(files.map(({ path, name, wnid }) => [path.slice(root.length + 1), name, wnid])).toEqual([
      ["dog/e.heic", "dog", null],
      ["golden_retriever/a.jpg", "golden retriever", null],
      ["golden_retriever/deep/b.png", "golden retriever", null],
      ["n01443537-gold fish/d.webp", "gold fish", "n01443537"],
      ["n02084071/c.jpg", "n02084071", "n02084071"],
    ]);
    expect(skipped).toEqual([{ path: "loose.jpg", reason: "The file is not in a class folder." }]);
  });

  test("is a CSV with paths absolute or relative to it, and columns in any order", async () => {
    const root = put(fresh(), "a.jpg", 'b/ü, "b".jpg');
    const file = csv(
      root,
      `\uFEFFWnid,path,label\r\nn02084071,a.jpg,dog\r\n,"b/ü, ""b"".jpg",cat\r\n,${join(root, "a.jpg")},pet\r\nn0,a.jpg,dog\r\n,gone.jpg,cat\r\n,a.jpg,\r\n`,
    );
    const { files, skipped } = await readDataset(file);
    expect(files).toEqual([
      { path: join(root, "a.jpg"), name: "dog", wnid: "n02084071" },
      { path: join(root, 'b/ü, "b".jpg'), name: "cat", wnid: null },
      { path: join(root, "a.jpg"), name: "pet", wnid: null },
    ]);
    expect(skipped.map(({ reason }) => reason)).toEqual([
      "“n0” is not a wnid.",
      "The file is missing.",
      "The line has no label.",
    ]);
  });

  test.each<[string, (root: string) => string, RegExp]>([
    ["missing", (root) => join(root, "none"), /There is no dataset at .*none/],
    ["an empty folder", (root) => root, /has no photos with a label\. It is empty\./],
    [
      "photos in no class folder",
      (root) => put(root, "a.jpg", "b.jpg"),
      /no photos with a label\. 2 entries can’t be used\. The first is a.jpg: The file is not in a class folder\./,
    ],
    ["a CSV without labels", (root) => csv(root, "path,name\na.jpg,dog\n"), /has no column label/],
    [
      "a CSV whose photos are missing",
      (root) => csv(root, "path,label\na.jpg,dog\n"),
      /no photos with a label\. 1 entries can’t be used/,
    ],
    ["a CSV with a header only", (root) => csv(root, "path,label\n"), /has no photos/],
    ["a photo", (root) => csv(root, Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0x80])), /is not UTF-8 text/],
    ["an unclosed quote", (root) => csv(root, 'path,label\n"a.jpg,dog\n'), /is not CSV/],
  ])("refuses %s", async (_, make, message) => {
    await expect(readDataset(make(fresh()))).rejects.toThrow(message);
  });
});

describe("ground truth", () => {
  const lexicon = readLexicon();
  const names = nameReader(lexicon, null);
  const classes = [
    { name: "crane", wnid: "n03126707", label: "wn:03130969" as LabelId },
    { name: "my thing", wnid: null, label: "own:my thing" as LabelId },
  ];
  const file = (name: string, wnid: string | null = null) => ({ path: `/${name}`, name, wnid });
  const labelsOf = (...files: ReturnType<typeof file>[]) =>
    groundTruth({ source: "here", files, skipped: [] }, { ...names, classes });

  test("maps WordNet 3.0 ids, including both cranes", () => {
    const wnids: [string, string][] = [
      ["n02084071", "dog"],
      ["n01443537", "goldfish"],
      ["n02012849", "crane"],
    ];
    const { photos, unmapped } = labelsOf(...wnids.map(([wnid, name]) => file(name, wnid)));
    expect(photos.map(({ label }) => label)).toEqual([
      "wn:02086723",
      "wn:01446178",
      lexicon.labelSet("imagenet-1k", []).labels[134],
    ]);
    expect(lexicon.wordnet.parents(photos[2].label).map(lexicon.wordnet.name)).toContain("wading bird");
    expect(unmapped).toEqual([]);
    const machine = names.ofWnid("n03126707", "crane")!;
    expect(lexicon.wordnet.parents(machine).map(lexicon.wordnet.name)).toContain("lifting device");
  });

  test("prefers the pack's classes, by wnid or by an unambiguous name", () => {
    const { photos } = labelsOf(file("anything", "n03126707"), file("My_Thing"), file("crane"));
    expect(photos.map(({ label }) => label)).toEqual(["wn:03130969", "own:my thing", "wn:03130969"]);
  });

  test("counts unknown labels and leaves their photos out", () => {
    const { photos, unknown, unmapped } = labelsOf(
      file("flurblewock"),
      file("dog"),
      file("flurblewock"),
      file("zzqx", "n99999999"),
    );
    expect(photos).toEqual([{ path: "/dog", label: "wn:02086723" }]);
    expect(unknown).toEqual([
      { label: "flurblewock", photos: 2 },
      { label: "zzqx", photos: 1 },
    ]);
    expect(unmapped).toEqual(["n99999999"]);
    expect(() => labelsOf(file("flurblewock"), file("zzqx"))).toThrow(
      "None of the 2 labels of the dataset here is known: flurblewock (1), zzqx (1)",
    );
  });
});

test("maps 98% of wnids missing from the table by one name and offset", () => {
  const { wordnet } = readLexicon();
  const table = readWnidTable("resources/words/imagenet-1k.json");
  let right = 0;
  for (let fold = 0; fold < 10; fold++) {
    const byName = wnidByName(
      table.filter((_, i) => i % 10 !== fold),
      wordnet,
    );
    const left = table.filter((_, i) => i % 10 === fold);
    right += left.filter(([wnid, label]) => byName(wnid, wordnet.lemmas(label)[0]) === label).length;
  }
  expect(right / table.length).toBeGreaterThan(0.98);
});

test.skipIf(!existsSync(SYNSETS))(
  "maps 98% of wnids alike by one name and offset as by all names and ancestors (skipped without ../shared)",
  () => {
    const { wordnet } = readLexicon();
    const rows = readSynsets(SYNSETS);
    const { mapping } = mapWnids(rows, wordnet);
    const byName = wnidByName(readWnidTable("resources/words/imagenet-1k.json"), wordnet);
    const same = rows.filter(({ wnid, lemmas }) => mapping.has(wnid) && byName(wnid, lemmas[0]) === mapping.get(wnid));
    expect(mapping.size).toBeGreaterThan(21_700);
    expect(same.length / mapping.size).toBeGreaterThan(0.98);
  },
);

describe("a table of synsets", () => {
  test.each<[string, string | null, RegExp]>([
    ["missing", null, /There is no file/],
    ["with other columns", "a\tb\n", /has the columns a, b; it needs wnid, lemmas and parents/],
    ["with a line without a wnid", "wnid\tlemmas\tparents\nn00001740\t\t\nx\t\t\n", /line 3 begins with “x”/],
  ])("is refused %s", (_, text, message) => {
    const file = join(fresh(), "synsets.tsv");
    if (text !== null) writeFileSync(file, text);
    expect(() => readSynsets(file)).toThrow(message);
  });
});

describe("feature files", () => {
  const write = (features: Float16Array, classes: Uint16Array) => {
    const folder = fresh();
    writeFileSync(join(folder, "train.features.f16"), new Uint8Array(features.buffer));
    writeFileSync(join(folder, "train.classes.u16"), new Uint8Array(classes.buffer));
    return folder;
  };

  test("hold n × D half floats and n classes", () => {
    expect(readFeatureSet(write(Float16Array.of(1, -0.5, 2, 3), Uint16Array.of(7, 1)), "train", 2, 8)).toEqual({
      features: Float32Array.of(1, -0.5, 2, 3),
      classes: Int32Array.of(7, 1),
    });
  });

  test.each<[string, Float16Array, Uint16Array, RegExp]>([
    ["do not match", Float16Array.of(1, 2, 3), Uint16Array.of(0, 1), /3 numbers, expected 2 × 2 features/],
    ["are not finite", Float16Array.of(1, 2, NaN, 3), Uint16Array.of(0, 1), /feature 0 of photo 1 is NaN/],
    [
      "belong to another pack",
      Float16Array.of(1, 2, 4, 3),
      Uint16Array.of(0, 9),
      /photo 1 has class 9, but the pack has 8 classes/,
    ],
    ["are empty", new Float16Array(0), new Uint16Array(0), /0 numbers, expected 0 × 2 features/],
  ])("are refused when they %s", (_, features, classes, message) => {
    expect(() => readFeatureSet(write(features, classes), "train", 2, 8)).toThrow(message);
  });

  test("are refused by name when missing", () => {
    expect(() => readFeatureSet(fresh(), "validation", 2)).toThrow("validation.features.f16 is missing");
  });
});
