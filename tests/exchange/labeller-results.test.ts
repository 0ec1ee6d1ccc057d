import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readLabellerResults } from "../../src-main/exchange/labeller-results";
import type { ImportEntry } from "../../src-main/exchange/photo-keywords";
import { temporaryFolder } from "../fixtures/photo-folder";

async function readingsOf(name: string, text: string, known = ["ab12"]): Promise<ImportEntry[]> {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, text);
  const readings: ImportEntry[] = [];
  for await (const reading of readLabellerResults(file, {
    threshold: 0.5,
    isTrusted: (labeller) => known.includes(labeller),
  }))
    readings.push(reading);
  return readings;
}

const line = (path: string, labels: object[], labeller = "ab12") => JSON.stringify({ path, labeller, labels });
const cat = { id: "wn:02121808", score: 0.9 };

test("lists labels above the minimum confidence and counts the others, in JSON Lines and CSV", async () => {
  const jsonl = `${line("a/cat.jpg", [cat, { id: "own:Rex", score: 0.5 }, { id: "wn:00001740", score: 0.49 }])}\n\n${line("b.jpg", [])}\n`;
  expect(await readingsOf("results.jsonl", jsonl)).toEqual([
    { path: "a/cat.jpg", keywords: [["wn:02121808"], ["own:Rex"]], verdict: "accept" },
    { path: "b.jpg", keywords: [], verdict: "accept" },
    { predictions: 1 },
  ]);
  expect(
    await readingsOf(
      "results.csv",
      "score,path,label,labeller\r\n0.9,a.jpg,wn:02121808,ab12\r\n0.1,a.jpg,own:Rex,ab12\r\n",
    ),
  ).toEqual([
    { path: "a.jpg", keywords: [["wn:02121808"]], verdict: "accept" },
    { path: "a.jpg", keywords: [], verdict: "accept" },
    { predictions: 1 },
  ]);
});

test("refuses results of a labeller that the library never exported", async () => {
  await expect(readingsOf("results.jsonl", line("a.jpg", [cat], "ffff"))).rejects.toMatchObject({
    code: "unknown-labeller",
    message: expect.stringContaining("never exported (ffff") as unknown,
  });
});

test("reports unusable lines by number, and refuses a file without its columns", async () => {
  const bad = [
    "{",
    line("a.jpg", [{ id: "crane", score: 0.9 }]),
    line("a.jpg", [{ id: "wn:02121808", score: 7 }]),
    JSON.stringify({ path: "a.jpg", labels: [] }),
  ];
  expect(await readingsOf("results.jsonl", bad.join("\n"))).toMatchObject([
    { where: "line 1", reason: "The line isn’t a JSON object." },
    { where: "line 2", reason: expect.stringMatching(/^labels\.0\.id: /) as unknown },
    { where: "line 3", reason: expect.stringMatching(/^labels\.0\.score: /) as unknown },
    { where: "line 4", reason: expect.stringMatching(/^labeller: /) as unknown },
  ]);
  expect(
    await readingsOf("results.csv", "path,label,score,labeller\na.jpg,wn:02121808,sure,ab12\na.jpg\n"),
  ).toMatchObject([{ where: "line 2" }, { where: "line 3" }]);
  await expect(readingsOf("results.csv", "path,label\na.jpg,cat\n")).rejects.toMatchObject({
    code: "bad-csv",
    message: expect.stringContaining("no column score, labeller") as unknown,
  });
});
