import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { CsvError, parse } from "csv-parse/sync";
import { z } from "zod";
import { labelNameFault, tidyName } from "../../../src-shared/label-id";
import { Refusal, withFullStop } from "../../../src-shared/refusal";
import { BUNDLED_PACK } from "../../base/default-pack";
import { requireFile } from "../../base/input-file";
import { resource } from "../../base/resources";

export interface ClassName {
  name: string;
  wnid: string | null;
}

/** Lists that come with the program: number of classes → name of the list. */
const KNOWN = { "imagenet-1k": "classes.json", coco: "objects.json" } as const;
const MAX_LIST_BYTES = 64 * 2 ** 20;
const WNID = /^n\d{8}$/;

const known = z.array(z.object({ name: z.string(), wnid: z.string().nullish() }));
const json = z.union([
  z.array(z.union([z.string(), z.object({ name: z.string(), wnid: z.string().nullish() })])),
  z.record(z.string().regex(/^\d{1,6}$/), z.string()),
]);

/** The list that a network with so many classes usually has; null if it is none that the program knows. */
export function usualList(kind: "classifier" | "objects", classes: number | null): keyof typeof KNOWN | null {
  if (kind === "classifier" && classes === 1000) return "imagenet-1k";
  return kind === "objects" && (classes === 80 || classes === null) ? "coco" : null;
}

/**
 * The names of a network's classes, in its order.
 * @param list `imagenet-1k`, `coco`, or a file: a name on each line, optionally after a wnid; a JSON list of names, of
 *   `{name, wnid}`, or an object from class numbers to names; or a CSV with the columns name and, optionally, wnid
 * @param count classes that the network has; null if it doesn't say
 * @throws Refusal `bad-label-set` with the line or class, or both counts
 */
export function readClassList(list: string, count: number | null): ClassName[] {
  const names = list in KNOWN ? knownList(list as keyof typeof KNOWN) : listIn(list);
  if (count !== null && names.length !== count)
    throw refused(list, `it names ${names.length} classes, but the network has ${count}`);
  if (names.length === 0) throw refused(list, "it names no class");
  return names.map(({ name, wnid }, i) => {
    const fault = labelNameFault(name);
    if (fault !== null) throw refused(list, `class ${i + 1}: ${fault}`);
    if (wnid !== null && !WNID.test(wnid))
      throw refused(list, `class ${i + 1} has the wnid ${JSON.stringify(wnid.slice(0, 40))}, not n and 8 digits`);
    return { name, wnid };
  });
}

const refused = (list: string, reason: string): Refusal =>
  new Refusal("bad-label-set", `Can’t use the labels in ${list}: ${withFullStop(reason)}`);

function knownList(list: keyof typeof KNOWN): ClassName[] {
  const file = resource("packs", BUNDLED_PACK, KNOWN[list]);
  return known.parse(JSON.parse(readFileSync(file, "utf8"))).map(({ name, wnid }) => ({ name, wnid: wnid ?? null }));
}

function listIn(file: string): ClassName[] {
  const size = requireFile(file);
  if (size > MAX_LIST_BYTES) throw refused(file, `it has ${size} bytes; the maximum is ${MAX_LIST_BYTES}`);
  const text = readFileSync(file, "utf8").replace(/^\ufeff/, "");
  const extension = extname(file).toLowerCase();
  if (extension === ".json") return inJson(file, text);
  return extension === ".csv" ? inCsv(file, text) : inLines(text);
}

/** `tench`, or `n01440764 tench, Tinca tinca` as in ImageNet's own lists: then the first name counts. */
function inLines(text: string): ClassName[] {
  const lines = text.split(/\r\n|\n|\r/);
  while (lines.at(-1)?.trim() === "") lines.pop();
  return lines.map((line) => {
    const [, wnid = null, names = ""] = /^(n\d{8})[\s,:]+(.*)$/.exec(line) ?? [];
    return wnid === null ? named(line) : named(names.split(",", 1)[0]!, wnid);
  });
}

function inJson(file: string, text: string): ClassName[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw refused(file, `it is not valid JSON: ${(error as Error).message}`);
  }
  const checked = json.safeParse(parsed);
  if (!checked.success) throw refused(file, "it is not a list of names, nor of { name, wnid }");
  if (Array.isArray(checked.data))
    return checked.data.map((each) => (typeof each === "string" ? named(each) : named(each.name, each.wnid ?? null)));
  const byNumber = checked.data;
  return Array.from({ length: Object.keys(byNumber).length }, (_, c) => {
    const name = byNumber[String(c)];
    if (name === undefined) throw refused(file, `it has no class ${c}`);
    return named(name);
  });
}

function inCsv(file: string, text: string): ClassName[] {
  try {
    const rows: Record<string, string>[] = parse(text, { columns: true, skip_empty_lines: true, trim: true });
    return rows.map((row, i) => {
      const name = row.name ?? row.label;
      if (name === undefined) throw refused(file, `row ${i + 1} has no column name`);
      return named(name, row.wnid || null);
    });
  } catch (error) {
    throw error instanceof CsvError ? refused(file, error.message) : error;
  }
}

const named = (name: string, wnid: string | null = null): ClassName => ({ name: tidyName(name), wnid });
