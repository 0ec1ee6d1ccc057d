import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { photoPaths, readAmounts, readFeatures, readLabelColumns } from "../../src-main/lab/amounts";
import { temporaryFolder } from "../fixtures/photo-folder";

function written(text: string | Uint8Array, name = "amounts.csv"): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, text);
  return file;
}

describe("a table of amounts", () => {
  test("has a label for each column, or sums columns into labels, of those that are there and never above 1", () => {
    const file = written("photo, sea ,river,grass\r\na.jpg,0.5,0.7,0\r\n\r\nb.jpg,0,0.25,1\r\n");
    const plain = readAmounts(file, null);
    expect(plain.photos).toEqual(["a.jpg", "b.jpg"]);
    expect(plain.labels.map(({ name, amounts }) => [name, ...amounts])).toEqual([
      ["sea", 0.5, 0],
      ["river", 0.7, 0.25],
      ["grass", 0, 1],
    ]);
    const mapping = readLabelColumns(
      written(
        JSON.stringify([{ name: "water", wnid: "n09225146", columns: ["sea", "river", "lake"] }, { name: "grass" }]),
        "m.json",
      ),
    );
    const { labels } = readAmounts(file, mapping);
    expect(labels.map(({ name, wnid, amounts }) => [name, wnid, ...amounts])).toEqual([
      ["water", "n09225146", 1, 0.25],
      ["grass", null, 0, 1],
    ]);
  });

  test.each([
    ["photo,grass,sea\na,0,1\nb,0\n", "line 3 (b) has 2 columns, the header has 3"],
    ["photo,grass\na,-3\n", "line 2 (a): the amount of “grass” is “-3”, it must be a number from 0 to 1"],
    ["photo,grass\na,\n", "the amount of “grass” is “”"],
    ["photo,grass\na,much\n", "the amount of “grass” is “much”"],
    ["photo,grass\na,1.01\n", "the amount of “grass” is “1.01”"],
    ["name,grass\na,1\n", "its first column is “name”, it must be photo"],
    ["photo,grass,grass\na,1,1\n", "column “grass” is there twice"],
    ["photo,grass\n", "it has no photo, only a header"],
    ["photo\na\n", "it has no column beside photo"],
    ["", "its first column is “”"],
    ['photo,grass\n"a,1\n', "it is not CSV"],
  ])("that reads %j is refused, and told why", (text, message) => {
    expect(() => readAmounts(written(text), null)).toThrow(
      expect.objectContaining({ code: "bad-dataset", message: expect.stringContaining(message) }),
    );
  });

  test("that is no text, or that is not there, is refused, and so is a photo that is not there", () => {
    expect(() => readAmounts(written(Uint8Array.of(0xff, 0xfe, 0xff)), null)).toThrow("it is not UTF-8 text");
    expect(() => readAmounts(join(temporaryFolder(), "none.csv"), null)).toThrow("there is no such file");
    expect(() => photoPaths(readAmounts(written("photo,grass\nnone.jpg,1\n"), null))).toThrow(
      "line 2: there is no photo",
    );
  });
});

test.each([
  ["grass", "it is no JSON"],
  ["[]", "expected array to have >=1 items"],
  ['[{"name":"grass","wnid":"grass"}]', "is no wnid like n12102133"],
  ['[{"name":"grass"},{"name":"grass"}]', "label “grass” is there twice"],
  ['[{"name":"grass","columns":[]}]', "expected array to have >=1 items"],
])("a mapping that reads %s is refused, and told why", (text, message) => {
  expect(() => readLabelColumns(written(text, "m.json"))).toThrow(
    expect.objectContaining({ code: "bad-dataset", message: expect.stringContaining(message) }),
  );
});

test("a label of whose columns none is there is refused", () => {
  const mapping = [{ name: "water", wnid: null, columns: ["sea", "lake"] }];
  expect(() => readAmounts(written("photo,grass\na,1\n"), mapping)).toThrow(
    "it has no column sea or lake, which label “water” is made of",
  );
});

test("features are half floats in the photos' order; others than n × D, or one that is not finite, are refused", () => {
  const halves = (...values: number[]) => written(new Uint8Array(Float16Array.from(values).buffer), "features.f16");
  expect([...readFeatures(halves(1, 0.5, -2, 0, 3, 4), 2, 3)]).toEqual([1, 0.5, -2, 0, 3, 4]);
  expect(() => readFeatures(halves(1, 2, 3), 2, 3)).toThrow("have 6 bytes; 2 photos × 3 features × 2 bytes are 12");
  expect(() => readFeatures(halves(1, 2, 3, 4, Infinity, 6), 2, 3)).toThrow("number 1 of photo 1 is Infinity");
  expect(() => readFeatures(join(temporaryFolder(), "none.f16"), 2, 3)).toThrow("there are no features");
});
