import { accessSync, constants, mkdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import Database from "better-sqlite3";
import type { LabelId } from "../../src-shared/contract";
import { parseLabelId } from "../../src-shared/label-id";
import { Refusal } from "../../src-shared/refusal";
import { removePartialFiles } from "../base/partial-files";
import { keepPrivate } from "../base/private-files";
import { syncFolder } from "../base/sync-to-disk";
import { backUp } from "./backup";
import { attachCache, optimizeCache } from "./cache";
import { diskFault, isCorruption } from "./disk-fault";
import { holdsTraces, libraryDirectory, rememberLibrary } from "./home";
import type { LabelCard } from "./label-card";
import { withSwapLock } from "./library-swap";
import { acquireLock } from "./lock";
import { LIBRARY_STEPS, migrate, schemaOf } from "./migrate";
import { adoptRelocatedLibrary } from "./relocated-library";
import { createShownView } from "./shown-labels";

/**
 * An open library: library.db as `main`, cache.db attached as `cache`, and a lock that the system releases if the
 * process dies.
 */
export interface Store {
  /** Real path of the photo folder. */
  readonly folder: string;
  readonly name: string;
  readonly home: string;
  /** The folder of the databases. */
  readonly directory: string;
  /** The folder's previous path, if the library was relocated when it was opened. */
  movedFrom: string | null;
  readonly db: Database.Database;
  readonly lock: Database.Database;
  readonly statements: Map<string, Database.Statement>;
  /** The tables refer to labels by number, to save space: every photo has several. */
  readonly labels: { numbers: Map<LabelId, number>; ids: Map<number, LabelId> };
  /** The cards of all labels, until one changes: every tile asks for names. */
  labelCards: ReadonlyMap<LabelId, LabelCard> | null;
  /** Previews by photo and version, least recently used first. */
  readonly previews: Map<string, Buffer>;
  /** Parts of photos by photo, version and place, least recently used first. */
  readonly crops: Map<string, Buffer>;
  /** `total_changes()` when the store was opened. If it is the same at exit, no backup is needed. */
  readonly changesAtOpen: number;
}

/**
 * Opens the library of a folder, creating it the first time.
 * @throws Refusal `no-folder`, `library-locked`, `library-newer`, `library-damaged`, or one of `diskFault`
 */
export function openStore({ home, folder }: { home: string; folder: string }): Store {
  const root = realFolder(folder);
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const store = openIn(home, root);
    keepPrivate(home);
    return store;
  } catch (error) {
    throw diskFault(error, home) ?? error;
  }
}

function openIn(home: string, root: string): Store {
  const directory = libraryDirectory(home, root);
  const { lock, movedFrom } = withSwapLock(home, () => {
    const from = adoptRelocatedLibrary(home, root);
    if (mkdirSync(directory, { recursive: true }) !== undefined) syncFolder(dirname(directory));
    return { lock: lockLibrary(directory, root), movedFrom: from };
  });
  try {
    removePartialFiles(home);
    return openLocked({ home, folder: root, directory, movedFrom, lock });
  } catch (error) {
    lock.close();
    throw error;
  }
}

/**
 * Locks a library until the lock is closed. Call it in `withSwapLock`, or the directory could be replaced meanwhile.
 * @param folder named in the error
 * @throws Refusal `library-locked`
 */
export function lockLibrary(directory: string, folder: string): Database.Database {
  const lock = acquireLock(join(directory, "lock.db"));
  if (!lock)
    throw new Refusal("library-locked", `${folder} is already open in another Semblance. Close it there first.`);
  return lock;
}

