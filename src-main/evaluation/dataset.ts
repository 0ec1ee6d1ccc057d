import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { CsvError, parse } from "csv-parse/sync";
import { Refusal, withFullStop } from "../../src-shared/refusal";
import { requireFile } from "../base/input-file";
import { walk } from "../folder/walk";

/** A photo file and its label in the dataset. */
export interface LabelledFile {
  /** Absolute path. */
  path: string;
  name: string;
  /** WordNet 3.0 id, if the dataset has it. */
  wnid: string | null;
}

export interface Dataset {
  /** Absolute path of its folder or CSV. */
  source: string;
  files: LabelledFile[];
  /** Photos without a label, and lines without a photo. */
  skipped: { path: string; reason: string }[];
}

/**
 * Reads a labelled dataset: a folder of class folders (named by name, by wnid, or both: `n02084071_dog`), or a CSV
 * with the columns path and label, and optionally wnid; paths are absolute or relative to the CSV.
 * @throws Refusal `bad-dataset` when it is neither, or has no photo with a label
 */
export async function readDataset(path: string): Promise<Dataset> {
  const source = resolve(path);
  const stat = statSync(source, { throwIfNoEntry: false });
  if (!stat)
    throw new Refusal("bad-dataset", `There is no dataset at ${source}. Give a folder of class folders or a CSV file.`);
  if (!stat.isDirectory()) requireFile(source, "bad-dataset");
  const { files, skipped } = stat.isDirectory() ? await readFolders(source) : readCsv(source);
  if (files.length === 0) {
    const why =
      skipped.length > 0
        ? `${skipped.length} entries can’t be used. The first is ${skipped[0].path}: ${skipped[0].reason}`
        : "It is empty.";
    throw new Refusal("bad-dataset", `The dataset ${source} has no photos with a label. ${why}`);
  }
  return { source, files, skipped };
}

async function readFolders(root: string): Promise<Pick<Dataset, "files" | "skipped">> {
  const files: LabelledFile[] = [];
  const skipped: Dataset["skipped"] = [];
  for await (const found of walk(root, new Set())) {
    const within = found.path.indexOf("/");
    if (found.kind === "failed" || found.kind === "closed") skipped.push({ path: found.path, reason: found.message });
    else if (within < 0) skipped.push({ path: found.path, reason: "The file is not in a class folder." });
    else if (found.kind === "photo")
      files.push({ path: join(root, found.path), ...classOf(found.path.slice(0, within)) });
  }
  return { files, skipped };
}

/** Parses a class folder's name: `golden_retriever`, `n02099601`, `n02099601-golden_retriever`. */
function classOf(folder: string): Pick<LabelledFile, "name" | "wnid"> {
  const match = /^(n\d{8})(?:[-_ .]+(.+))?$/.exec(folder);
  return { name: (match ? (match[2] ?? match[1]) : folder).replace(/_/g, " ").trim(), wnid: match ? match[1] : null };
}

function readCsv(file: string): Pick<Dataset, "files" | "skipped"> {
  const files: LabelledFile[] = [];
  const skipped: Dataset["skipped"] = [];
  rowsOf(file).forEach(({ path, label, wnid }, i) => {
    const line = `line ${i + 2}`;
    const given = (wnid ?? "").trim();
    const absolute = resolve(dirname(file), path ?? "");
    if (!path) skipped.push({ path: line, reason: "The line has no path." });
    else if (given !== "" && !/^n\d{8}$/.test(given)) skipped.push({ path, reason: `“${given}” is not a wnid.` });
    else if ((label ?? "").trim() === "" && given === "") skipped.push({ path, reason: "The line has no label." });
    else if (!existsSync(absolute)) skipped.push({ path: absolute, reason: "The file is missing." });
    else files.push({ path: absolute, name: (label ?? "").trim() || given, wnid: given === "" ? null : given });
  });
  return { files, skipped };
}

function rowsOf(file: string): Partial<Record<"path" | "label" | "wnid", string>>[] {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
    let header: string[] = [];
    const rows: Record<string, string>[] = parse(text, {
      columns: (names: string[]) => (header = names.map((name) => name.trim().toLowerCase())),
      skip_empty_lines: true,
      relax_column_count: true,
    });
    const missing = ["path", "label"].filter((column) => !header.includes(column));
    if (missing.length > 0)
      throw new Refusal(
        "bad-dataset",
        `${file} has no column ${missing.join(", ")}. The first line must name path and label.`,
      );
    return rows;
  } catch (error) {
    if (error instanceof CsvError)
      throw new Refusal("bad-dataset", `${file} is not CSV: ${withFullStop(error.message)}`);
    if (error instanceof TypeError)
      throw new Refusal(
        "bad-dataset",
        `${file} is not UTF-8 text. A dataset is a folder of class folders or a CSV file.`,
      );
    throw error;
  }
}
