import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { parse } from "csv-parse/sync";
import type { ExpectedVerdicts, Step } from "./expected-verdicts";

/** Work that was finished and must not be repeated. */
export interface Keeps {
  /** Per photo: its content, the row of its features, and when the thumbnail was stored. */
  made: Map<number, Made>;
  /** Versions not made by live learning, which must be kept. */
  versions: Set<number>;
}

interface Made {
  photo: number;
  content: string;
  row: number;
  feature: string;
  thumbnail: number | null;
}

export const keepNothing = (): Keeps => ({ made: new Map(), versions: new Set() });

const STANDING = "SELECT s.photo || ' ' || l.key || ' ' || s.verdict FROM standing s JOIN label l ON l.id = s.label";
const linesOf = (db: Database.Database): string[] => (db.prepare(STANDING).pluck().all() as string[]).sort();
const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((line, i) => line === b[i]);

/**
 * Checks the library that a killed engine left, in a copy, so that the next engine finds it untouched.
 * @returns whether the unanswered action took effect, and the paths of each photo
 */
export function libraryFaults({
  home,
  folder,
  expected,
  pending,
  keeps,
}: {
  home: string;
  folder: string;
  expected: ExpectedVerdicts;
  pending: Step | null;
  keeps: Keeps;
}): { faults: string[]; pendingStands: boolean; paths: Map<number, string[]> } {
  const paths = new Map<number, string[]>();
  const [name] = existsSync(join(home, "libraries")) ? readdirSync(join(home, "libraries")) : [];
  if (name === undefined || !existsSync(join(home, "libraries", name, "library.db")))
    return { faults: expected.lines().length > 0 ? ["no library found"] : [], pendingStands: false, paths };
  const copy = mkdtempSync(join(tmpdir(), "semblance-left-"));
  try {
    cpSync(join(home, "libraries", name), copy, { recursive: true, filter: (file) => !file.endsWith("-shm") });
    const faults: string[] = [];
    const open = (file: string): Database.Database => {
      const db = new Database(join(copy, file));
      const whole = db.pragma("integrity_check", { simple: true }) as string;
      if (whole !== "ok") faults.push(`${file} is damaged: ${whole}`);
      return db;
    };
    const library = open("library.db");
    if (library.pragma("user_version", { simple: true }) === 0) return { faults, pendingStands: false, paths };
    if ((library.pragma("foreign_key_check") as unknown[]).length > 0) faults.push("library.db violates foreign keys");
    for (const { photo, path } of library
      .prepare<[], { photo: number; path: string }>(
        "SELECT photo, path FROM file WHERE photo IS NOT NULL AND missing = 0",
      )
      .all())
      paths.set(photo, [...(paths.get(photo) ?? []), path]);
    const current = linesOf(library);
    const pendingStands =
      !same(current, expected.lines()) && pending !== null && same(current, expected.linesAfter(pending));
    if (!pendingStands && !same(current, expected.lines()))
      faults.push(
        `${expected.lines().length} verdicts were acknowledged, but ${current.length} found: ${differences(expected.lines(), current)}`,
      );
    const versions = library.prepare("SELECT id FROM model WHERE live = 0").pluck().all() as number[];
    for (const version of keeps.versions) if (!versions.includes(version)) faults.push(`version ${version} is missing`);
    keeps.versions = new Set(versions);
    if (existsSync(join(copy, "cache.db"))) {
      const cache = open("cache.db");
      const made = Number(cache.pragma("user_version", { simple: true })) > 0;
      cache.close();
      if (made) faults.push(...doneAgain(library, join(copy, "cache.db"), folder, keeps));
    }
    library.close();
    return { faults, pendingStands, paths };
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** Checks for lost or repeated work on unchanged photos, and for leftovers on photos edited since. */
function doneAgain(library: Database.Database, cache: string, folder: string, keeps: Keeps): string[] {
  library.prepare("ATTACH ? AS cache").run(cache);
  const made = new Map(
    library
      .prepare<[], Made>(
        `
    SELECT f.photo, hex(p.hash) AS content, f.id AS row, hex(f.feature) AS feature, t.used_at AS thumbnail
    FROM cache.feature f JOIN photo p ON p.id = f.photo LEFT JOIN cache.thumbnail t ON t.photo = f.photo`,
      )
      .all()
      .map((one) => [one.photo, one]),
  );
  const files = library
    .prepare<[], { photo: number; content: string; path: string; time: number }>(
      `
    SELECT f.photo, hex(p.hash) AS content, f.path, f.mtime_ms AS time FROM file f JOIN photo p ON p.id = f.photo`,
    )
    .all();
  const asTheyLie = new Map(
    files
      .filter(({ path, time }) => statSync(join(folder, path)).mtimeMs === time)
      .map(({ photo, content }) => [photo, content]),
  );
  const faults: string[] = [];
  for (const [photo, before] of keeps.made) {
    const now = made.get(photo);
    if (asTheyLie.get(photo) === before.content) {
      if (!now) faults.push(`the features of photo ${photo} were lost`);
      else if (now.row !== before.row || now.feature !== before.feature || now.thumbnail !== before.thumbnail)
        faults.push(`photo ${photo} was embedded again`);
    } else if (now && now.content !== before.content && now.feature === before.feature)
      faults.push(`photo ${photo} was edited but has its old features`);
  }
  keeps.made = made;
  return faults;
}

/** Checks the exports of one engine run, after its last verdict. */
export function exportFaults(
  exports: readonly { file: string; acknowledged: boolean }[],
  expected: ExpectedVerdicts,
  paths: ReadonlyMap<number, string[]>,
): { whole: number; faults: string[] } {
  const faults: string[] = [];
  let whole = 0;
  for (const { file, acknowledged } of exports) {
    if (!existsSync(file)) {
      if (acknowledged) faults.push(`${file} was acknowledged but is missing`);
      continue;
    }
    const fault = file.endsWith(".csv") ? csvFault(file, expected, paths) : copyFault(file, expected);
    if (fault === null) whole++;
    else faults.push(`${file}: ${fault}`);
  }
  return { whole, faults };
}

function csvFault(file: string, expected: ExpectedVerdicts, paths: ReadonlyMap<number, string[]>): string | null {
  const text = readFileSync(file, "utf8");
  if (!text.endsWith("\r\n")) return "the last line is truncated";
  const rows = parse<{ path: string; label: string; source: string }>(text, { columns: true });
  const accepted = rows
    .filter(({ source }) => source !== "predicted")
    .map(({ path, label }) => `${path} own:${label}`)
    .sort();
  const wanted = expected
    .lines()
    .filter((line) => line.endsWith(" accept"))
    .flatMap((line) => {
      const [, photo, label] = /^(\d+) (.*) accept$/.exec(line)!;
      return (paths.get(Number(photo)) ?? []).map((path) => `${path} ${label}`);
    })
    .sort();
  return same(accepted, wanted)
    ? null
    : `${accepted.length} accepted labels, expected ${wanted.length}: ${differences(wanted, accepted)}`;
}

function copyFault(file: string, expected: ExpectedVerdicts): string | null {
  const copy = new Database(file, { readonly: true });
  try {
    const whole = copy.pragma("integrity_check", { simple: true }) as string;
    if (whole !== "ok") return whole;
    return same(linesOf(copy), expected.lines()) ? null : differences(expected.lines(), linesOf(copy));
  } finally {
    copy.close();
  }
}

function differences(wanted: readonly string[], found: readonly string[]): string {
  const [lacking, extra] = [
    wanted.filter((line) => !found.includes(line)),
    found.filter((line) => !wanted.includes(line)),
  ];
  return `missing ${lacking.slice(0, 3).join(", ") || "none"}; unexpected ${extra.slice(0, 3).join(", ") || "none"}`;
}
