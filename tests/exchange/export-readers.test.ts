import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { writeAtomic } from "../../src-main/base/write-file";
import { writeCoco } from "../../src-main/exchange/coco";
import { writeCsv } from "../../src-main/exchange/csv";
import { unescapeFormula } from "../../src-main/exchange/formula";
import { writeJsonLines } from "../../src-main/exchange/json-lines";
import { LABEL_TABLE } from "../../src-main/exchange/label-tables";
import type { LabelledFile } from "../../src-main/exchange/labelled-files";
import { writeParquet } from "../../src-main/exchange/parquet";
import { MAX_COLUMNS, writeWideCsv } from "../../src-main/exchange/wide-csv";
import { filesOf, labelled, ownName } from "../fixtures/labelled";
import { temporaryFolder } from "../fixtures/photo-folder";

/** The worst that file names and labels can be. */
const ODD_PATH = "sub/two\nlines, \"quoted\" 'and' =1+1 🌸 \u202eright to left.jpg";
const LONG_PATH = `${"é".repeat(125)}.jpeg`; // 255 bytes
const ODD_LABEL = '=HYPERLINK("x"), 花|\u202ert\'';
const FILES: LabelledFile[] = [
  labelled(
    ODD_PATH,
    { [ODD_LABEL]: "added", dog: 0.51236 },
    { part: "test", takenAt: "2024-05-01T10:00:00+02:00", rejected: ["own:cat"] },
  ),
  labelled(LONG_PATH, { dog: "added" }, { photo: 2, part: "train" }),
  labelled("none.jpg", {}, { photo: 3, width: 0, height: 0 }),
];

async function textOf(write: (take: (text: string) => Promise<void>) => Promise<unknown>): Promise<string> {
  let all = "";
  await write(async (text) => void (all += text));
  return all;
}

const python = spawnSync("python3", ["-c", "import csv, json, sqlite3"]).status === 0;
const WITHOUT_PYTHON = "python3 is missing";
/** What a reader in another language reads from a file. */
const readByPython = (script: string, file: string): unknown =>
  JSON.parse(execFileSync("python3", ["-c", script, file], { encoding: "utf8" }));

// guarantee: export-exact
test("python's csv module reads back every path and label exactly", async (context) => {
  if (!python) context.skip(WITHOUT_PYTHON);
  const file = join(temporaryFolder(), "labels.csv");
  writeFileSync(
    file,
    await textOf((take) =>
      writeCsv(filesOf(FILES, true), { textOf: ownName, escapeFormulas: true, withRejected: true }, take),
    ),
  );
  const rows = readByPython(
    "import csv,json,sys; print(json.dumps(list(csv.DictReader(open(sys.argv[1], newline='', encoding='utf-8'), strict=True))))",
    file,
  ) as Record<string, string>[];
  expect(rows.map(({ label, ...row }) => ({ ...row, label: unescapeFormula(label) }))).toEqual([
    { path: ODD_PATH, label: ODD_LABEL, score: "1", source: "added", model: "", split: "test" },
    { path: ODD_PATH, label: "dog", score: "0.5124", source: "predicted", model: "3", split: "test" },
    { path: ODD_PATH, label: "cat", score: "0", source: "rejected", model: "", split: "test" },
    { path: LONG_PATH, label: "dog", score: "1", source: "added", model: "", split: "train" },
  ]);
});

test("a wide table has a row per photo and its most frequent labels first, and adds the id to names that are already taken", async () => {
  const files = [
    labelled("a.jpg", { path: 0.25, dog: "added" }),
    labelled("b.jpg", { dog: 0.5, "a|b": "added" }),
    labelled("c.jpg", {}),
  ];
  expect(await textOf((take) => writeWideCsv(filesOf(files), { textOf: ownName, escapeFormulas: true }, take))).toBe(
    [
      "path,labels,dog,a¦b,path (own:path)",
      "a.jpg,path (own:path)|dog,1,0,0.25",
      "b.jpg,dog|a¦b,0.5,1,0",
      "c.jpg,,0,0,0",
      "",
    ].join("\r\n"),
  );
});

