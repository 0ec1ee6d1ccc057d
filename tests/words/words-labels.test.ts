import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { classLabeller, readWnidLabels } from "../../src-main/words/class-labels";
import { labelNames } from "../../src-main/words/label-names";
import { BUILT_IN_SETS, labelSet } from "../../src-main/words/label-sets";
import { createLabels } from "../../src-main/words/labels";
import { isPredictable } from "../../src-main/words/prediction-rules";
import { readVocabulary } from "../../src-main/words/vocabulary";
import { readWordNet } from "../../src-main/words/wordnet";
import type { LabelId } from "../../src-shared/contract";

const everyday = "resources/words/everyday.json";
const wordnet = readWordNet("resources/words/wordnet.bin");
const vocabulary = readVocabulary("resources/words/vocabulary.bin");
const tables = {
  everyday,
  imagenet1k: "resources/words/imagenet-1k.json",
  classNames: "resources/words/class-names.json",
  shownNames: "resources/words/shown-names.json",
};
const names = labelNames(wordnet, tables);
const labels = createLabels(wordnet, vocabulary, names);
const sources = { wordnet, vocabulary, labels, everyday, imagenet1k: tables.imagenet1k };
const classLabel = classLabeller(wordnet, tables, names.meant);
/** The labels of the 1,000 ImageNet classes. */
const imagenet = [...readWnidLabels(tables).values()];
const [BIRD, MACHINE]: LabelId[] = ["wn:02015503", "wn:03131358"];
const DOG: LabelId = "wn:02086723";
const folder = mkdtempSync(join(tmpdir(), "labels-"));

const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, d) => sum + x * b[d], 0);

