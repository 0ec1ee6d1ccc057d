import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readClassList, usualList } from "../../src-main/features/packs/class-list";
import { temporaryFolder } from "../fixtures/photo-folder";

const list = (name: string, text: string): string => {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, text);
  return file;
};
const CAT = { name: "cat", wnid: "n02121808" };
const DOG = { name: "dog", wnid: "n02084071" };
const plain = [CAT, DOG].map(({ name }) => ({ name, wnid: null }));

describe("names of a network's classes", () => {
  test.each([
    ["a line each", "a.txt", "cat\r\n dog \n\n", plain],
    ["ImageNet's own list", "synsets.txt", "n02121808 cat, domestic cat\nn02084071 dog\n", [CAT, DOG]],
    ["a JSON list", "a.json", '["cat", "dog"]', plain],
    ["a JSON list with wnids", "a.json", JSON.stringify([CAT, DOG]), [CAT, DOG]],
    ["a JSON object by class number", "id2label.json", '{"1": "dog", "0": "cat"}', plain],
    ["a CSV", "a.csv", "wnid,name\nn02121808,cat\nn02084071,dog\n", [CAT, DOG]],
    ["a CSV with a byte order mark", "a.csv", "\ufeffname\ncat\ndog\n", plain],
  ])("%s", (_, name, text, wanted) => {
    expect(readClassList(list(name, text), 2)).toEqual(wanted);
  });

  test("that the program has", () => {
    const imagenet = readClassList("imagenet-1k", 1000);
    expect([imagenet[0], imagenet[999]]).toEqual([
      { name: "tench", wnid: "n01440764" },
      { name: "toilet tissue", wnid: "n15075141" },
    ]);
    const wnids = imagenet.map(({ wnid }) => wnid!);
    expect(wnids).toEqual([...wnids].sort()); // the order of torchvision and timm
    expect(readClassList("coco", 80).map(({ name }) => name)[79]).toBe("toothbrush");
    expect([usualList("classifier", 1000), usualList("objects", 80), usualList("classifier", 80)]).toEqual([
      "imagenet-1k",
      "coco",
      null,
    ]);
  });

  test.each([
    ["a.txt", "cat\n", "it names 1 classes, but the network has 2"],
    ["a.txt", "cat\n\ndog\n", "it names 3 classes, but the network has 2"],
    ["a.txt", "cat\n\u0007\n", "class 2: the label"],
    ["a.json", "[", "it is not valid JSON"],
    ["a.json", "[1, 2]", "it is not a list of names, nor of { name, wnid }"],
    ["a.json", '{"0": "cat", "2": "dog"}', "it has no class 1"],
    ["a.json", '[{"name": "cat", "wnid": "02121808"}, "dog"]', 'class 1 has the wnid "02121808", not n and 8 digits'],
    ["a.csv", "title\ncat\ndog\n", "row 1 has no column name"],
    ["a.csv", 'name\n"cat\n', "Quote Not Closed"],
  ])("%s: %j is refused", (name, text, message) => {
    const file = list(name, text);
    expect(() => readClassList(file, 2)).toThrow(message);
    expect(() => readClassList(file, 2)).toThrow(`Can’t use the labels in ${file}: `);
  });

  test("a missing list", () => {
    expect(() => readClassList("/nowhere/labels.txt", 2)).toThrow("There is no file /nowhere/labels.txt");
  });
});
