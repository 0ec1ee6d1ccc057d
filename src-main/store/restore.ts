import { copyFileSync, existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { LibraryBackup, RestoredLibrary } from "../../src-shared/contract";
import { formatCount } from "../../src-shared/format-count";
import { Refusal } from "../../src-shared/refusal";
import { syncFile, syncFolder } from "../base/sync-to-disk";
import { IMPORTED } from "./actions";
import { listBackups } from "./backup";
import { recordBoxes } from "./box-verdicts";
import { lockLibrary, openLocked, realFolder, type Store } from "./database";
import { diskFault } from "./disk-fault";
import { holdsLibrary, libraryDirectory } from "./home";
import { asidePath, createArrival, finishSwaps, removeArrival, swapIn, withSwapLock } from "./library-swap";
import { recordMarks } from "./marks";
import { type NewerVerdicts, newerVerdicts, NONE } from "./newer-verdicts";
import { countVerdicts, recordAll } from "./verdicts";

/** The files of a library that hold data: the database, and its log of changes not yet written back. */
const FILES = ["library.db", "library.db-wal"];

/** @throws Refusal `no-folder` */
export function backupsOf(home: string, folder: string): LibraryBackup[] {
  const root = realFolder(folder);
  finishSwaps(home);
  return listBackups(libraryDirectory(home, root));
}

/**
 * Replaces a damaged or missing library by a backup. First recovers the verdicts that the damaged file has and the
 * backup lacks, one by one, as far as they can be read, as one action that undo takes back. Only then does the restored
 * library take the place of the damaged one, which is set aside, never deleted: if the process dies, the library is
 * either still damaged or wholly restored.
 * @param copy name of the backup; null to start with an empty library
 * @throws Refusal `no-folder`, `no-library`, `no-backup`, `library-locked`, or one of `diskFault`
 */
export function restoreLibrary({
  home,
  folder,
  copy,
}: {
  home: string;
  folder: string;
  copy: string | null;
}): RestoredLibrary {
  const root = realFolder(folder);
  const directory = libraryDirectory(home, root);
  try {
    const lock = withSwapLock(home, () => {
      if (!holdsLibrary(directory)) throw new Refusal("no-library", `${folder} has no library to restore.`);
      if (copy !== null && !listBackups(directory).some((backup) => backup.copy === copy))
        throw new Refusal("no-backup", `There is no intact backup ${copy} in ${join(directory, "backups")}.`);
      return lockLibrary(directory, folder);
    });
    const arrival = createArrival(directory);
    try {
      if (copy !== null) copyFileSync(join(directory, "backups", copy), join(arrival, "library.db"));
      const restored = recoverInto({ home, folder: root, directory: arrival, movedFrom: null, lock }, directory);
      syncFile(join(arrival, "library.db"));
      syncFolder(arrival);
      return { ...restored, aside: putInPlace(home, arrival, directory) };
    } finally {
      removeArrival(directory, arrival);
      lock.close();
    }
  } catch (error) {
    throw diskFault(error, home) ?? error;
  }
}

/** Opens a restored library where it is prepared, and adds what the damaged one has beyond it. */
function recoverInto(
  place: Parameters<typeof openLocked>[0],
  damagedDirectory: string,
): Omit<RestoredLibrary, "aside"> {
  const shared = lastEventIn(join(place.directory, "library.db")); // before a migration can add to the log
  const store = openLocked(place);
  try {
    const found = readDamaged(store, damagedDirectory, shared);
    const takenOver = recordAll(store, found.changes, {
      source: `${IMPORTED}damaged library`,
      describe: (n) => `Recover ${formatCount(n, "verdict")} from the damaged library`,
    });
    const boxes = recordBoxes(store, found.boxes, {
      source: `${IMPORTED}damaged library`,
      description: `Recover ${formatCount(found.boxes.length, "verdict")} on boxes from the damaged library`,
    });
    const marks = recordMarks(store, found.marks, {
      source: `${IMPORTED}damaged library`,
      describe: (n) => `Recover flags, stars and colours of ${formatCount(n, "photo")} from the damaged library`,
    });
    const verdicts = countVerdicts(store);
    // From here on library.db alone is the library. Closing writes the log back too, but ignores a full disk.
    store.statements.clear();
    const mode = store.db.pragma("main.journal_mode = DELETE", { simple: true });
    if (mode !== "delete") throw new Error(`can't write back the log of ${join(place.directory, "library.db")}`);
    return { verdicts, takenOver: takenOver + boxes + marks, lost: found.lost };
  } finally {
    store.db.close();
  }
}

/** The last event in the log of a library that is not open; 0 if there is none. */
function lastEventIn(file: string): number {
  if (!existsSync(file)) return 0;
  const db = new Database(file, { readonly: true });
  try {
    if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'verdict_event'").get() === undefined) return 0;
    return (db.prepare("SELECT max(id) FROM verdict_event").pluck().get() as number | null) ?? 0;
  } finally {
    db.close();
  }
}

/** @param shared the last event of the backup */
function readDamaged(store: Store, damagedDirectory: string, shared: number): NewerVerdicts {
  if (!statSync(join(damagedDirectory, "library.db"), { throwIfNoEntry: false })?.size) return { ...NONE, lost: null };
  // A copy, because opening the database writes to it, and what is set aside must not change.
  const scratch = join(store.directory, "damaged");
  mkdirSync(scratch);
  for (const file of FILES)
    if (existsSync(join(damagedDirectory, file))) copyFileSync(join(damagedDirectory, file), join(scratch, file));
  const damaged = new Database(join(scratch, "library.db"));
  try {
    return newerVerdicts(store, damaged, shared);
  } finally {
    damaged.close();
  }
}

/** @returns the directory that the damaged files were set aside in; null if there were none */
function putInPlace(home: string, arrival: string, directory: string): string | null {
  const aside = asidePath(join(directory, "damaged"));
  // with the old file's logs, which SQLite would otherwise apply to the restored one
  const moved = [...FILES, "library.db-shm"].filter((file) => existsSync(join(directory, file)));
  withSwapLock(home, () =>
    swapIn(directory, [
      ...moved.map((file) => ({ from: join(directory, file), to: join(aside, file) })),
      { from: join(arrival, "library.db"), to: join(directory, "library.db") },
    ]),
  );
  return moved.length > 0 ? aside : null;
}
