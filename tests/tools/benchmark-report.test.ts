import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { check } from "prettier";
import { afterEach, beforeEach, expect, test } from "vitest";
import { commandOf, fileReport, type Run } from "../../tools/benchmark/report";
import { countOf, namesOption } from "../../tools/command-line";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "semblance-report-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const page = () => readFileSync(join(folder, "benchmarks.md"), "utf8");
const rows = (text = page()) =>
  text
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    );

function run(name: string, value: number, more: Partial<Run> = {}): Run {
  return {
    name,
    measures: `how ${name} does`,
    needs: "no data",
    command: `npm run bench -- --only ${name}`,
    date: "2026-01-02",
    machine: { cores: 2, gigabytes: 8, node: "v24.0.0", platform: "linux x64", load: 0.1 },
    figures: [{ benchmark: name, what: "p50 | p95", value, unit: "ms", target: { atMost: 10 } }],
    notes: [],
    ...more,
  };
}

test("new figures replace those of the same command and keep all others", async () => {
  await fileReport(folder, [run("search", 4), run("query", 40)]);
  await fileReport(folder, [run("query", 5)]);
  await fileReport(folder, [run("query", 6, { command: "npm run bench -- --only query --million" })]);
  expect(page().match(/^## .*$/gm)).toEqual(["## query", "## query", "## search"]);
  expect(rows()).toEqual([
    ["what", "value", "unit", "target", "holds"],
    [
      expect.stringMatching(/^-+$/),
      expect.stringMatching(/^-+:$/),
      ...Array.from({ length: 3 }, () => expect.any(String)),
    ],
    ["p50 \\| p95", "5", "ms", "≤ 10", "yes"],
    expect.arrayContaining(["what"]),
    expect.anything(),
    ["p50 \\| p95", "6", "ms", "≤ 10", "yes"],
    expect.arrayContaining(["what"]),
    expect.anything(),
    ["p50 \\| p95", "4", "ms", "≤ 10", "yes"],
  ]);
  expect(page()).toContain("2026-01-02: 2 cores, 8 GB, Node v24.0.0, linux x64, load 0.1 before the run.");
});

test("marks a missed target, and keeps earlier figures of a skipped benchmark", async () => {
  await fileReport(folder, [run("search", 14)]);
  await fileReport(folder, [run("search", 0, { figures: [], skipped: "no /home/someone/photos" })]);
  expect(rows().at(-1)).toEqual(["p50 \\| p95", "14", "ms", "≤ 10", "**no**"]);
  await fileReport(folder, [run("search", 3, { skipped: "no /home/someone/photos" })]);
  expect(page()).toContain("Parts whose data was missing were skipped.");
  expect(page() + readFileSync(join(folder, "benchmarks.json"), "utf8")).not.toContain("someone");
});

test("writes page and data as Prettier formats them", async () => {
  await fileReport(folder, [run("search", 14)]);
  for (const name of ["benchmarks.md", "benchmarks.json"])
    expect(await check(readFileSync(join(folder, name), "utf8"), { filepath: name, printWidth: 80 })).toBe(true);
});

test("the command to repeat a run has the options that it used, without parent folders", () => {
  const command = new Command("npm run bench --")
    .option("--photos <folder>", "", "../shared/photos")
    .option("--labels <set>")
    .option("--seeds <n>", "", countOf, 3)
    .option("--million")
    .option("--json")
    .parse(["--photos", "/home/someone/My photos", "--seeds", "5", "--million", "--json"], { from: "user" });
  expect(commandOf("search", command, ["photos", "labels", "seeds", "million"])).toBe(
    'npm run bench -- --only search --photos "My photos" --seeds 5 --million',
  );
  expect(commandOf("search", command, ["labels"])).toBe("npm run bench -- --only search");
});

test("refuses unknown names and invalid numbers", () => {
  const parse = (...given: string[]) => {
    const said: string[] = [];
    const command = new Command()
      .exitOverride()
      .configureOutput({ writeErr: (text) => said.push(text) })
      .addOption(namesOption("--only <names>", "what to run", ["search", "query"], ["search"]))
      .option("--seeds <n>", "", countOf, 3);
    try {
      return command.parse(given, { from: "user" }).opts();
    } catch {
      return said.join("").trim();
    }
  };
  expect(parse()).toEqual({ only: ["search"], seeds: 3 });
  expect(parse("--only", "query, search,query")).toEqual({ only: ["query", "search"], seeds: 3 });
  expect(parse("--only", "query,sarch")).toBe(
    "error: option '--only <names>' argument 'query,sarch' is invalid. Unknown: sarch. Choose from search, query.",
  );
  for (const wrong of ["0", "-1", "1.5", "", "many", "Infinity"]) expect(parse("--seeds", wrong)).toContain("invalid");
});
