/**
 * Writes docs/guarantees.md: what Semblance guarantees, and the tests that check it.
 *
 *   node tools/guarantees.mjs [--check] [project folder]
 *
 * The promises are in tests/guarantees.json. A comment above a test says which one it checks:
 *
 *   // guarantee: originals-untouched
 *   test("…", () => …);
 *
 * A check that runs after all tests says so in brackets: // guarantee: originals-untouched (after every test).
 * --check writes nothing, and exits with code 1 if the page is out of date. A promise without a test is an error, and so
 * is a comment that names no promise.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import ts from "typescript";

const TAG = /^\/\/ guarantee: ([\w-]+)(?: \((.+)\))?$/;

const check = process.argv.includes("--check");
const root = process.argv.slice(2).find((argument) => !argument.startsWith("--")) ?? ".";
const file = join(root, "docs", "guarantees.md");
const groups = JSON.parse(readFileSync(join(root, "tests", "guarantees.json"), "utf8"));

const tests = readdirSync(join(root, "tests"), { recursive: true })
  .map((name) => `tests/${name.replaceAll("\\", "/")}`)
  .filter((name) => name.endsWith(".ts"))
  .sort()
  .flatMap((name) => taggedIn(name, readFileSync(join(root, name), "utf8")));

const ids = Object.values(groups).flatMap((promises) => Object.keys(promises));
const faults = [
  ...tests.filter(({ id }) => !ids.includes(id)).map(({ id, at }) => `${at}: tests/guarantees.json has no ${id}`),
  ...tests.filter(({ title }) => title === null).map(({ id, at }) => `${at}: no test follows the comment about ${id}`),
  ...ids.filter((id) => !tests.some((each) => each.id === id)).map((id) => `tests/guarantees.json: no test for ${id}`),
];
if (faults.length > 0) fail(faults.join("\n"));

const page = await format(pageOf(), { ...(await resolveConfig(file)), plugins: [], filepath: file });
if (!check) writeFileSync(file, page);
else if (!existsSync(file) || readFileSync(file, "utf8") !== page)
  fail("docs/guarantees.md is out of date: run node tools/guarantees.mjs");
console.log(`${ids.length} guarantees, checked by ${tests.length} tests`);

/** The tags in a file, each with the title of the test on the next line of code. */
function taggedIn(name, text) {
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  const lines = text.split("\n").map((line) => line.trim());
  const titles = new Map();
  const visit = (node, within) => {
    const title = titleOf(node);
    const whole = title === null ? within : [...within, title];
    if (title !== null) titles.set(source.getLineAndCharacterOfPosition(node.getStart(source)).line, whole.join(" › "));
    ts.forEachChild(node, (child) => visit(child, whole));
  };
  visit(source, []);
  return lines.flatMap((line, i) => {
    const [, id, said] = TAG.exec(line) ?? [];
    if (id === undefined) return [];
    let next = i + 1;
    while (next < lines.length && /^(\/\/|\/?\*|$)/.test(lines[next])) next++;
    return [{ id, name, at: `${name}:${i + 1}`, title: said ?? titles.get(next) ?? null }];
  });
}

/** The title of test("…"), describe("…"), test.each(…)("…") and so on; null for anything else. */
function titleOf(node) {
  if (!ts.isExpressionStatement(node) || !ts.isCallExpression(node.expression)) return null;
  const { expression: called, arguments: given } = node.expression;
  if (!/^(test|describe)\b/.test(called.getText())) return null;
  const [title] = given;
  if (title === undefined) return null;
  if (ts.isStringLiteralLike(title)) return title.text.replace(/%[sdi#]/g, "…");
  if (!ts.isTemplateExpression(title)) return null;
  return [title.head.text, ...title.templateSpans.map(({ literal }) => literal.text)].join("…");
}

function pageOf() {
  const sections = Object.entries(groups).map(
    ([group, promises]) => `## ${group}\n\n${Object.entries(promises).map(sectionOf).join("\n")}`,
  );
  return `# Guarantees

<!-- Written by node tools/guarantees.mjs from comments in the tests and tests/guarantees.json: change those. -->

What you can rely on, and the tests that check it. \`npm test\` runs them all, and fails if this page does not match
them. A test that needs Linux, a browser or another program is skipped where that is missing.

"Annotations" are the labels that you accepted or rejected.

${sections.join("\n")}`;
}

function sectionOf([id, { promise, also }]) {
  const held = tests.filter((each) => each.id === id);
  const files = [...new Set(held.map(({ name }) => name))].map((name) => {
    const titles = held.filter((each) => each.name === name).map(({ title }) => escaped(title));
    return `  - [${name.replace("tests/", "")}](../${name}): ${titles.join(" · ")}`;
  });
  return [`- **${promise}**${also ? ` ${also}` : ""}`, ...files].join("\n");
}

/** A title with Markdown escaped. */
function escaped(title) {
  return title.replace(/[\\`*_[\]<>~|]/g, "\\$&");
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
