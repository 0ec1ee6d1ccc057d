import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type CsvText, rowsOf, writeCsv } from "../../src-main/exchange/csv";
import { readCorrections } from "../../src-main/exchange/csv-corrections";
import { escapeFormula, unescapeFormula } from "../../src-main/exchange/formula";
import { type LabelledFile, labelledFiles } from "../../src-main/exchange/labelled-files";
import { replacePredictions } from "../../src-main/store/predictions";
import { annotate } from "../../src-main/store/verdicts";
import { isLabelName, tidyName } from "../../src-shared/label-id";
import { filesOf, labelled, ownName } from "../fixtures/labelled";
import { addMockPhotos, emptyLibrary, temporaryFolder } from "../fixtures/photo-folder";

const PLAIN = { textOf: ownName, escapeFormulas: true, withRejected: false };

async function csvOf(
  files: Iterable<LabelledFile>,
  how: Partial<CsvText & { withRejected: boolean; withMarks: boolean }> = {},
  split = false,
): Promise<{ text: string; rows: number }> {
  let text = "";
  const { rows } = await writeCsv(
    filesOf(files, split),
    { ...PLAIN, ...how },
    async (portion) => void (text += portion),
  );
  return { text, rows };
}

/**
 * A strict RFC 4180 reader, written independently of the program: CRLF between records, and a bare quote is an error.
 */
function parseStrictly(text: string): string[][] {
  const records: string[][] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  let record: string[] = [];
  while (field.lastIndex < text.length) {
    const at = field.lastIndex;
    const match = field.exec(text);
    if (!match) throw new Error(`not RFC 4180 at ${at}: ${JSON.stringify(text.slice(at, at + 40))}`);
    record.push(match[1] === undefined ? match[2] : match[1].replaceAll('""', '"'));
    if (match[3] === ",") continue;
    records.push(record);
    record = [];
  }
  return records;
}

// The worst characters that file names and labels can contain, and the rest of Unicode.
const nasty = fc.oneof(
  fc
    .array(fc.constantFrom('"', ",", "\r", "\n", "'", "=", "+", "-", "@", "\t", " ", "🌸", "é", ";", "a"), {
      minLength: 1,
      maxLength: 8,
    })
    .map((parts) => parts.join("")),
  fc.string({ unit: "grapheme", minLength: 1 }),
);

// guarantee: export-exact
test("a reader that knows only RFC 4180 reads paths and labels back exactly", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(nasty, nasty)), fc.boolean(), async (pairs, escapeFormulas) => {
      const { text, rows } = await csvOf(
        pairs.map(([path, label]) => labelled(path, { [label]: "added" })),
        { escapeFormulas },
      );
      expect(rows).toBe(pairs.length);
      const [header, ...records] = parseStrictly(text);
      expect(header).toEqual(["path", "label", "score", "source", "model"]);
      expect(records.map(([path, label]) => [path, escapeFormulas ? unescapeFormula(label) : label])).toEqual(pairs);
      if (escapeFormulas) for (const [, label] of records) expect(label).not.toMatch(/^[=+\-@\t\r\n]/);
    }),
  );
});

test("removes the apostrophe before a formula exactly, and keeps one that a label begins with", () => {
  fc.assert(fc.property(nasty, (label) => void expect(unescapeFormula(escapeFormula(label))).toBe(label)));
  expect(escapeFormula("=1+1")).toBe("'=1+1");
  expect(escapeFormula("'tis")).toBe("''tis");
  expect(unescapeFormula("'tis")).toBe("'tis");
  expect(escapeFormula("dog")).toBe("dog");
});

test("reads back the corrections that the same rules wrote, and refuses those whose label has no valid name", async () => {
  const file = join(temporaryFolder(), "corrections.csv");
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(nasty, nasty), { minLength: 1 }),
      fc.constantFrom("\n", "\r\n"),
      fc.boolean(),
      async (pairs, newline, mark) => {
        const lines = pairs.map(([path, label]) => `${quote(path)},${quote(escapeFormula(label))},accept`);
        writeFileSync(file, (mark ? "\uFEFF" : "") + ["path,label,verdict", ...lines].join(newline));
        const { rows, refused } = await readCorrections(file);
        const tidy = pairs.map(([path, label]) => [path, tidyName(label)]);
        expect(rows.map(({ path, label }) => [path, label])).toEqual(tidy.filter(([, label]) => isLabelName(label)));
        expect(refused).toHaveLength(tidy.length - rows.length);
      },
    ),
  );
});

