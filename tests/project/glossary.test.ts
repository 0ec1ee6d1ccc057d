import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ROOMS } from "../../tools/layers.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const IDENTIFIER = /[A-Za-z_$][\w$]*/g;

test("every name in the Code column of docs/glossary.md is in the sources", () => {
  const names = new Set<string>();
  for (const { path } of ROOMS)
    for (const file of readdirSync(join(root, path), { recursive: true, encoding: "utf8" })) {
      if (!/\.(ts|svelte)$/.test(file)) continue;
      for (const part of file.match(IDENTIFIER) ?? []) names.add(part);
      for (const name of readFileSync(join(root, path, file), "utf8").match(IDENTIFIER) ?? []) names.add(name);
    }
  const rows = readFileSync(join(root, "docs/glossary.md"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) => line.split("|").map((cell) => cell.trim()));
  const codes = rows.flatMap(([, term, , code]) =>
    [...(code ?? "").matchAll(/`([^`]+)`/g)].flatMap(([, text]) =>
      (text.match(IDENTIFIER) ?? []).map((name) => ({ term, name })),
    ),
  );
  expect(codes.length).toBeGreaterThan(50);
  expect(codes.filter(({ name }) => !names.has(name))).toEqual([]);
});
