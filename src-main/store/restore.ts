import { closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { LabelId, LibraryBackup, PhotoId, RestoredLibrary, Verdict } from "../../src-shared/contract";
import { formatCount } from "../../src-shared/format-count";
import { isLabelId, isLikeLabelId, mendedName, nameInAnyId, ownLabelOrNull } from "../../src-shared/label-id";
import { Refusal } from "../../src-shared/refusal";
import { IMPORTED } from "./actions";
import { listBackups } from "./backup";
import { closeStore, inTransaction, openStore, prepared, realFolder, type Store } from "./database";
import { diskFault, isCorruption } from "./disk-fault";
import { libraryDirectory } from "./home";
import { addPhoto, photoWithHash } from "./identity";
import { acquireLock } from "./lock";
import { countVerdicts, recordAll, type VerdictChange } from "./verdicts";

/** The files of a library that hold data: the database, and its log of changes not yet written back. */
const FILES = ["library.db", "library.db-wal"];

/** @throws Refusal `no-folder` */
export function backupsOf(home: string, folder: string): LibraryBackup[] {
  return listBackups(libraryDirectory(home, realFolder(folder)));
}

/**
 * Replaces a damaged library by a backup. The damaged one is set aside, never deleted. Then recovers the verdicts that
 * it has and the backup lacks, one by one, as far as they can be read, as one action that undo takes back.
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
  const directory = libraryDirectory(home, realFolder(folder));
  if (!existsSync(join(directory, "library.db")))
    throw new Refusal("no-library", `${folder} has no library to restore.`);
  if (copy !== null && !listBackups(directory).some((backup) => backup.copy === copy))
    throw new Refusal("no-backup", `There is no intact backup ${copy} in ${join(directory, "backups")}.`);
  try {
    const aside = putInPlace(directory, folder, copy);
    const shared = lastEventIn(join(directory, "library.db")); // before a migration can add to the log
    const store = openStore({ home, folder });
    try {
      const found = newerVerdicts(store, aside, shared);
      const takenOver = recordAll(store, found.changes, {
        source: `${IMPORTED}damaged library`,
        describe: (n) => `Recover ${formatCount(n, "verdict")} from the damaged library`,
      });
      return { verdicts: countVerdicts(store), takenOver, lost: found.lost, aside };
    } finally {
      closeStore(store);
    }
  } catch (error) {
    throw diskFault(error, home) ?? error;
  }
}

/**
 * Replaces the library file in one step: if the process dies before, the damaged file is still in place.
 * @returns the directory that the damaged files were set aside in
 */
function putInPlace(directory: string, folder: string, copy: string | null): string {
  const lock = acquireLock(join(directory, "lock.db"));
  if (!lock)
    throw new Refusal("library-locked", `${folder} is already open in another Semblance. Close it there first.`);
  try {
    const aside = join(directory, `damaged-${new Date().toISOString().replace(/[:.]/g, "-")}`);
    mkdirSync(aside);
    for (const file of FILES)
      if (existsSync(join(directory, file))) copyFileSync(join(directory, file), join(aside, file));
    const arriving = join(directory, "library.db.arriving");
    if (copy !== null) {
      copyFileSync(join(directory, "backups", copy), arriving);
      const handle = openSync(arriving, "r+");
      fsyncSync(handle);
      closeSync(handle);
    }
    // Logs of the old file.
    for (const suffix of ["-wal", "-shm"]) rmSync(join(directory, `library.db${suffix}`), { force: true });
    if (copy === null) rmSync(join(directory, "library.db"));
    else renameSync(arriving, join(directory, "library.db"));
    return aside;
  } finally {
    lock.close();
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

/**
 * Reads the verdicts in the damaged file that came after the last one of the backup. Both have the same log up to
 * there, because the log only grows.
 * @param shared the last event of the backup
 */
function newerVerdicts(store: Store, aside: string, shared: number): { changes: VerdictChange[]; lost: number | null } {
  // A copy, because opening the database writes to it, and what was set aside must not change.
  const scratch = join(store.directory, "salvage");
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch);
  try {
    for (const file of FILES) if (existsSync(join(aside, file))) copyFileSync(join(aside, file), join(scratch, file));
    const damaged = new Database(join(scratch, "library.db"));
    try {
      return readNewer(store, damaged, shared);
    } finally {
      damaged.close();
    }
  } catch (error) {
    if (!isCorruption(error)) throw error;
    return { changes: [], lost: null };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Event {
  photo: PhotoId;
  label: number;
  verdict: Verdict;
  added: number;
}

function readNewer(
  store: Store,
  damaged: Database.Database,
  shared: number,
): { changes: VerdictChange[]; lost: number | null } {
  damaged.pragma("trusted_schema = OFF");
  const readable = <Row>(sql: string): ((id: number) => Row | undefined) => {
    const statement = damaged.prepare<[number], Row>(sql);
    return (id) => {
      try {
        return statement.get(id);
      } catch (error) {
        if (!isCorruption(error)) throw error;
        return undefined;
      }
    };
  };
  const event = readable<Event>("SELECT photo, label, verdict, added FROM verdict_event WHERE id = ?");
  const content = readable<{ hash: unknown; bytes: number; dated: string }>(
    "SELECT hash, bytes, dated FROM photo WHERE id = ?",
  );
  const key = readable<{ key: unknown }>("SELECT key FROM label WHERE id = ?");
  const lastPhoto = prepared<{ last: number | null }>(store, "SELECT max(id) AS last FROM photo").get()!.last ?? 0;

  /** Ids that both files know mean the same in both. A photo that came later is identified by its hash. */
  const photoOf = (id: PhotoId): PhotoId | undefined => {
    if (id <= lastPhoto) return id;
    const found = content(id);
    if (!Buffer.isBuffer(found?.hash) || found.hash.length !== 32) return undefined;
    const mtimeMs = Date.parse(found.dated);
    return (
      photoWithHash(store, found.hash) ??
      addPhoto(store, {
        hash: found.hash,
        size: Number(found.bytes) || 0,
        mtimeMs: Number.isNaN(mtimeMs) ? 0 : mtimeMs,
      })
    );
  };
  const labelOf = (id: number): LabelId | undefined => {
    const label = store.labels.ids.get(id) ?? key(id)?.key;
    if (isLabelId(label)) return label;
    // from a version that took invalid names
    return typeof label === "string" && isLikeLabelId(label)
      ? (ownLabelOrNull(mendedName(nameInAnyId(label))) ?? undefined)
      : undefined;
  };

  const last =
    damaged.prepare<[], { seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'verdict_event'").get()?.seq ??
    0;
  const changes: VerdictChange[] = [];
  let lost = 0;
  inTransaction(store, () => {
    for (let id = shared + 1; id <= last; id++) {
      const found = event(id);
      const photo = found && photoOf(found.photo);
      const label = found && labelOf(found.label);
      if (photo === undefined || label === undefined || !["accept", "reject", "clear"].includes(found!.verdict)) lost++;
      else changes.push({ photo, label, verdict: found!.verdict, added: found!.added === 1 });
    }
  });
  return { changes, lost };
}
