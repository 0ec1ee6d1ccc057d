import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Maximum size in bytes: a README that people read to the end. */
const README_MOST = 6144;

/** The repository's Markdown for people, by path from the root. */
const pages = [
  ...readdirSync(ROOT),
  ...["docs", "resources", "tools"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  ),
]
  .filter((path) => path.endsWith(".md"))
  .sort();

const read = (page: string) => readFileSync(join(ROOT, page), "utf8");

interface Link {
  target: string;
  line: number;
}

/** Links and images, inline (`[text](target)`) and by reference (`[name]: target`), outside code. */
function linksOf(markdown: string): Link[] {
  return withoutCode(markdown)
    .split("\n")
    .flatMap((text, at) =>
      [
        ...text.matchAll(
          /\]\(<?([^()\s<>]+(?:\([^()\s]*\)[^()\s<>]*)*)>?(?:\s+"[^"]*")?\)|^\[[^\]]+\]:\s+<?(\S+?)>?(?:\s|$)/g,
        ),
      ].map(([, inline, reference]) => ({ target: inline ?? reference, line: at + 1 })),
    );
}

/** The lines with fenced blocks and code spans blanked. */
function withoutCode(markdown: string): string {
  let fence: string | null = null;
  return markdown
    .split("\n")
    .map((line) => {
      const mark = /^\s*(?:>\s*)*(```+|~~~+)/.exec(line)?.[1];
      if (fence === null && mark !== undefined) {
        fence = mark;
        return "";
      }
      if (fence === null) return line.replace(/(`+)(?!`).*?[^`]\1(?!`)/g, (code) => " ".repeat(code.length));
      if (mark?.startsWith(fence)) fence = null;
      return "";
    })
    .join("\n");
}

/**
 * Anchors of a page's headings by GitHub's rules: formatting removed, lower case, punctuation removed, spaces as
 * hyphens, and a number after duplicates.
 */
function anchorsOf(markdown: string): Set<string> {
  const anchors = new Set<string>();
  const headings = withoutFences(markdown).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm);
  for (const [, heading] of headings) {
    const slug = slugOf(heading);
    let anchor = slug;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${slug}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}

const withoutFences = (markdown: string) => markdown.replace(/^(\s*)(```+|~~~+)[^\n]*\n[\s\S]*?^\s*\2[^\n]*$/gm, "");

const slugOf = (heading: string): string =>
  heading
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1") // a link becomes its text
    .replace(/(?<!\w)_([^_]+)_(?!\w)/g, "$1") // emphasis
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
    .replaceAll(" ", "-");

/** Why a link is broken; null if it works. */
function problemWith(target: string, page: string): string | null {
  if (/^[a-z][a-z\d+.-]*:/i.test(target)) {
    if (/^mailto:[^@\s]+@[^@\s]+$/.test(target)) return null;
    const url = URL.parse(target);
    return url?.protocol === "https:" && url.hostname.includes(".") ? null : "is not an https address";
  }
  const [path, anchor] = target.split("#", 2).map(decodeURIComponent);
  const file = path === "" ? join(ROOT, page) : resolve(ROOT, dirname(page), path);
  if (path.startsWith("/") || relative(ROOT, file).startsWith("..")) return "points outside the repository";
  if (!existsSync(file)) return "points to a missing file";
  if (anchor === undefined) return null;
  if (!file.endsWith(".md") || !statSync(file).isFile()) return "has an anchor, but does not point to Markdown";
  return anchorsOf(readFileSync(file, "utf8")).has(anchor) ? null : "points to a missing heading";
}

test("the README is at most 6 KB", () => {
  expect(statSync(join(ROOT, "README.md")).size).toBeLessThanOrEqual(README_MOST);
});

describe("links", () => {
  test.each(pages)("of %s resolve", (page) => {
    const links = linksOf(read(page));
    const broken = links.flatMap(({ target, line }) => {
      const problem = problemWith(target, page);
      return problem === null ? [] : [`${page}:${line}: ${target} ${problem}`];
    });
    expect(broken).toEqual([]);
  });

  test.each(pages)("and files named in code in %s exist", (page) => {
    const named = [...read(page).matchAll(/`((?:docs|resources|scripts|src-[a-z]+|tests|tools)\/[\w./-]*\w)`/g)];
    const isThere = (path: string) => [ROOT, join(ROOT, dirname(page))].some((from) => existsSync(join(from, path)));
    expect(named.map(([, path]) => path).filter((path) => !isThere(path))).toEqual([]);
  });

  test("every page in docs/ is linked from the README", () => {
    const reached = new Set<string>();
    const follow = (page: string) => {
      if (reached.has(page)) return;
      reached.add(page);
      for (const { target } of linksOf(read(page))) {
        if (/^[a-z][a-z\d+.-]*:/i.test(target)) continue;
        const file = resolve(ROOT, dirname(page), target.split("#")[0]);
        if (file.endsWith(".md") && existsSync(file)) follow(relative(ROOT, file));
      }
    };
    follow("README.md");
    expect(pages.filter((page) => page.startsWith("docs") && !reached.has(page))).toEqual([]);
  });
});

describe("the link checker", () => {
  test("finds inline, reference and image links, but none in code", () => {
    const markdown = [
      "[a](one.md) and ![b](two.png 'x') `[no](no.md)`",
      "```",
      "[no](no.md)",
      "```",
      '[c](<three.md> "title") [d](four_(4).md#x)',
      "[e]: five.md",
    ].join("\n");
    expect(linksOf(markdown)).toEqual([
      { target: "one.md", line: 1 },
      { target: "three.md", line: 5 },
      { target: "four_(4).md#x", line: 5 },
      { target: "five.md", line: 6 },
    ]);
  });

  test("computes anchors like GitHub", () => {
    const markdown =
      "# What's _new_ in `tag`?\n## copy, open-copy\n## Same\n```\n# no heading\n```\n### Same\n## C++ & [a link](x.md)\n## Über 1.0";
    expect([...anchorsOf(markdown)]).toEqual([
      "whats-new-in-tag",
      "copy-open-copy",
      "same",
      "same-1",
      "c--a-link",
      "über-10",
    ]);
  });

  test.each([
    ["docs/nowhere.md", "points to a missing file"],
    ["#no-such-heading", "points to a missing heading"],
    ["../outside.md", "points outside the repository"],
    ["/docs/method.md", "points outside the repository"],
    ["http://example.com", "is not an https address"],
    ["package.json#anchor", "has an anchor, but does not point to Markdown"],
    ["https://example.com/a_(b)", null],
    ["README.md#two-commands", null],
    ["resources/words", null],
  ])("%s %s", (target, problem) => {
    expect(problemWith(target, "README.md")).toBe(problem);
  });
});
