import fc from "fast-check";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exportCsv } from "../../src-main/exchange/csv";
import { readCorrections } from "../../src-main/exchange/csv-corrections";
import { escapeFormula, unescapeFormula } from "../../src-main/exchange/formula";
import { labelRows, type LabelRow } from "../../src-main/exchange/label-rows";
import { replacePredictions } from "../../src-main/library/predictions";
import { judge } from "../../src-main/library/verdicts";
import { emptyLibrary, imaginePhotos, temporaryFolder } from "../fixtures/photo-folder";

const row = (path: string, label: string, change: Partial<LabelRow> = {}): LabelRow =>
  ({ path, photo: 1, label: `own:${label}`, score: 1, source: "added", model: null, ...change });
const plain = { threshold: 0, escapeFormulas: true, overwrite: false, parts: null, nameOf: (label: string) => label.slice("own:".length) };

/** RFC 4180 to the letter, written apart from the program: CRLF between records, and a bare quote is an error. */
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

// What file names and labels are made of at worst, and whatever else Unicode has.
const nasty = fc.oneof(
  fc.array(fc.constantFrom('"', ",", "\r", "\n", "'", "=", "+", "-", "@", "\t", " ", "🌸", "é", ";", "a"), { minLength: 1, maxLength: 8 }).map((parts) => parts.join("")),
  fc.string({ unit: "grapheme", minLength: 1 }),
);

test("paths and labels come back exactly, through a reader that knows only RFC 4180", async () => {
  const folder = temporaryFolder();
  let n = 0;
  await fc.assert(fc.asyncProperty(fc.array(fc.tuple(nasty, nasty)), fc.boolean(), async (pairs, escapeFormulas) => {
    const file = join(folder, `${n++}.csv`);
    const { rows } = await exportCsv({ ...plain, escapeFormulas, rows: pairs.map(([path, label]) => row(path, label)), file });
    expect(rows).toBe(pairs.length);
    const [header, ...records] = parseStrictly(readFileSync(file, "utf8"));
    expect(header).toEqual(["path", "label", "score", "source", "model"]);
    expect(records.map(([path, label]) => [path, escapeFormulas ? unescapeFormula(label) : label])).toEqual(pairs);
    if (escapeFormulas) for (const [, label] of records) expect(label).not.toMatch(/^[=+\-@\t\r\n]/);
  }));
});

test("the apostrophe before a formula comes off exactly, and labels that begin with one keep it", () => {
  fc.assert(fc.property(nasty, (label) => void expect(unescapeFormula(escapeFormula(label))).toBe(label)));
  expect(escapeFormula("=1+1")).toBe("'=1+1");
  expect(escapeFormula("'tis")).toBe("''tis");
  expect(unescapeFormula("'tis")).toBe("'tis");
  expect(escapeFormula("dog")).toBe("dog");
});

test("corrections written by the same rules are read back exactly, with their lines", async () => {
  const file = join(temporaryFolder(), "corrections.csv");
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
  await fc.assert(fc.asyncProperty(fc.array(fc.tuple(nasty, nasty.filter((label) => label.trim() !== "")), { minLength: 1 }), fc.constantFrom("\n", "\r\n"), fc.boolean(), async (pairs, newline, mark) => {
    const lines = pairs.map(([path, label]) => `${quote(path)},${quote(escapeFormula(label))},accept`);
    writeFileSync(file, (mark ? "\uFEFF" : "") + ["path,label,verdict", ...lines].join(newline));
    const { rows, refused } = await readCorrections(file);
    expect(refused).toEqual([]);
    expect(rows.map(({ path, label }) => [path, label])).toEqual(pairs);
  }));
});

test("lines that say nothing usable are refused by their number, the others are read", async () => {
  const file = join(temporaryFolder(), "corrections.csv");
  writeFileSync(file, 'Verdict,path,label,note\naccept,a.jpg,dog,\nmaybe,b.jpg,dog,\n\n"REJECT ","two\nlines.jpg",\'=sum,x\naccept,,dog,\naccept,c.jpg\naccept,d.jpg, ,\nreject,e.jpg,cat,\n');
  expect(await readCorrections(file)).toEqual({
    rows: [
      { line: 2, path: "a.jpg", label: "dog", verdict: "accept" },
      { line: 5, path: "two\nlines.jpg", label: "=sum", verdict: "reject" },
      { line: 10, path: "e.jpg", label: "cat", verdict: "reject" },
    ],
    refused: [
      { line: 3, reason: "verdict “maybe” is neither accept nor reject" }, { line: 7, reason: "no path" },
      { line: 8, reason: "2 columns instead of 4" }, { line: 9, reason: "no label" },
    ],
  });
});

