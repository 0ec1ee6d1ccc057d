import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readCoco } from "../../src-main/exchange/coco-labels";
import { readCsvLabels } from "../../src-main/exchange/csv-labels";
import { folderKeyword } from "../../src-main/exchange/folder-keywords";
import { readJsonLines } from "../../src-main/exchange/json-labels";
import { distinctKeywords, type ImportEntry } from "../../src-main/exchange/photo-keywords";
import { linesOf } from "../../src-main/exchange/text-stream";
import { readSidecar } from "../../src-main/exchange/xmp-labels";
import { temporaryFolder } from "../fixtures/photo-folder";

function fileWith(content: string | Buffer, name = "labels.csv"): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, content);
  return file;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** Without the line of an entry that can be used. */
const withoutLines = (entries: ImportEntry[]): ImportEntry[] =>
  entries.map((entry) => ("path" in entry ? { ...entry, where: undefined } : entry));
const csv = async (content: string | Buffer): Promise<ImportEntry[]> =>
  withoutLines(await all(readCsvLabels(fileWith(content))));
const jsonl = async (...lines: unknown[]): Promise<ImportEntry[]> => {
  const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");
  return withoutLines(await all(readJsonLines(fileWith(text))));
};
const coco = (content: unknown): Promise<ImportEntry[]> =>
  all(readCoco(fileWith(typeof content === "string" ? content : JSON.stringify(content))));
const accepts = (path: string, ...keywords: string[][]): ImportEntry => ({ path, keywords, verdict: "accept" });

test("reads long CSV with paths, verdicts and any separator, and lists the lines that it can't use", async () => {
  expect(await csv('path,label\na.jpg,animals|crane\nb.jpg,"dog, big"\n')).toEqual([
    accepts("a.jpg", ["animals", "crane"]),
    accepts("b.jpg", ["dog, big"]),
  ]);
  expect(await csv("Verdict;LABEL;File\r\nreject;dog;a.jpg\r\nmaybe;cat;b.jpg\r\n;;c.jpg\r\n")).toEqual([
    { path: "a.jpg", keywords: [["dog"]], verdict: "reject" },
    { where: "line 3", reason: "The verdict is “maybe”; it must be accept or reject." },
    { where: "line 4", reason: "The line has no label." },
  ]);
  expect(await csv("path\tlabel\na.jpg\tdog\nb.jpg\n")).toEqual([
    accepts("a.jpg", ["dog"]),
    { where: "line 3", reason: "The line has 1 columns; the header has 2." },
  ]);
  await expect(csv("name,label\na,b\n")).rejects.toThrow("has no column path");
  await expect(csv("path\na.jpg\n")).rejects.toThrow("has no column label");
});

// guarantee: predictions-stay-predictions
test("reads Semblance's own export by its verdicts: names unchanged, formulas without their apostrophe, predictions only counted", async () => {
  expect(
    await csv(
      "path,label,score,source,model\r\na.jpg,'=1+1,1,added,\r\na.jpg,a|b,1,accepted,\r\na.jpg,dog,0.9,predicted,1\r\n",
    ),
  ).toEqual([accepts("a.jpg", ["=1+1"]), accepts("a.jpg", ["a|b"]), { predictions: 1 }]);
});

test("reads wide CSV: one column per label, 1 if the photo has it and -1 if it was rejected", async () => {
  expect(await csv("path,dog,'=cat,split,boat\na.jpg,1,yes,train,0.93\nb.jpg,0,-1,test,\n")).toEqual([
    accepts("a.jpg", ["dog"], ["=cat"]),
    accepts("b.jpg"),
    { path: "b.jpg", keywords: [["=cat"]], verdict: "reject" },
  ]);
});

test("reads UTF-16 with and without a byte order mark, and refuses other encodings than UTF-8 by name", async () => {
  const text = "path,label\nä.jpg,Zürich\n";
  const le = Buffer.from(text, "utf16le");
  for (const bytes of [
    le,
    Buffer.concat([Buffer.from([0xff, 0xfe]), le]),
    Buffer.from(`\ufeff${text}`, "utf16le").swap16(),
    Buffer.from(`\ufeff${text}`),
  ])
    expect(await csv(bytes)).toEqual([accepts("ä.jpg", ["Zürich"])]);
  await expect(csv(Buffer.from([...Buffer.from("path,label\na.jpg,"), 0xe9, 0x0a]))).rejects.toMatchObject({
    code: "bad-csv",
    message: expect.stringMatching(/labels\.csv isn’t UTF-8/) as string,
  });
});

// guarantee: hostile-import
test("refuses a line of 1 GB without reading it into memory", async () => {
  const file = fileWith("path,label\na.jpg,dog\nb.jpg,");
  truncateSync(file, 2 ** 30); // a sparse file, which takes no disk space
  const before = process.memoryUsage.rss();
  await expect(all(readCsvLabels(file))).rejects.toThrow("has a record of more than 4,000,000 characters");
  async function* endless() {
    for (let i = 0; i < 2 ** 14; i++) yield "x".repeat(2 ** 16);
  }
  await expect(all(linesOf(endless(), "it.jsonl", 4_000_000, "bad-jsonl"))).rejects.toThrow(
    "Line 1 of it.jsonl is longer than 4,000,000 characters",
  );
  expect(process.memoryUsage.rss() - before).toBeLessThan(300 * 2 ** 20);
});