describe("labels", () => {
  test("that share a name are displayed with their parents, others without", () => {
    expect(labels.together([BIRD, DOG, MACHINE])).toEqual([
      { id: BIRD, name: "crane", parent: "wading bird" },
      { id: DOG, name: "dog", parent: null },
      { id: MACHINE, name: "crane", parent: "lifting device" },
    ]);
  });

  test("have the names that people use, not always WordNet's first", () => {
    expect(labels.name("wn:01794799")).toBe("rooster");
    expect(labels.name("wn:03600807")).toBe("T-shirt");
    expect(labels.name("own:Rex")).toBe("Rex");
  });

  test.each([
    ["n02814533", "beach wagon", "station wagon"],
    ["n01514668", "cock", "rooster"],
    ["n02992529", "cellular telephone", "cell phone"],
    ["n04404412", "television", "TV"],
    ["n03594734", "jean", "jeans"],
    ["n02123045", "tabby", "tabby cat"],
    ["n04285008", "sports car", "sports car"],
    ["n03028079", "church", "church"],
    ["n02747177", "ashcan", "trash can"],
    ["n03179701", "desk", "desk"],
    ["n02840245", "binder", "ring binder"],
    ["n04493381", "tub", "tub"],
    ["n02108089", "boxer", "boxer"],
    ["n07930864", "cup", "cup"],
    ["n02692877", "airship", "airship"],
    ["n03445777", "golf ball", "golf ball"],
    ["n02096585", "Boston bull", "Boston terrier"],
    ["n04355933", "sunglass", "sunglasses"],
  ])("class %s, %s, is displayed as %s", (wnid, name, shown) => {
    expect(labels.name(classLabel({ name, wnid }))).toBe(shown);
  });

  test("of the everyday set and ImageNet have one name each, except for cranes and kites, and none is offensive", () => {
    const shown = new Map<string, LabelId[]>();
    for (const id of labelSet("everyday", imagenet, sources).labels) {
      const name = labels.name(id).toLowerCase();
      expect(isPredictable(id, name, wordnet), name).toBe(true);
      shown.set(name, [...(shown.get(name) ?? []), id]);
    }
    expect(
      [...shown]
        .filter(([, ids]) => ids.length > 1)
        .map(([name]) => name)
        .sort(),
    ).toEqual(["crane", "kite"]);
  });

  test("are found by their display names", () => {
    for (const id of labelSet("everyday", imagenet, sources).labels) {
      const found = labels.resolve(labels.name(id));
      expect(found, labels.name(id)).toContain(id);
    }
  });

  test("have the vectors of their names; two with one name differ, and each is closer to its kind", () => {
    const [bird, machine] = [labels.vector(BIRD)!, labels.vector(MACHINE)!];
    expect(Math.hypot(...bird)).toBeCloseTo(1, 5);
    expect(cosine(bird, machine)).toBeLessThan(0.8);
    expect(cosine(bird, vocabulary.vector("heron")!)).toBeGreaterThan(
      cosine(machine, vocabulary.vector("heron")!) + 0.2,
    );
    expect(cosine(machine, vocabulary.vector("forklift")!)).toBeGreaterThan(
      cosine(bird, vocabulary.vector("forklift")!) + 0.1,
    );
    expect(cosine(labels.vector(DOG)!, vocabulary.vector("dog")!)).toBeGreaterThan(0.85);
  });

  test("of the user's own have the vectors of their words, or none", () => {
    expect(labels.vector("own:garden party")).toEqual(vocabulary.vector("garden party"));
    expect(labels.vector("own:Flurbleby")).toBe(null);
  });

  test("are found by any of their names, what a photo can show first", () => {
    expect(labels.resolve("domestic dogs")).toEqual([DOG]);
    expect(labels.resolve("Canis familiaris")).toEqual([DOG]);
    expect(labels.resolve("crane")).toEqual(expect.arrayContaining([BIRD, MACHINE]));
    expect(labels.resolve("crane")[0]).toBe(BIRD);
    expect(wordnet.parents(labels.resolve("seal")[0]).map(wordnet.name)).toEqual(["pinniped mammal"]);
    expect(labels.resolve("flurble")).toEqual([]);
  });

  test("are found by every name: the displayed one, older ones, and ours that WordNet lacks", () => {
    const wagon = classLabel({ name: "beach wagon", wnid: "n02814533" });
    for (const name of ["station wagon", "beach wagon", "estate car", "station wagons"])
      expect(labels.resolve(name)[0], name).toBe(wagon);
    const clownfish = classLabel({ name: "anemone fish", wnid: "n02607072" });
    for (const name of ["clownfish", "Clownfish", "anemone fish"])
      expect(labels.resolve(name)[0], name).toBe(clownfish);
    expect(labels.resolve("wind chimes")[0]).toBe(classLabel({ name: "chime", wnid: "n03017168" }));
    expect(labels.beginningWith("clownf", 3, new Set())).toEqual([{ id: clownfish, name: "clownfish", synonym: null }]);
    expect(labels.beginningWith("beach wag", 3, new Set())).toContainEqual({
      id: wagon,
      name: "station wagon",
      synonym: "beach wagon",
    });
    expect(labels.beginningWith("station wag", 3, new Set())[0]).toEqual({
      id: wagon,
      name: "station wagon",
      synonym: null,
    });
  });

  test("complete a typed text, those of the library first, and say which synonym matched", () => {
    const found = labels.beginningWith("domestic d", 3, new Set([DOG]));
    expect(found[0]).toEqual({ id: DOG, name: "dog", synonym: "domestic dog" });
    expect(labels.beginningWith("GOLDF", 5, new Set()).map(({ name, synonym }) => [name, synonym])).toContainEqual([
      "goldfish",
      null,
    ]);
    expect(labels.beginningWith("cran", 3, new Set([MACHINE]))[0].id).toBe(MACHINE);
    expect(labels.beginningWith("s", 7, new Set())).toHaveLength(7);
    expect(labels.beginningWith(" ", 7, new Set())).toEqual([]);
  });
});

