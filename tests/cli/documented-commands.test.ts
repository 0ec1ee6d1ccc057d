import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { semblance } from "../fixtures/command-line";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const GUIDE = "docs/guide/command-line.md";
/** Pages that show commands, and pages other than the guide that describe options. */
const PAGES = [
  "README.md",
  GUIDE,
  "docs/guide/boxes-tiles.md",
  "docs/guide/culling.md",
  "docs/guide/window.md",
  "docs/guide/import-export.md",
  "docs/guide/packs.md",
  "docs/guide/boxes-formats.md",
  "docs/guide/troubleshooting.md",
  "docs/evaluation/boxes.md",
];
const ELSEWHERE = [
  "docs/guide/import-export.md",
  "docs/guide/boxes-formats.md",
  "docs/guide/troubleshooting.md",
  "docs/labeller.md",
];
/** Commands with subcommands. */
const GROUPS = ["packs", "project", "visual", "words"];
/** Options of every command, which the guide describes once. */
const COMMON = ["--help", "--json", "--strict-files", "--verbose", "--version"];

const read = (page: string) => readFileSync(join(ROOT, page), "utf8");
const optionsIn = (text: string) => new Set([...text.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([option]) => option));

/** The `npx semblance …` lines of a page's code blocks, without comments. */
const commandsIn = (page: string) =>
  [...read(page).matchAll(/^(?:\$ )?npx semblance\b *(.*)$/gm)].map(([, words]) => words.split(/\s+#/)[0].trim());

const home = mkdtempSync(join(tmpdir(), "semblance-help-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** The output of `--help`, by command ("words train"). */
const helps = new Map<string, string>();

async function helpOf(words: string[]): Promise<string> {
  const { code, stdout } = await semblance(home, [...words, "--help"]);
  expect(code, `${words.join(" ")} --help`).toBe(0);
  return stdout;
}

const namesIn = (help: string) =>
  [...help.slice(help.indexOf("Commands:")).matchAll(/^ {2}([a-z][a-z-]*) /gm)]
    .map(([, name]) => name)
    .filter((name) => name !== "help");

beforeAll(async () => {
  const names = namesIn(await helpOf([]));
  const commands = names.filter((name) => !GROUPS.includes(name)).map((name) => [name]);
  for (const group of GROUPS) for (const name of namesIn(await helpOf([group]))) commands.push([group, name]);
  for (const words of commands) helps.set(words.join(" "), await helpOf(words));
});

/** A line's command, with its subcommand. */
const commandOf = (line: string) => {
  const [first, second] = line.split(/\s+/);
  return GROUPS.includes(first) ? `${first} ${second}` : first;
};

test.each(PAGES)("every command and option that %s shows exists", (page) => {
  const wrong = commandsIn(page)
    .filter((line) => line !== "" && !line.startsWith("--") && !line.startsWith("<"))
    .flatMap((line) => {
      const help = helps.get(commandOf(line));
      if (help === undefined) return [`${line}: no such command`];
      const known = optionsIn(help);
      return [...optionsIn(line)].filter((option) => !known.has(option)).map((option) => `${line}: no ${option}`);
    });
  expect(wrong).toEqual([]);
});

describe("the guide to the command line", () => {
  /** The section about a command. */
  const sectionOf = (command: string) =>
    read(GUIDE)
      .split(/^### /m)
      .slice(1)
      .find((section) => {
        const [heading] = section.split("\n", 1);
        const [group] = heading.split(" ");
        const names = heading
          .split(", ")
          .map((name) => (GROUPS.includes(group) && !name.startsWith(group) ? `${group} ${name}` : name));
        return names.includes(command);
      });

  test("has a section for every command", () => {
    expect([...helps.keys()].filter((command) => sectionOf(command) === undefined)).toEqual([]);
  });

  test("describes every option and no others", () => {
    const elsewhere = new Set(ELSEWHERE.flatMap((page) => [...optionsIn(read(page))]));
    const missing = [...helps].flatMap(([command, help]) => {
      const described = optionsIn(sectionOf(command) ?? "");
      return [...optionsIn(help)]
        .filter((option) => !COMMON.includes(option) && !described.has(option) && !elsewhere.has(option))
        .map((option) => `${command} ${option}`);
    });
    expect(missing).toEqual([]);

    const known = new Set([...helps.values()].flatMap((help) => [...optionsIn(help)]));
    expect([...optionsIn(read(GUIDE))].filter((option) => !known.has(option))).toEqual([]);
  });
});