// guarantee: predictions-stay-predictions
test("reads JSON Lines with texts, paths, objects with names or ids, and rejections, and only counts predictions", async () => {
  expect(
    await jsonl(
      {
        path: "a.jpg",
        labels: [
          "animals|crane",
          ["places", "AC/DC"],
          { name: "a|b", source: "added" },
          { label: "dog", id: "wn:02086723", source: "accepted" },
          { label: "cat", source: "predicted" },
        ],
        rejected: [{ name: "boat" }],
      },
      { file_name: "b.jpg", label: "dog", verdict: "reject" },
      "",
      "{broken",
      { path: 7 },
      "[1]",
    ),
  ).toEqual([
    accepts("a.jpg", ["animals", "crane"], ["places", "AC/DC"], ["a|b"], ["wn:02086723"]),
    { path: "a.jpg", keywords: [["boat"]], verdict: "reject" },
    { path: "b.jpg", keywords: [["dog"]], verdict: "reject" },
    ...[4, 5, 6].map((line) => ({
      where: `line ${line}`,
      reason: "The line isn’t a JSON object with a path and labels.",
    })),
    { predictions: 1 },
  ]);
});

test("reads each category of a COCO image once, below its supercategory, with or without boxes", async () => {
  const categories = [
    { id: 1, name: "crane", supercategory: "animal" },
    { id: 2, name: "boat", supercategory: "none" },
  ];
  const images = [
    { id: 10, file_name: "a.jpg", width: 4, height: 2 },
    { id: 11, file_name: "sub/b.jpg" },
  ];
  const annotations = [
    { image_id: 10, category_id: 1, bbox: [0, 0, 1, 1] },
    { image_id: 10, category_id: 1 },
    { image_id: 11, category_id: 2 },
    { image_id: 12, category_id: 1 },
    { image_id: 10, category_id: 9 },
    { image_id: 10, category_id: 2, source: "predicted" },
  ];
  expect(await coco({ images, categories, annotations })).toEqual([
    { where: "annotation 4", reason: "The file has no image 12." },
    { where: "annotation 5", reason: "The file has no category 9." },
    {
      ...accepts("a.jpg", ["animal", "crane"]),
      boxes: [{ keyword: ["animal", "crane"], box: [0, 0, 0.25, 0.5], where: "annotation 1" }],
      size: { width: 4, height: 2 },
    },
    accepts("sub/b.jpg", ["boat"]),
    { predictions: 1 },
  ]);
  await expect(coco({ images })).rejects.toThrow(/isn’t a COCO file: categories/);
  await expect(coco("{")).rejects.toThrow("isn’t JSON");
  await expect(all(readCoco("/nowhere.json"))).rejects.toMatchObject({ code: "no-file" });
});

test("takes labels from the chosen folder level and skips camera folders, dates and meaningless names", () => {
  const path = "animals/2024-05/Cranes_of Japan/DCIM/100CANON/a.jpg";
  expect(folderKeyword(path, "nearest", ["dcim"])).toEqual(["Cranes of Japan"]);
  expect(folderKeyword(path, "top", ["dcim"])).toEqual(["animals"]);
  expect(folderKeyword(path, "all", ["dcim"])).toEqual(["animals", "Cranes of Japan"]);
  expect(folderKeyword("DCIM/2024/20240511/a.jpg", "nearest", ["DCIM"])).toBeNull();
  expect(folderKeyword("a.jpg", "all", [])).toBeNull();
  expect(folderKeyword("2024-05-11 Harbour/a.jpg", "nearest", [])).toEqual(["Harbour"]);
});

test("does not repeat a keyword that is already part of a path", () => {
  expect(distinctKeywords([["animals"], ["animals", "crane"], ["crane"], ["beach"], ["beach"], []])).toEqual([
    ["animals", "crane"],
    ["beach"],
  ]);
});

const packet = (keywords: string, before = "") =>
  `${before}<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:subject><rdf:Bag>${keywords}</rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>`;
const sidecar = async (content: string | Buffer) => (await readSidecar(fileWith(content, "a.jpg.xmp"))).keywords;

// guarantee: hostile-import
test("reads sidecars in UTF-8 and UTF-16, and refuses by name one that has a document type, is malformed, too large or nested too deeply", async () => {
  expect(await sidecar(packet("<rdf:li>dog &amp; cat</rdf:li>", "\ufeff<?xpacket begin='\ufeff'?>"))).toEqual([
    ["dog & cat"],
  ]);
  expect(await sidecar(Buffer.from(`\ufeff${packet("<rdf:li>Zürich</rdf:li>")}`, "utf16le"))).toEqual([["Zürich"]]);
  const lol = `<!DOCTYPE lolz [<!ENTITY lol "lol">${Array.from({ length: 9 }, (_, i) => `<!ENTITY lol${i} "${`&lol${i === 0 ? "" : i - 1};`.repeat(10)}">`).join("")}]>`;
  for (const hostile of [`<!DOCTYPE a [<!ENTITY xxe SYSTEM "file:///etc/passwd">]>`, lol])
    await expect(sidecar(packet("<rdf:li>&xxe;</rdf:li>", hostile))).rejects.toMatchObject({
      code: "bad-xmp",
      message: expect.stringMatching(/a\.jpg\.xmp .*document type/) as string,
    });
  for (const broken of [
    packet("<rdf:li>dog"),
    "",
    "no xml",
    packet("<rdf:li>&unknown;</rdf:li>"),
    Buffer.from([0x3c, 0x61, 0xe9, 0x3e]),
  ])
    await expect(sidecar(broken)).rejects.toMatchObject({
      code: "bad-xmp",
      message: expect.stringContaining("a.jpg.xmp") as string,
    });
  const file = fileWith("<x>", "large.xmp");
  truncateSync(file, 17 * 2 ** 20);
  await expect(readSidecar(file)).rejects.toThrow("has 17,825,792 bytes, and sidecars can have up to 16,777,216");
  expect(await sidecar(packet(`<rdf:li>${"<a>".repeat(4_000)}deep${"</a>".repeat(4_000)}</rdf:li>`))).toEqual([
    ["deep"],
  ]);
});
