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
  test("has a label per column, or sums the columns that exist into labels, capped at 1", () => {
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
    ["photo,grass,sea\na,0,1\nb,0\n", "line 3 (b) has 2 columns, but the header has 3"],
    ["photo,grass\na,-3\n", "line 2 (a): “grass” is “-3”, but must be a number from 0 to 1"],
    ["photo,grass\na,\n", "“grass” is “”"],
    ["photo,grass\na,much\n", "“grass” is “much”"],
    ["photo,grass\na,1.01\n", "“grass” is “1.01”"],
    ["name,grass\na,1\n", "the first column is “name”, but must be “photo”"],
    ["photo,grass,grass\na,1,1\n", "column “grass” appears twice"],
    ["photo,grass\n", "no photos, only a header"],
    ["photo\na\n", "no columns besides “photo”"],
    ["", "the first column is “”"],
    ['photo,grass\n"a,1\n', "not a CSV"],
  ])("refuses %j with the reason", (text, message) => {
    expect(() => readAmounts(written(text), null)).toThrow(
      expect.objectContaining({ code: "bad-dataset", message: expect.stringContaining(message) }),
    );
  });

  test("refuses a binary file, a missing file and a missing photo", () => {
    expect(() => readAmounts(written(Uint8Array.of(0xff, 0xfe, 0xff)), null)).toThrow("not UTF-8 text");
    expect(() => readAmounts(join(temporaryFolder(), "none.csv"), null)).toThrow("file not found");
    expect(() => photoPaths(readAmounts(written("photo,grass\nnone.jpg,1\n"), null))).toThrow(
      "line 2: photo not found",
    );
  });
});

test.each([
  ["grass", "not JSON"],
  ["[]", "expected array to have >=1 items"],
  ['[{"name":"grass","wnid":"grass"}]', "is not a wnid like n12102133"],
  ['[{"name":"grass"},{"name":"grass"}]', "label “grass” appears twice"],
  ['[{"name":"grass","columns":[]}]', "expected array to have >=1 items"],
])("refuses the mapping %s with the reason", (text, message) => {
  expect(() => readLabelColumns(written(text, "m.json"))).toThrow(
    expect.objectContaining({ code: "bad-dataset", message: expect.stringContaining(message) }),
  );
});

test("refuses a label when the table has none of its columns", () => {
  const mapping = [{ name: "water", wnid: null, columns: ["sea", "lake"] }];
  expect(() => readAmounts(written("photo,grass\na,1\n"), mapping)).toThrow("no column sea or lake for label “water”");
});

test("reads features as half floats in the photos' order, and refuses a wrong size or a number that is not finite", () => {
  const halves = (...values: number[]) => written(new Uint8Array(Float16Array.from(values).buffer), "features.f16");
  expect([...readFeatures(halves(1, 0.5, -2, 0, 3, 4), 2, 3)]).toEqual([1, 0.5, -2, 0, 3, 4]);
  expect(() => readFeatures(halves(1, 2, 3), 2, 3)).toThrow(
    "6 bytes, but should have 12 (2 photos × 3 features × 2 bytes)",
  );
  expect(() => readFeatures(halves(1, 2, 3, 4, Infinity, 6), 2, 3)).toThrow("feature 1 of photo 1 is Infinity");
  expect(() => readFeatures(join(temporaryFolder(), "none.f16"), 2, 3)).toThrow("There is no features file");
});