test("refuses unusable lines by number and reads the others", async () => {
  const file = join(temporaryFolder(), "corrections.csv");
  writeFileSync(
    file,
    'Verdict,path,label,note\naccept,a.jpg,dog,\nmaybe,b.jpg,dog,\n\n"REJECT ","two\nlines.jpg",\'=sum,x\naccept,,dog,\naccept,c.jpg\naccept,d.jpg, ,\nreject,e.jpg,cat,\n',
  );
  expect(await readCorrections(file)).toEqual({
    rows: [
      { line: 2, path: "a.jpg", label: "dog", verdict: "accept" },
      { line: 5, path: "two\nlines.jpg", label: "=sum", verdict: "reject" },
      { line: 10, path: "e.jpg", label: "cat", verdict: "reject" },
    ],
    refused: [
      { line: 3, reason: "The verdict is “maybe”; it must be accept or reject." },
      { line: 7, reason: "The line has no path." },
      { line: 8, reason: "The line has 2 columns; the header has 4." },
      { line: 9, reason: "The line has no label." },
    ],
  });
});

test("refuses a file that is not a list of corrections as a whole", async () => {
  const file = join(temporaryFolder(), "corrections.csv");
  await expect(readCorrections(file)).rejects.toMatchObject({ code: "no-file" });
  writeFileSync(file, "path,label,score\na.jpg,dog,1\n");
  await expect(readCorrections(file)).rejects.toThrow("no column verdict");
  writeFileSync(file, 'path,label,verdict\n"a.jpg,dog,accept\n');
  await expect(readCorrections(file)).rejects.toMatchObject({ code: "bad-csv" });
  writeFileSync(file, Buffer.from([0x70, 0xff, 0xfe]));
  await expect(readCorrections(file)).rejects.toThrow("isn’t UTF-8");
});

test("writes scores with four decimals, and no model for a person's labels", async () => {
  const { text } = await csvOf([labelled("a.jpg", { sure: 0.51234, mine: "added" }, { rejected: ["own:cat"] })]);
  expect(text).toBe("path,label,score,source,model\r\na.jpg,sure,0.5123,predicted,3\r\na.jpg,mine,1,added,\r\n");
});

test("adds a column with each photo's part if the library is split", async () => {
  const { text } = await csvOf(
    [labelled("a.jpg", { mine: "added" }, { part: "test" }), labelled("b.jpg", { mine: "added" })],
    {},
    true,
  );
  expect(text).toBe("path,label,score,source,model,split\r\na.jpg,mine,1,added,,test\r\nb.jpg,mine,1,added,,\r\n");
});

test("adds columns with the photo's flag, stars and colour label on request, and escapes a label that is a formula", async () => {
  const marks = { flag: "reject", rating: 2, colour: "=1+1" } as const;
  const { text } = await csvOf([labelled("a.jpg", { mine: "added" }, { marks })], { withMarks: true });
  expect(text).toBe("path,label,score,source,model,flag,rating,colour\r\na.jpg,mine,1,added,,reject,2,'=1+1\r\n");
});

test("writes rows for rejected labels on request", async () => {
  const { text } = await csvOf([labelled("a.jpg", { mine: "added" }, { rejected: ["own:cat"] })], {
    withRejected: true,
  });
  expect(text).toBe("path,label,score,source,model\r\na.jpg,mine,1,added,\r\na.jpg,cat,0,rejected,\r\n");
});

test("identical files have the same labels; the threshold applies to predictions but not to verdicts, and rejected labels are left out", async () => {
  const store = emptyLibrary();
  addMockPhotos(store, 2);
  store.db.exec("INSERT INTO file (path, folder, photo, size, mtime_ms) VALUES ('a copy.jpg', '', 1, 1, 1)");
  replacePredictions(store, 5, [{ photo: 1, labels: ["own:dog", "own:cat"], scores: [0.75, 0.5] }]);
  annotate(store, { photos: [1], label: "own:cat", verdict: "reject", name: "cat" });
  annotate(store, { photos: [1, 2], label: "own:Rex", verdict: "accept", name: "Rex" });
  const read = async (choice: Partial<Parameters<typeof labelledFiles>[1]>) => {
    const all: [string, string[], string[]][] = [];
    for await (const file of labelledFiles(
      store,
      { photos: null, labels: "shown", threshold: 0, ...choice },
      async () => undefined,
    ).read())
      all.push([
        file.path,
        rowsOf(file, false).map(({ label, score, source, model }) => `${label} ${score} ${source} ${model}`),
        file.rejected,
      ]);
    return all;
  };
  const [rex, dog] = ["own:Rex 1 added null", "own:dog 0.75 predicted 5"];
  expect(await read({})).toEqual([
    ["a copy.jpg", [rex, dog], ["own:cat"]],
    ["folder 0/IMG_0.jpg", [rex, dog], ["own:cat"]],
    ["folder 1/IMG_1.jpg", [rex], []],
  ]);
  expect(await read({ photos: [1], threshold: 0.8 })).toEqual([
    ["a copy.jpg", [rex], ["own:cat"]],
    ["folder 0/IMG_0.jpg", [rex], ["own:cat"]],
  ]);
  expect(await read({ photos: [1], labels: "accepted" })).toEqual([
    ["a copy.jpg", [rex], []],
    ["folder 0/IMG_0.jpg", [rex], []],
  ]);
  expect(await read({ photos: [2], labels: "verdicts" })).toEqual([["folder 1/IMG_1.jpg", [rex], []]]);
});
