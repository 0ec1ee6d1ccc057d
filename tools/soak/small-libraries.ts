import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import Database from "better-sqlite3";
import { closeStore, openStore, type Store } from "../../src-main/store/database";
import { addPhoto, putFile } from "../../src-main/store/identity";
import { copyLibrary } from "../../src-main/store/library-copy";
import { annotate } from "../../src-main/store/verdicts";
import type { LabelId, PhotoId } from "../../src-shared/contract";

/** Where an operation works: a data folder, a photo folder, and the file that it reads or writes. */
export interface Place {
  home: string;
  folder: string;
  file: string;
}

const PHOTOS = 8;

export const photosIn = (store: Store): PhotoId[] =>
  store.db.prepare("SELECT id FROM photo ORDER BY id").pluck().all() as PhotoId[];

/** The verdicts of a library whose photos all have this label. */
export const linesOf = (label: LabelId): string[] => Array.from({ length: PHOTOS }, (_, n) => `${n + 1} ${label}`);

/** The photos' files lie in the folder, so that the library is found again when the folder is moved. */
export function makeLibrary(place: Place, labels: LabelId[]): void {
  mkdirSync(place.folder, { recursive: true });
  const store = openStore(place);
  try {
    judge(store, labels);
  } finally {
    closeStore(store);
  }
}

function judge(store: Store, labels: LabelId[]): void {
  if (photosIn(store).length === 0)
    for (let n = 0; n < PHOTOS; n++) {
      const content = { hash: Buffer.alloc(32, n + 1), size: 1, mtimeMs: 1_700_000_000_000 };
      writeFileSync(join(store.folder, `${n}.jpg`), "x");
      putFile(store, `${n}.jpg`, addPhoto(store, content), content);
    }
  for (const label of labels)
    annotate(store, { photos: photosIn(store), label, verdict: "accept", name: label.slice("own:".length) });
}

/** A copy of another library of the same photos. */
export function makeCopy({ folder, file }: Place, labels: LabelId[]): void {
  const elsewhere = { home: join(dirname(file), "elsewhere"), folder, file };
  makeLibrary(elsewhere, labels);
  writeCopy(elsewhere);
  rmSync(elsewhere.home, { recursive: true });
}

export function writeCopy(place: Place): void {
  mkdirSync(dirname(place.file), { recursive: true });
  const store = openStore(place);
  copyLibrary(store, place.file, true);
  closeStore(store);
}

/** A library with verdicts in its backup, later ones that no backup has, and an index overwritten with noise. */
export function makeDamaged(place: Place): void {
  makeLibrary(place, ["own:Rex"]);
  const store = openStore(place);
  judge(store, ["own:garden"]);
  store.db.pragma("wal_checkpoint(TRUNCATE)");
  const page = store.db
    .prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'photo_dated'")
    .pluck()
    .get() as number;
  const size = store.db.pragma("page_size", { simple: true }) as number;
  store.db.close();
  store.lock.close();
  const file = join(store.directory, "library.db");
  const bytes = readFileSync(file);
  bytes.fill(0x5a, (page - 1) * size, page * size);
  writeFileSync(file, bytes);
}

/** Copies the data folder and the file, so that each kill starts from the same state. */
export function copyPlace(from: Place, to: Place): void {
  for (const part of ["home", "file"] as const) {
    const [source, target] = part === "home" ? [from.home, to.home] : [dirname(from.file), dirname(to.file)];
    rmSync(target, { recursive: true, force: true });
    if (existsSync(source)) cpSync(source, target, { recursive: true });
  }
}

/** The databases of a data folder that fail their check, and names that an interrupted operation left behind. */
export function unsoundDatabases({ home }: Place): { unsound: string[]; left: string[] } {
  const names = readdirSync(join(home, "libraries"), { recursive: true }) as string[];
  const databases = names
    .filter((name) => name.endsWith(".db") && basename(name) !== "lock.db" && !name.includes("damaged-"))
    .map((name) => join(home, "libraries", name));
  return {
    unsound: databases.filter((each) => !isSound(each)),
    left: readdirSync(join(home, "libraries")).filter((name) => /\.arriving|\.swap\.json/.test(name)),
  };
}

function isSound(file: string): boolean {
  const db = new Database(file, { readonly: true });
  try {
    return (
      db.pragma("integrity_check", { simple: true }) === "ok" && (db.pragma("foreign_key_check") as []).length === 0
    );
  } catch (error) {
    if (error instanceof Database.SqliteError) return false;
    throw error;
  } finally {
    db.close();
  }
}

export function readVerdicts(file: string): string[] {
  const db = new Database(file, { readonly: true });
  try {
    return verdictsOf(db);
  } finally {
    db.close();
  }
}

export const verdictsOf = (db: Database.Database): string[] =>
  db
    .prepare("SELECT s.photo || ' ' || l.key FROM standing s JOIN label l ON l.id = s.label ORDER BY 1")
    .pluck()
    .all() as string[];