test("a file that is no list of corrections is refused as a whole", async () => {
  const file = join(temporaryFolder(), "corrections.csv");
  await expect(readCorrections(file)).rejects.toMatchObject({ code: "no-file" });
  writeFileSync(file, "path,label,score\na.jpg,dog,1\n");
  await expect(readCorrections(file)).rejects.toThrow("no column verdict");
  writeFileSync(file, 'path,label,verdict\n"a.jpg,dog,accept\n');
  await expect(readCorrections(file)).rejects.toMatchObject({ code: "bad-csv" });
  writeFileSync(file, Buffer.from([0x70, 0xff, 0xfe]));
  await expect(readCorrections(file)).rejects.toThrow("not UTF-8");
});

test("predictions below the threshold are left out, verdicts never", async () => {
  const file = join(temporaryFolder(), "labels.csv");
  await exportCsv({ ...plain, threshold: 0.5, file, rows: [
    row("a.jpg", "sure", { source: "predicted", score: 0.51234, model: 3 }), row("a.jpg", "unsure", { source: "predicted", score: 0.49, model: 3 }), row("a.jpg", "mine"),
  ] });
  expect(readFileSync(file, "utf8")).toBe("path,label,score,source,model\r\na.jpg,sure,0.5123,predicted,3\r\na.jpg,mine,1,added,\r\n");
});

test("where the library is split, a column says the part of each photo", async () => {
  const file = join(temporaryFolder(), "labels.csv");
  const parts = new Map([[1, "test"]] as const);
  await exportCsv({ ...plain, parts, file, rows: [row("a.jpg", "mine"), row("b.jpg", "mine", { photo: 2 })] });
  expect(readFileSync(file, "utf8")).toBe("path,label,score,source,model,split\r\na.jpg,mine,1,added,,test\r\nb.jpg,mine,1,added,,\r\n");
});

test("a file is replaced only when asked to, never half, and a photo never", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "labels.csv");
  writeFileSync(file, "precious");
  await expect(exportCsv({ ...plain, file, rows: [] })).rejects.toMatchObject({ code: "file-exists" });
  const broken = function* () { yield row("a.jpg", "dog"); throw new Error("power cut"); };
  await expect(exportCsv({ ...plain, overwrite: true, file, rows: broken() })).rejects.toThrow("power cut");
  expect(readFileSync(file, "utf8")).toBe("precious");
  expect(readdirSync(folder)).toEqual(["labels.csv"]);
  expect((await exportCsv({ ...plain, overwrite: true, file, rows: [row("a.jpg", "dog")] })).rows).toBe(1);
  expect(readFileSync(file, "utf8")).toContain("a.jpg,dog,1,added,");
  const photo = join(folder, "a.jpg");
  await expect(exportCsv({ ...plain, overwrite: true, file: photo, rows: [] })).rejects.toMatchObject({ code: "not-a-csv" });
  await expect(exportCsv({ ...plain, file: join(folder, "none/labels.csv"), rows: [] })).rejects.toMatchObject({ code: "cannot-write" });
  expect(existsSync(photo)).toBe(false);
});

test("identical files have a row each, and rejected labels none", () => {
  const library = emptyLibrary();
  imaginePhotos(library, 2);
  library.db.exec("INSERT INTO file (path, folder, photo, size, mtime_ms) VALUES ('a copy.jpg', '', 1, 1, 1)");
  replacePredictions(library, 5, [{ photo: 1, labels: ["own:dog", "own:cat"], scores: [0.75, 0.5] }]);
  judge(library, { photos: [1], label: "own:cat", verdict: "reject", name: "cat" });
  judge(library, { photos: [1, 2], label: "own:Rex", verdict: "accept", name: "Rex" });
  const of = (path: string) => [row(path, "Rex"), row(path, "dog", { source: "predicted", score: 0.75, model: 5 })];
  expect([...labelRows(library)]).toEqual([...of("a copy.jpg"), ...of("folder 0/IMG_0.jpg"), row("folder 1/IMG_1.jpg", "Rex", { photo: 2 })]);
});