test("labels beyond a wide table's columns go into its column of all labels, with a notice", async () => {
  const many = Object.fromEntries(Array.from({ length: MAX_COLUMNS + 2 }, (_, i) => [`label ${i}`, 0.5]));
  let text = "";
  const { rows, notes } = await writeWideCsv(
    filesOf([labelled("a.jpg", many)]),
    { textOf: ownName, escapeFormulas: true },
    async (portion) => void (text += portion),
  );
  expect(rows).toBe(1);
  expect(notes).toEqual([
    "The 1000 most frequent labels have a column each. 2 others are only in the column “labels”.",
  ]);
  const [header, row] = text.split("\r\n").map((line) => line.split(","));
  expect([header.length, row.length, row[1].split("|").length]).toEqual([
    MAX_COLUMNS + 2,
    MAX_COLUMNS + 2,
    MAX_COLUMNS + 2,
  ]);
});

// guarantee: export-exact
test("python reads each line as JSON, and sqlite can query it", async (context) => {
  if (!python) context.skip(WITHOUT_PYTHON);
  const file = join(temporaryFolder(), "labels.jsonl");
  writeFileSync(file, await textOf((take) => writeJsonLines(filesOf(FILES, true), ownName, take)));
  const [lines, dogs] = readByPython(
    `
import json, sqlite3, sys
lines = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
db = sqlite3.connect(":memory:")
db.execute("create table photo (json text)")
db.executemany("insert into photo values (?)", [(json.dumps(line),) for line in lines])
dogs = db.execute("select json_extract(photo.json, '$.split'), json_extract(l.value, '$.score') from photo, json_each(photo.json, '$.labels') l where json_extract(l.value, '$.name') = 'dog'").fetchall()
print(json.dumps([lines, dogs]))`,
    file,
  ) as [unknown[], unknown[]];
  expect(lines).toEqual([
    {
      path: ODD_PATH,
      rejected: [{ label: "own:cat", name: "cat" }],
      width: 640,
      height: 480,
      bytes: 1234,
      taken: "2024-05-01T10:00:00+02:00",
      split: "test",
      labels: [
        { label: `own:${ODD_LABEL}`, name: ODD_LABEL, score: 1, source: "added" },
        { label: "own:dog", name: "dog", score: 0.5124, source: "predicted" },
      ],
    },
    {
      path: LONG_PATH,
      labels: [{ label: "own:dog", name: "dog", score: 1, source: "added" }],
      rejected: [],
      width: 640,
      height: 480,
      bytes: 1234,
      taken: null,
      split: "train",
    },
    { path: "none.jpg", labels: [], rejected: [], width: null, height: null, bytes: 1234, taken: null, split: null },
  ]);
  expect(dogs).toEqual([
    ["test", 0.5124],
    ["train", 1],
  ]);
});

interface Coco {
  info: object;
  licenses: unknown[];
  images: { id: number; file_name: string; width: number; height: number; split: string | null }[];
  annotations: {
    id: number;
    image_id: number;
    category_id: number;
    score: number;
    bbox: number[];
    area: number;
    iscrowd: number;
  }[];
  categories: { id: number; name: string; supercategory: string }[];
}