describe("label sets", () => {
  const set = (name: string, pack: LabelId[] = []) => labelSet(name, pack, sources).labels;
  const names = (ids: LabelId[]) => new Set(ids.map((id) => labels.name(id)));

  test("everyday has the pack's classes and 1,500 to 3,000 things that photos show, without repetition and each with a vector", () => {
    const ids = set("everyday", ["own:hoodie", DOG]);
    expect(ids.slice(0, 2)).toEqual(["own:hoodie", DOG]);
    expect(ids.length).toBeGreaterThanOrEqual(1500);
    expect(ids.length).toBeLessThanOrEqual(3000);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => labels.vector(id) !== null)).toBe(true);
    const shown = names(ids);
    for (const tag of [
      "sunset",
      "beach",
      "wedding",
      "snow",
      "cat",
      "pizza",
      "bridge",
      "bicycle",
      "kitchen",
      "child",
      "portrait",
      "concert",
    ]) {
      expect(shown, tag).toContain(tag);
    }
    for (const word of [
      "happiness",
      "kilogram",
      "democracy",
      "cocaine",
      "paris",
      "virus",
      "prostate",
      "lawyer",
      "german",
      "christian",
    ]) {
      expect(shown, word).not.toContain(word);
    }
  });

  test("everyday names each label by one of its own names", () => {
    const folded = (name: string) => name.toLowerCase().replaceAll(/[- ]/g, "");
    const others = set("everyday").filter(
      (id) =>
        !wordnet
          .lemmas(id)
          .map(folded)
          .includes(folded(labels.name(id))),
    );
    expect(others.map((id) => [wordnet.name(id), labels.name(id)])).toEqual([["trousers", "pants"]]);
  });

  test.each([
    ["person", "organism"],
    ["people", "group"],
    ["woman", "female"],
    ["man", "male"],
    ["child", "juvenile"],
    ["baby", "child"],
    ["boy", "male"],
    ["girl", "woman"],
    ["crowd", "gathering"],
    ["portrait", "likeness"],
    ["group", "abstraction"],
    ["player", "contestant"],
    ["beach", "geological formation"],
    ["sea", "body of water"],
    ["ocean", "body of water"],
    ["lake", "body of water"],
    ["river", "stream"],
    ["water", "thing"],
    ["snow", "precipitation"],
    ["sand", "soil"],
    ["grass", "gramineous plant"],
    ["lawn", "field"],
    ["field", "tract"],
    ["meadow", "grassland"],
    ["tree", "woody plant"],
    ["forest", "land"],
    ["wood", "plant material"],
    ["mountain", "natural elevation"],
    ["hill", "natural elevation"],
    ["rock", "natural object"],
    ["sky", "atmosphere"],
    ["cloud", "physical phenomenon"],
    ["sunset", "atmospheric phenomenon"],
    ["sunrise", "atmospheric phenomenon"],
    ["night", "time period"],
    ["street", "thoroughfare"],
    ["road", "way"],
    ["sidewalk", "walk"],
    ["pavement", "walk"],
    ["city", "municipality"],
    ["building", "structure"],
    ["house", "dwelling"],
    ["bridge", "structure"],
    ["room", "area"],
    ["kitchen", "room"],
    ["bedroom", "room"],
    ["bathroom", "room"],
    ["living room", "room"],
    ["office", "place of business"],
    ["playing field", "tract"],
    ["court", "playing field"],
    ["park", "tract"],
    ["garden", "plot"],
    ["flower", "angiosperm"],
    ["food", "solid"],
    ["meal", "nutriment"],
    ["fruit", "reproductive structure"],
    ["vegetable", "produce"],
    ["animal", "organism"],
    ["pet", "animal"],
    ["vehicle", "conveyance"],
    ["furniture", "furnishing"],
    ["wedding", "ceremony"],
    ["party", "affair"],
    ["sport", "diversion"],
    ["swimming pool", "pool"],
    ["railway", "track"],
    ["station", "facility"],
    ["airport", "airfield"],
    ["harbor", "port"],
    ["cake", "baked goods"],
    ["toilet", "plumbing fixture"],
    ["helmet", "headdress"],
    ["runway", "paved surface"],
    ["peacock", "peafowl"],
    ["library", "building"],
    ["wave", "movement"],
    ["jumping", "propulsion"],
  ])("everyday has %s, a kind of %s", (name, parent) => {
    const [id] = labels.resolve(name);
    expect(set("everyday")).toContain(id);
    expect(wordnet.parents(id).map(wordnet.name)).toContain(parent);
  });

  const coco = [
    "person bicycle car motorcycle airplane bus train truck boat bench bird cat dog horse sheep cow elephant bear zebra giraffe backpack",
    "umbrella handbag tie suitcase frisbee skis snowboard kite skateboard surfboard bottle cup fork knife spoon bowl banana apple sandwich",
    "orange broccoli carrot pizza donut cake chair couch bed toilet tv laptop remote keyboard microwave oven toaster sink refrigerator book",
    "clock vase scissors toothbrush",
  ]
    .flatMap((line) => line.split(" "))
    .concat([
      "traffic light",
      "fire hydrant",
      "parking meter",
      "sports ball",
      "baseball bat",
      "baseball glove",
      "tennis racket",
      "wine glass",
      "hot dog",
      "potted plant",
      "dining table",
      "cell phone",
      "teddy bear",
      "hair drier",
    ]);

  test("everyday with ImageNet's classes has COCO's 80 classes, two of which need more than their names", () => {
    const everyday = new Set(set("everyday", imagenet));
    expect(coco).toHaveLength(78);
    expect(coco.filter((name) => !everyday.has(classLabel({ name })))).toEqual([]);
    expect(classLabel({ name: "mouse", wnid: "n03793489" })).toBe("wn:03799022"); // otherwise the animal
    expect(classLabel({ name: "stop sign" })).toBe("own:stop sign");
    expect(classLabel({ name: "person", wnid: "n00007846" })).toBe("wn:00007846");
  });

  test("everyday has at most 25 kinds of person", () => {
    expect(set("everyday").filter((id) => wordnet.isA(id, "wn:00007846")).length).toBeLessThanOrEqual(25);
  });

  test("pack-classes and imagenet-1k contain what they say", () => {
    expect(set("pack-classes", [DOG, DOG, BIRD])).toEqual([DOG, BIRD]);
    expect(set("imagenet-1k")).toHaveLength(1000);
    expect(set("imagenet-1k")[1]).toBe("wn:01446178");
  });

  test("all-nouns has tens of thousands of nouns, but no instances, nations or offensive names", () => {
    const ids = set("all-nouns");
    expect(ids.length).toBeGreaterThan(40_000);
    expect(ids).toContain(DOG);
    const shown = names(ids);
    for (const word of ["Tokyo", "redskin", "nigger", "slut", "Jew", "Muslim", "German", "lawyer", "midget", "cripple"])
      expect(shown, word).not.toContain(word);
    expect(shown).toContain("happiness");
  });

  test("no built-in set predicts a person outside the neutral list, and every word remains searchable", () => {
    for (const name of BUILT_IN_SETS.filter((each) => each !== "imagenet-1k")) {
      for (const id of set(name))
        if (!isPredictable(id, labels.name(id), wordnet)) expect.fail(`${name} predicts ${labels.name(id)}`);
    }
    expect(labels.resolve("lawyer").length).toBeGreaterThan(0);
    expect(vocabulary.has("lawyer")).toBe(true);
  });
});

