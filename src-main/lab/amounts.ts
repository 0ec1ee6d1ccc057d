import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { CsvError, parse } from "csv-parse/sync";
import { z } from "zod";
import { Refusal, withFullStop } from "../../src-shared/refusal";
import { requireFile } from "../base/input-file";

/** Photos and the amount of each label in them, from a CSV. */
export interface AmountTable {
  /** Absolute path of the CSV. */
  source: string;
  /** `[n]` as written in the CSV */
  photos: string[];
  labels: { name: string; wnid: string | null; /** `[n]` 0..1 */ amounts: Float64Array }[];
}

/**
 * A label and the columns whose amounts it sums; columns that a table lacks are ignored. Without a list, the column of
 * the same name.
 */
export interface LabelColumns {
  name: string;
  wnid: string | null;
  columns: string[];
}

const mappingShape = z
  .array(
    z.object({
      name: z.string().min(1),
      wnid: z
        .string()
        .regex(/^n\d{8}$/, "is not a wnid like n12102133")
        .nullish(),
      columns: z.array(z.string()).min(1).optional(),
    }),
  )
  .min(1);

/**
 * Reads a mapping from JSON.
 * @throws Refusal `bad-dataset`
 */
export function readLabelColumns(file: string): LabelColumns[] {
  const text = readText(file);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw badAmounts(file, `not JSON: ${(error as Error).message}`);
  }
  const parsed = mappingShape.safeParse(json);
  if (!parsed.success) throw badAmounts(file, z.prettifyError(new z.ZodError(parsed.error.issues.slice(0, 3))));
  const twice = parsed.data.find(({ name }, i) => parsed.data.findIndex((other) => other.name === name) < i);
  if (twice) throw badAmounts(file, `label “${twice.name}” appears twice`);
  return parsed.data.map(({ name, wnid, columns }) => ({ name, wnid: wnid ?? null, columns: columns ?? [name] }));
}

/**
 * Reads a CSV whose first column is `photo`; every other column is a label, with the share of the photo that it covers,
 * or 0 and 1 for absent and present.
 * @param mapping labels and the columns they sum (at most 1 per photo); null: every column is a label
 * @throws Refusal `bad-dataset`
 */
export function readAmounts(path: string, mapping: LabelColumns[] | null): AmountTable {
  const source = resolve(path);
  const [header = [], ...rows] = recordsOf(source);
  const columns = header.map((name) => name.trim());
  if (columns[0]?.toLowerCase() !== "photo")
    throw badAmounts(source, `the first column is “${columns[0] ?? ""}”, but must be “photo”`);
  const twice = columns.find((name, i) => columns.indexOf(name) < i);
  if (twice !== undefined) throw badAmounts(source, `column “${twice}” appears twice`);
  if (rows.length === 0) throw badAmounts(source, "no photos, only a header");
  const values = columns.map(() => new Float64Array(rows.length));
  rows.forEach((row, i) => {
    const line = `line ${i + 2} (${row[0]})`;
    if (row.length !== columns.length)
      throw badAmounts(source, `${line} has ${row.length} columns, but the header has ${columns.length}`);
    for (let c = 1; c < columns.length; c++) {
      const amount = row[c].trim() === "" ? NaN : Number(row[c]);
      if (!(amount >= 0 && amount <= 1))
        throw badAmounts(source, `${line}: “${columns[c]}” is “${row[c]}”, but must be a number from 0 to 1`);
      values[c][i] = amount;
    }
  });
  const wanted = mapping ?? columns.slice(1).map((name): LabelColumns => ({ name, wnid: null, columns: [name] }));
  if (wanted.length === 0) throw badAmounts(source, "no columns besides “photo”");
  return {
    source,
    photos: rows.map(([photo]) => photo.trim()),
    labels: wanted.map(({ name, wnid, columns: parts }) => {
      const there = parts.map((part) => columns.indexOf(part)).filter((c) => c >= 1);
      if (there.length === 0) throw badAmounts(source, `no column ${parts.join(" or ")} for label “${name}”`);
      const summed = values[0].map((_, i) =>
        Math.min(
          1,
          there.reduce((sum, c) => sum + values[c][i], 0),
        ),
      );
      return { name, wnid, amounts: summed };
    }),
  };
}

/**
 * Absolute paths of a table's photos; relative paths start at the CSV's folder.
 * @throws Refusal `bad-dataset` for a missing photo
 */
export function photoPaths({ source, photos }: AmountTable): string[] {
  const paths = photos.map((photo) => resolve(dirname(source), photo));
  const missing = paths.findIndex((path) => !existsSync(path));
  if (missing >= 0) throw badAmounts(source, `line ${missing + 2}: photo not found: ${paths[missing]}`);
  return paths;
}

/**
 * Reads features `[n, D]`, one row per photo of a table: little-endian 16-bit floats.
 * @throws Refusal `bad-features` when the file is not n × D numbers, or one is not finite
 */
export function readFeatures(file: string, n: number, D: number): Float32Array {
  if (!existsSync(file)) throw new Refusal("bad-features", `There is no features file ${file}.`);
  requireFile(file, "bad-features");
  const bytes = new Uint8Array(readFileSync(file));
  if (bytes.length !== 2 * n * D) {
    throw new Refusal(
      "bad-features",
      `The features file ${file} has ${bytes.length} bytes, but should have ${2 * n * D} (${n} photos × ${D} features × 2 bytes).`,
    );
  }
  const features = Float32Array.from(new Float16Array(bytes.buffer));
  const stray = features.findIndex((value) => !Number.isFinite(value));
  if (stray >= 0)
    throw new Refusal(
      "bad-features",
      `The features file ${file} is not finite: feature ${stray % D} of photo ${Math.floor(stray / D)} is ${features[stray]}.`,
    );
  return features;
}

function recordsOf(file: string): string[][] {
  try {
    return parse(readText(file), { bom: true, skip_empty_lines: true, relax_column_count: true });
  } catch (error) {
    if (error instanceof CsvError) throw badAmounts(file, `not a CSV: ${error.message}`);
    throw error;
  }
}

function readText(file: string): string {
  if (!existsSync(file)) throw badAmounts(file, "file not found");
  requireFile(file, "bad-dataset");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    if (error instanceof TypeError) throw badAmounts(file, "not UTF-8 text");
    throw error;
  }
}

const badAmounts = (file: string, reason: string) =>
  new Refusal("bad-dataset", `Amounts in ${file}: ${withFullStop(reason)}`);