// guarantee: export-exact
test("a COCO index is consistent: every annotation has its image and category, ids are unique, and boxes cover the whole photo", async () => {
  const names = {
    nameOf: ownName,
    parentOf: (label: string) => (label === "own:dog" ? "animal" : null),
    description: "Labels",
  };
  const { images, annotations, categories } = JSON.parse(
    await textOf((take) => writeCoco(filesOf(FILES, true), names, take)),
  ) as Coco;
  // As pycocotools' createIndex does.
  const index = <T extends { id: number }>(list: T[]) => new Map(list.map((each) => [each.id, each]));
  const [imageOf, categoryOf] = [index(images), index(categories)];
  expect([imageOf.size, categoryOf.size, index(annotations).size]).toEqual([3, 2, 3]);
  expect(
    annotations.map(({ image_id, category_id, score, bbox, area, iscrowd }) => {
      const { file_name, width, height } = imageOf.get(image_id)!;
      expect([bbox, area, iscrowd]).toEqual([[0, 0, width, height], width * height, 0]);
      return [file_name, categoryOf.get(category_id)!.name, score];
    }),
  ).toEqual([
    [ODD_PATH, ODD_LABEL, 1],
    [ODD_PATH, "dog", 0.5124],
    [LONG_PATH, "dog", 1],
  ]);
  expect(categories.map(({ name, supercategory }) => [name, supercategory])).toEqual([
    [ODD_LABEL, ""],
    ["dog", "animal"],
  ]);
  expect(images.map(({ split }) => split)).toEqual(["test", "train", null]);
  const empty = JSON.parse(await textOf((take) => writeCoco(filesOf([]), names, take))) as Coco;
  expect([empty.images, empty.annotations, empty.categories]).toEqual([[], [], []]);
});

// guarantee: export-exact
test("DuckDB reads every type and value from Parquet", async () => {
  const file = join(temporaryFolder(), "labels.parquet");
  const { rows } = await writeAtomic(
    { home: temporaryFolder(), file, format: LABEL_TABLE, overwrite: false },
    (handle) => writeParquet(filesOf(FILES, true), ownName, true, handle),
  );
  expect(rows).toBe(4);
  const db = await (await DuckDBInstance.create(":memory:")).connect();
  const types = await db.runAndReadAll(
    "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet($1))",
    [file],
  );
  expect(Object.fromEntries(types.getRows())).toEqual({
    path: "VARCHAR",
    label: "VARCHAR",
    label_id: "VARCHAR",
    score: "FLOAT",
    source: "VARCHAR",
    model: "INTEGER",
    split: "VARCHAR",
    width: "INTEGER",
    height: "INTEGER",
    bytes: "BIGINT",
    taken: "VARCHAR",
  });
  const read = await db.runAndReadAll(
    "SELECT path, label, label_id, round(score, 4)::VARCHAR, source, model, split, width, bytes, taken FROM read_parquet($1)",
    [file],
  );
  const taken = "2024-05-01T10:00:00+02:00";
  expect(read.getRows()).toEqual([
    [ODD_PATH, ODD_LABEL, `own:${ODD_LABEL}`, "1.0", "added", null, "test", 640, 1234n, taken],
    [ODD_PATH, "dog", "own:dog", "0.5124", "predicted", 3, "test", 640, 1234n, taken],
    [ODD_PATH, "cat", "own:cat", "0.0", "rejected", null, "test", 640, 1234n, taken],
    [LONG_PATH, "dog", "own:dog", "1.0", "added", null, "train", 640, 1234n, null],
  ]);
  db.closeSync();
});

test("Parquet files with many row groups or no rows are valid", async () => {
  const folder = temporaryFolder();
  const db = await (await DuckDBInstance.create(":memory:")).connect();
  const count = async (file: string) =>
    (await db.runAndReadAll("SELECT count(*), count(DISTINCT path) FROM read_parquet($1)", [file])).getRows()[0];
  const many = Array.from({ length: 60_000 }, (_, i) => labelled(`${i}.jpg`, { dog: 0.5 }));
  for (const [name, files] of [
    ["many", many],
    ["none", []],
  ] as const) {
    await writeAtomic(
      { home: temporaryFolder(), file: join(folder, name), format: LABEL_TABLE, overwrite: false },
      (handle) => writeParquet(filesOf(files), ownName, false, handle),
    );
    expect(await count(join(folder, name))).toEqual([BigInt(files.length), BigInt(files.length)]);
  }
  db.closeSync();
});