describe("the user's own label list", () => {
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const refusal = (message: string) =>
    expect.objectContaining({ code: "bad-label-set", message: expect.stringContaining(message) });

  test("has one label per line; unknown names become own labels and are reported, as are repetitions", () => {
    const path = file("list.txt", "\uFEFFDogs\r\n\r\n  garden   gnome of Rex \r\ngoldfish\ndomestic dog\n");
    expect(labelSet(path, [], sources)).toEqual({
      name: path,
      labels: [DOG, "own:garden gnome of Rex", "wn:01446178"],
      own: ["garden gnome of Rex"],
      repeated: ["domestic dog"],
    });
  });

  test("may be a CSV with a column label, quoted and in any order", () => {
    const path = file("list.csv", 'note,Label\n"a, b",dog\nc,"Rex, the dog"\n');
    expect(labelSet(path, [], sources).labels).toEqual([DOG, "own:Rex, the dog"]);
  });

  test("may be a CSV of one column without a header", () => {
    expect(labelSet(file("plain.csv", "dog\ngoldfish\n"), [], sources).labels).toEqual([DOG, "wn:01446178"]);
  });

  test("is refused if it does not exist, with the sets that do", () => {
    expect(() => labelSet("evryday", [], sources)).toThrow(
      refusal("one of everyday, pack-classes, imagenet-1k, all-nouns"),
    );
    expect(() => labelSet(folder, [], sources)).toThrow(refusal("neither a file"));
  });

  test("is refused if it is empty, too long or lacks the column, with the numbers", () => {
    expect(() => labelSet(file("empty.txt", " \n\n"), [], sources)).toThrow(refusal("contains no labels"));
    expect(() => labelSet(file("empty.csv", ""), [], sources)).toThrow(refusal("contains no labels"));
    expect(() => labelSet(file("header.csv", "label\n"), [], sources)).toThrow(refusal("contains no labels"));
    expect(() => labelSet(file("other.csv", "word,score\ndog,1\n"), [], sources)).toThrow(
      refusal('no column "label"; its 2 columns are word, score'),
    );
    expect(() => labelSet(file("broken.csv", 'label,x\n"dog,1\n'), [], sources)).toThrow(
      refusal("not a valid CSV file"),
    );
    expect(() => labelSet(file("many.txt", "a1\n".repeat(100_001)), [], sources)).toThrow(
      refusal("has 100001 labels; the maximum is 100000"),
    );
    expect(() => labelSet(file("huge.txt", "x".repeat(16_000_001)), [], sources)).toThrow(
      refusal("16000001 bytes; the maximum is 16000000"),
    );
    expect(() => labelSet(file("wide.txt", "y".repeat(300)), [], sources)).toThrow(
      refusal("300 characters; the maximum is 200"),
    );
  });
});
