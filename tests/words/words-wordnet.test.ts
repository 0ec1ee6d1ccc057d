import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { classLabeller, visibleSense } from "../../src-main/words/class-labels";
import { mapWnids, readWnidTable } from "../../src-main/words/wnid";
import { readWordNet } from "../../src-main/words/wordnet";
import { writeWordNet } from "../../src-main/words/wordnet-format";
import { imagenetRows } from "../fixtures/imagenet-rows";

const DOG = "wn:02086723";
const GOLDFISH = "wn:01446178";
const FISH = "wn:02514684";
const wordnet = readWordNet("resources/words/wordnet.bin");
const folder = mkdtempSync(join(tmpdir(), "wordnet-"));

describe("WordNet's nouns", () => {
  test("are the 82,192 of release 3.1", () => {
    expect(wordnet.size).toBe(82_192);
  });

  test('have a dog under all its names, and all meanings of "dog", the most frequent first', () => {
    expect(wordnet.lemmas(DOG)).toEqual(["dog", "domestic dog", "Canis familiaris"]);
    expect(wordnet.senses("dog")[0]).toBe(DOG);
    expect(wordnet.senses("Domestic_Dogs")).toEqual([DOG]);
    expect(wordnet.senses("dog")).toHaveLength(7);
    expect(wordnet.senses("flurble")).toEqual([]);
  });

  test("find names despite hyphens, spaces and plurals of the head noun", () => {
    expect(wordnet.senses("T shirt")).toEqual(wordnet.senses("T-shirt"));
    expect(wordnet.senses("birds of prey")).toEqual(wordnet.senses("bird of prey"));
    expect(wordnet.senses("birds of prey").length).toBeGreaterThan(0);
  });

  test("keep apart spellings that differ only in case, in one order of frequency", () => {
    expect(wordnet.sensesWithCounts("china").map(({ name, count }) => [name, count])).toEqual([
      ["China", 5],
      ["china", 4],
      ["China", 0],
      ["china", 0],
    ]);
  });

  test("form a hierarchy of kinds", () => {
    expect(wordnet.lemmas(FISH)).toEqual(["fish"]);
    expect(wordnet.isA(GOLDFISH, FISH)).toBe(true);
    expect(wordnet.isA(FISH, GOLDFISH)).toBe(false);
    expect(wordnet.isA(DOG, FISH)).toBe(false);
    expect(wordnet.isA(DOG, DOG)).toBe(true);
    expect(wordnet.parents(DOG).map(wordnet.name)).toEqual(["canine", "domestic animal"]);
    expect(wordnet.children(wordnet.parents(DOG)[0])).toContain(DOG);
  });

  test("give the minimum distance to each ancestor, nearest first", () => {
    const ancestors = wordnet.ancestors(DOG);
    const steps = (name: string) => ancestors.get([...ancestors.keys()].find((id) => wordnet.name(id) === name)!);
    expect([steps("canine"), steps("carnivore"), steps("mammal"), steps("entity")]).toEqual([1, 2, 4, 8]);
    expect([...ancestors.values()]).toEqual([...ancestors.values()].sort((a, b) => a - b));
    expect([...wordnet.ancestors(DOG, 1).keys()]).toEqual(wordnet.parents(DOG));
  });

  test("all descend from entity", () => {
    expect(wordnet.descendants("wn:00001740")).toHaveLength(82_191);
  });

  test("distinguish instances from kinds", () => {
    expect(wordnet.synset(wordnet.senses("Paris")[0])?.instance).toBe(true);
    expect(wordnet.synset(DOG)).toEqual({ id: DOG, file: 5, instance: false });
  });

  test("have nothing for own labels and invalid ids", () => {
    for (const id of ["own:Rex", "wn:00000001", "wn:2086723"] as const) {
      expect(wordnet.has(id)).toBe(false);
      expect(wordnet.synset(id)).toBe(null);
      expect(wordnet.lemmas(id)).toEqual([]);
      expect(wordnet.ancestors(id).size).toBe(0);
    }
    expect(wordnet.name("own:Rex: the dog")).toBe("Rex: the dog");
  });

  test("list the names that begin with a text, up to the limit", () => {
    expect(wordnet.namesFrom("golden re", 10)).toEqual(["golden retriever"]);
    expect(wordnet.namesFrom("a", 3)).toHaveLength(3);
    expect(wordnet.namesFrom("zzzzz", 3)).toEqual([]);
  });
});