/** Opens the databases in a directory, creating them the first time. The caller closes the lock if that fails. */
export function openLocked(place: Pick<Store, "home" | "folder" | "directory" | "movedFrom" | "lock">): Store {
  const { folder, directory } = place;
  const db = openMain(join(directory, "library.db"), directory);
  try {
    attachCache(db, directory);
    createShownView(db);
    const store: Store = {
      ...place,
      name: basename(folder) || folder,
      db,
      statements: new Map(),
      labels: { numbers: new Map(), ids: new Map() },
      labelCards: null,
      previews: new Map(),
      crops: new Map(),
      changesAtOpen: changes(db),
    };
    readLabels(store);
    writeMeta(store, "folder", folder);
    remember(store);
    return store;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Backs up library.db if anything changed, and closes the library even if the backup fails.
 * @throws Refusal of `diskFault`
 */
export function closeStore(store: Store): void {
  if (!store.db.open) return;
  try {
    remember(store);
    store.statements.clear();
    if (changes(store.db) !== store.changesAtOpen) backUp(store.db, store.directory, "exit");
    store.db.pragma("main.optimize");
    optimizeCache(store.db);
  } catch (error) {
    throw diskFault(error, store.home) ?? error;
  } finally {
    store.labelCards = null;
    store.previews.clear();
    store.crops.clear();
    store.db.close();
    store.lock.close();
    keepPrivate(store.home);
  }
}

/** A prepared statement, cached until the library is closed. */
export function prepared<Row = unknown>(store: Store, sql: string): Database.Statement<unknown[], Row> {
  let statement = store.statements.get(sql);
  if (!statement) store.statements.set(sql, (statement = store.db.prepare(sql)));
  return statement as Database.Statement<unknown[], Row>;
}

/** A value from the library's `meta` table; undefined if it isn't set. */
export function readMeta(store: Store, key: string): string | undefined {
  return prepared<{ value: string }>(store, "SELECT value FROM meta WHERE key = ?").get(key)?.value;
}

/** Writing the same value again changes nothing. */
export function writeMeta(store: Store, key: string, value: string): void {
  prepared(
    store,
    "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE value <> excluded.value",
  ).run(key, value);
}

/** Runs `work` in a transaction; inside another transaction, as part of it. */
export function inTransaction<T>(store: Store, work: () => T): T {
  return store.db.transaction(work)();
}

/**
 * The numbers of labels, assigned the first time a label is seen. Don't call this inside a transaction: a rollback
 * would undo the assignment.
 * @throws Refusal `bad-label` if one is not a valid id; then none is assigned
 */
export function labelNumbers(store: Store, labels: Iterable<LabelId>): Map<LabelId, number> {
  const { numbers } = store.labels;
  const unseen = [...new Set(labels)].filter((label) => !numbers.has(label));
  if (unseen.length > 0) {
    unseen.forEach(parseLabelId); // whatever way it came, no other label gets into the table
    inTransaction(store, () =>
      unseen.forEach((label) => prepared(store, "INSERT OR IGNORE INTO label (key) VALUES (?)").run(label)),
    );
    readLabels(store);
  }
  return numbers;
}

function readLabels(store: Store): void {
  for (const { id, key } of prepared<{ id: number; key: LabelId }>(store, "SELECT id, key FROM label").all()) {
    store.labels.numbers.set(key, id);
    store.labels.ids.set(id, key);
  }
}

/** @throws Refusal `no-folder` */
export function realFolder(folder: string): string {
  const path = resolve(folder);
  try {
    const real = realpathSync(path);
    if (!statSync(real).isDirectory()) throw new Refusal("no-folder", `${path} is not a folder.`);
    accessSync(real, constants.R_OK | constants.X_OK);
    return real;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new Refusal(
      "no-folder",
      code === "ENOENT" ? `There is no folder ${path}.` : `Can’t read the folder ${path} (${code}).`,
    );
  }
}

function openMain(file: string, directory: string): Database.Database {
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  // SQLite would create a new library without a word, whose backups push out those with the verdicts.
  if (!size && holdsTraces(directory)) throw damaged(file, directory, size === 0 ? "it is empty" : "it is missing");
  const db = new Database(file, { timeout: 5000 });
  try {
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = FULL"); // an acknowledged verdict survives a power cut
    db.pragma("foreign_keys = ON");
    const schema = schemaOf(db);
    if (schema > LIBRARY_STEPS.length)
      throw new Refusal(
        "library-newer",
        `The library in ${directory} was created by a newer version of Semblance (schema ${schema}; ` +
          `this version reads up to ${LIBRARY_STEPS.length}). Update Semblance to open it.`,
      );
    if (schema === 0 && holdsTraces(directory)) throw damaged(file, directory, "it has no tables");
    const fault = db.pragma("quick_check(1)", { simple: true }) as string;
    if (fault !== "ok") throw damaged(file, directory, fault);
    if (schema > 0 && schema < LIBRARY_STEPS.length) backUp(db, directory, "migration");
    migrate(db, LIBRARY_STEPS);
    return db;
  } catch (error) {
    db.close();
    if (!isCorruption(error)) throw error;
    throw damaged(file, directory, (error as Error).message);
  }
}

function damaged(file: string, directory: string, fault: string): Refusal {
  return new Refusal(
    "library-damaged",
    `${file} is damaged (${fault.replace(/\s+/g, " ")}). Run semblance restore to go back to an ` +
      `automatic backup (they are in ${join(directory, "backups")}).`,
  );
}

function changes(db: Database.Database): number {
  return db.prepare<[], { n: number }>("SELECT total_changes() AS n").get()!.n;
}

function remember(store: Store): void {
  const photos = prepared<{ n: number }>(store, "SELECT count(*) AS n FROM photo WHERE files > 0").get()!.n;
  rememberLibrary(store.home, {
    folder: store.folder,
    name: store.name,
    photos,
    openedAt: new Date().toISOString(),
  });
}
