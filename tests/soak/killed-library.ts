import Database from "better-sqlite3";
import { parse } from "csv-parse/sync";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExpectedVerdicts, Step } from "./expected-verdicts";

/** What was finished once and is not to be done again. */
export interface Keeps {
  /** Row and content of a feature, by its photo. */
  features: Map<number, string>;
  /** When each photo's thumbnail was made. */
  thumbnails: Map<number, number>;
  /** Versions that were not made by live learning: those stay. */
  versions: Set<number>;
}

export const keepNothing = (): Keeps => ({ features: new Map(), thumbnails: new Map(), versions: new Set() });

const STANDING = "SELECT s.photo || ' ' || l.key || ' ' || s.verdict FROM standing s JOIN label l ON l.id = s.label";
const linesOf = (db: Database.Database): string[] => (db.prepare(STANDING).pluck().all() as string[]).sort();
const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((line, i) => line === b[i]);

/**
 * What is wrong with the library that a killed engine left, looked at in a copy so that the next one finds it as it lies.
 * @returns whether the step that was not answered stands, and the paths of each photo
 */
export function libraryFaults({ home, expected, pending, edited, keeps }: {
  home: string; expected: ExpectedVerdicts; pending: Step | null; edited: string; keeps: Keeps;
}): { faults: string[]; pendingStands: boolean; paths: Map<number, string[]> } {
  const paths = new Map<number, string[]>();
  const [name] = existsSync(join(home, "libraries")) ? readdirSync(join(home, "libraries")) : [];
  if (name === undefined || !existsSync(join(home, "libraries", name, "library.db"))) return { faults: expected.lines().length > 0 ? ["there is no library"] : [], pendingStands: false, paths };
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
    if ((library.pragma("foreign_key_check") as unknown[]).length > 0) faults.push("rows of library.db point nowhere");
    for (const { photo, path } of library.prepare<[], { photo: number; path: string }>("SELECT photo, path FROM file WHERE photo IS NOT NULL AND missing = 0").all())
      paths.set(photo, [...(paths.get(photo) ?? []), path]);
    const standing = linesOf(library);
    const pendingStands = !same(standing, expected.lines()) && pending !== null && same(standing, expected.linesAfter(pending));
    if (!pendingStands && !same(standing, expected.lines())) faults.push(`${expected.lines().length} verdicts were acknowledged, ${standing.length} stand: ${differences(expected.lines(), standing)}`);
    const versions = library.prepare("SELECT id FROM model WHERE live = 0").pluck().all() as number[];
    for (const version of keeps.versions) if (!versions.includes(version)) faults.push(`version ${version} is gone`);
    keeps.versions = new Set(versions);
    library.close();

    if (existsSync(join(copy, "cache.db"))) {
      const cache = open("cache.db");
      if (Number(cache.pragma("user_version", { simple: true })) > 0) faults.push(...repeated(cache, keeps, [...paths].find(([, of]) => of.includes(edited))?.[0]));
      cache.close();
    }
    return { faults, pendingStands, paths };
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** What was done again or lost, but for the photo that was edited. */
function repeated(cache: Database.Database, keeps: Keeps, edited: number | undefined): string[] {
  const features = new Map(cache.prepare<[], { photo: number; row: string }>("SELECT photo, id || ' ' || hex(feature) AS row FROM feature").all().map(({ photo, row }) => [photo, row]));
  const thumbnails = new Map(cache.prepare<[], { photo: number; made: number }>("SELECT photo, used_at AS made FROM thumbnail").all().map(({ photo, made }) => [photo, made]));
  const faults: string[] = [];
  for (const [photo, row] of keeps.features)
    if (photo !== edited && features.get(photo) !== row) faults.push(`the feature of photo ${photo} was ${features.has(photo) ? "made again" : "lost"}`);
  for (const [photo, made] of keeps.thumbnails)
    if (photo !== edited && thumbnails.get(photo) !== made) faults.push(`the thumbnail of photo ${photo} was ${thumbnails.has(photo) ? "made again" : "lost"}`);
  [keeps.features, keeps.thumbnails] = [features, thumbnails];
  return faults;
}

/** What is wrong with the exports of one life, during which no verdict was given any more. */
export function exportFaults(
  exports: readonly { file: string; acknowledged: boolean }[], expected: ExpectedVerdicts, paths: ReadonlyMap<number, string[]>,
): { whole: number; faults: string[] } {
  const faults: string[] = [];
  let whole = 0;
  for (const { file, acknowledged } of exports) {
    if (!existsSync(file)) {
      if (acknowledged) faults.push(`${file} was acknowledged and is not there`);
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
  if (!text.endsWith("\r\n")) return "its last line is cut off";
  const rows = parse<{ path: string; label: string; source: string }>(text, { columns: true });
  const accepted = rows.filter(({ source }) => source !== "predicted").map(({ path, label }) => `${path} own:${label}`).sort();
  const wanted = expected.lines().filter((line) => line.endsWith(" accept")).flatMap((line) => {
    const [, photo, label] = /^(\d+) (.*) accept$/.exec(line)!;
    return (paths.get(Number(photo)) ?? []).map((path) => `${path} ${label}`);
  }).sort();
  return same(accepted, wanted) ? null : `it has ${accepted.length} accepted labels, not ${wanted.length}: ${differences(wanted, accepted)}`;
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
  const [lacking, extra] = [wanted.filter((line) => !found.includes(line)), found.filter((line) => !wanted.includes(line))];
  return `lacking ${lacking.slice(0, 3).join(", ") || "none"}; not expected ${extra.slice(0, 3).join(", ") || "none"}`;
}