describe("the WordNet file", () => {
  const tiny = () =>
    Buffer.from(
      writeWordNet([
        { offset: 10, file: 3, lemmas: [{ name: "thing", number: 1, count: 9 }], parents: [] },
        {
          offset: 20,
          file: 6,
          lemmas: [
            { name: "Thing", number: 2, count: 0 },
            { name: "cup", number: 1, count: 3 },
          ],
          parents: [{ offset: 10, instance: true }],
        },
      ]),
    );

  test("gives back what was written", () => {
    const path = join(folder, "tiny.bin");
    writeFileSync(path, tiny());
    const read = readWordNet(path);
    expect(read.ids()).toEqual(["wn:00000010", "wn:00000020"]);
    expect(read.senses("THING")).toEqual(["wn:00000010", "wn:00000020"]);
    expect(read.lemmas("wn:00000020")).toEqual(["Thing", "cup"]);
    expect(read.synset("wn:00000020")).toEqual({ id: "wn:00000020", file: 6, instance: true });
    expect(read.parents("wn:00000020")).toEqual(["wn:00000010"]);
  });

  test("refuses to be written with a missing parent", () => {
    expect(() =>
      writeWordNet([{ offset: 10, file: 3, lemmas: [], parents: [{ offset: 5, instance: false }] }]),
    ).toThrow("synset 10 has a parent 5 that does not exist");
  });

  const spoilt: [string, (file: Buffer) => Buffer, string][] = [
    ["empty", () => Buffer.alloc(0), "0 bytes are too few for a header of 32"],
    ["of another kind", (file) => Buffer.concat([Buffer.from("SEMV"), file.subarray(4)]), 'begins with "SEMV"'],
    [
      "of another version",
      (file) => (file.writeUInt32LE(2, 4), file),
      "it has version 2, but this program reads version 1",
    ],
    ["truncated", (file) => file.subarray(0, -1), "2 synsets with 3 senses take"],
    ["altered in one bit", (file) => ((file[40] ^= 1), file), "checksum"],
  ];
  test.each(spoilt)("is refused when %s", (_, spoil, message) => {
    const path = join(folder, "spoilt.bin");
    writeFileSync(path, spoil(tiny()));
    expect(() => readWordNet(path)).toThrow(
      expect.objectContaining({ code: "bad-wordnet", message: expect.stringContaining(message) }),
    );
  });
});

describe("classes of model packs", () => {
  const table = "resources/words/imagenet-1k.json";
  const label = classLabeller(wordnet, { imagenet1k: table, classNames: "resources/words/class-names.json" });
  const kind = (name: string, wnid?: string) => wordnet.parents(label({ name, wnid }))[0];

  test("the 1,000 ImageNet classes are 1,000 labels in the order of their logits", () => {
    const rows = readWnidTable(table);
    expect(rows).toHaveLength(1000);
    expect(new Set(rows.map(([, id]) => id)).size).toBe(1000);
    expect(rows[1]).toEqual(["n01443537", GOLDFISH, "goldfish"]);
    expect(rows.every(([, id, name]) => wordnet.name(id) === name)).toBe(true);
  });

  test("two cranes are two labels", () => {
    expect(wordnet.name(kind("crane", "n02012849"))).toBe("wading bird");
    expect(wordnet.name(kind("crane", "n03126707"))).toBe("lifting device");
  });

  test.each([
    ["bass", "percoid fish"],
    ["watch", "timepiece"],
    ["tick", "acarine"],
    ["pepper", "solanaceous vegetable"],
    ["cup", "crockery"],
    ["seahorse", "pipefish"],
    ["dolphin", "toothed whale"],
    ["wildcat", "cat"],
    ["pineapple", "edible fruit"],
    ["carrots", "root vegetable"],
    ["satsumas", "mandarin"],
    ["octopus", "octopod"],
    ["t-shirt", "shirt"],
    ["beaver", "rodent"],
    ["lamp", "source of illumination"],
    ["pyramid", "memorial"],
    ["ginger", "flavorer"],
    ["truck", "motor vehicle"],
  ])("%s is a kind of %s", (name, parent) => {
    expect(wordnet.name(kind(name))).toBe(parent);
  });

  test("a class that no dictionary has becomes an own label", () => {
    expect(label({ name: "juice carton" })).toBe("own:juice carton");
  });

  test("names of ideas and persons have no visible sense", () => {
    expect(visibleSense("happiness", wordnet)).toBe(null);
    expect(visibleSense("Napoleon", wordnet)).not.toBe(wordnet.senses("Napoleon Bonaparte")[0]);
  });
});

describe("WordNet 3.0 ids", () => {
  test("map by their names and, where these are shared, by those of ancestors; the rest is reported", () => {
    const { mapping, unmapped } = mapWnids(
      [
        { wnid: "n02084071", lemmas: ["dog", "domestic dog", "Canis familiaris"], parents: ["n02083346"] },
        { wnid: "n02083346", lemmas: ["canine", "canid"], parents: [] },
        { wnid: "n02012849", lemmas: ["crane"], parents: ["n02000954"] },
        { wnid: "n02000954", lemmas: ["wading bird", "wader"], parents: [] },
        { wnid: "n99999999", lemmas: ["flurble"], parents: [] },
      ],
      wordnet,
    );
    expect(mapping.get("n02084071")).toBe(DOG);
    expect(wordnet.parents(mapping.get("n02012849")!).map(wordnet.name)).toEqual(["wading bird"]);
    expect(unmapped).toEqual(["n99999999"]);
  });

  test("of ImageNet's 1,000 classes map by names and hypernyms to the committed table, and nearly all do if names are missing", () => {
    const table = readWnidTable("resources/words/imagenet-1k.json");
    const whole = mapWnids(imagenetRows(table, wordnet, false).rows, wordnet);
    expect(table.filter(([wnid, label]) => whole.mapping.get(wnid) !== label)).toEqual([]);
    expect(whole.unmapped.length).toBeLessThan(20); // share names and hypernyms with another one

    const { rows, labelOf } = imagenetRows(table, wordnet, true);
    const { mapping } = mapWnids(rows, wordnet);
    expect(rows.length).toBeGreaterThan(2000);
    expect(rows.filter(({ wnid }) => mapping.get(wnid) === labelOf.get(wnid)).length / rows.length).toBeGreaterThan(
      0.98,
    );
  });

  const shared = "../shared/imagenet/synsets.tsv";
  test.skipIf(!existsSync(shared))(
    "of all ImageNet classes map to the committed table (skipped without ../shared)",
    () => {
      const rows = readFileSync(shared, "utf8")
        .split("\n")
        .slice(1)
        .filter(Boolean)
        .map((line) => {
          const [wnid, lemmas, parents] = line.split("\t");
          return { wnid, lemmas: lemmas.split(", ").filter(Boolean), parents: parents.split(",").filter(Boolean) };
        });
      const { mapping } = mapWnids(rows, wordnet);
      expect(mapping.get("n02084071")).toBe(DOG);
      for (const [wnid, id] of readWnidTable("resources/words/imagenet-1k.json")) expect(mapping.get(wnid)).toBe(id);
      expect(mapping.size).toBeGreaterThan(0.99 * rows.filter((row) => row.lemmas.length > 0).length);
    },
  );

  const pack = "tests/fixtures/packs/seed/classes.json";
  test("of the seed pack's 335 classes map, with their names, to 335 labels, eight of them own", () => {
    const classes: { name: string; wnid?: string }[] = JSON.parse(readFileSync(pack, "utf8"));
    const labels = classes.map(
      classLabeller(wordnet, {
        imagenet1k: "resources/words/imagenet-1k.json",
        classNames: "resources/words/class-names.json",
      }),
    );
    expect(new Set(labels).size).toBe(335);
    expect(labels.filter((id) => id.startsWith("own:")).sort()).toEqual([
      "own:buddha",
      "own:ceiling fan",
      "own:hoodie",
      "own:juice carton",
      "own:milk carton",
      "own:stop sign",
      "own:yin yang",
      "own:yoghurt pot",
    ]);
  });
});
