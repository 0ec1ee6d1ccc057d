import { copyFileSync, existsSync, realpathSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import Database from "better-sqlite3";
import { Refusal } from "../../src-shared/refusal";
import { type OwnFormat, unwritableFile } from "../base/refuse-target";
import { syncFile, syncFolder } from "../base/sync-to-disk";
import { writeAtomicSync } from "../base/write-file";
import { checkCopy } from "./check-copy";
import { lockLibrary, prepared, type Store } from "./database";
import { holdsLibrary, libraryDirectory, rememberLibrary } from "./home";
import { asidePath, createArrival, removeArrival, removeBare, swapIn, withSwapLock } from "./library-swap";

/** "Semb" in the header of a copy, at the place that SQLite keeps for the program that a database belongs to. */
const APPLICATION_ID = 0x53656d62;
const APPLICATION_ID_AT = 68;

export const LIBRARY_COPY: OwnFormat = {
  name: "a library copy",
  isOurs: (head) =>
    head.toString("latin1", 0, 16) === "SQLite format 3\0" &&
    head.length > APPLICATION_ID_AT + 4 &&
    head.readUInt32BE(APPLICATION_ID_AT) === APPLICATION_ID,
};

/** File extension of a library copy. */
export const COPY_ENDING = ".semblance";

/**
 * Writes everything that can't be computed again (photos, verdicts, labels, models) to one file, which another computer
 * can open because its paths are relative to the photo folder. The photos themselves, and the cache, are left out.
 * @param overwrite replace an earlier copy
 * @throws Refusal `not-a-copy` for another extension, or of `writeAtomic`
 */
export function copyLibrary(store: Store, file: string, overwrite: boolean): { file: string; verdicts: number } {
  const target = resolve(file);
  if (!target.endsWith(COPY_ENDING))
    throw new Refusal("not-a-copy", `${target}: the name of a library copy must end in ${COPY_ENDING}.`);
  writeAtomicSync({ home: store.home, file: target, format: LIBRARY_COPY, overwrite }, (partial) => {
    try {
      prepared(store, "VACUUM main INTO ?").run(partial);
      mark(partial);
    } catch (error) {
      if (error instanceof Database.SqliteError) throw unwritableFile(target, error);
      throw error;
    }
  });
  return { file: target, verdicts: prepared<{ n: number }>(store, "SELECT count(*) AS n FROM standing").get()!.n };
}

function mark(copy: string): void {
  const db = new Database(copy);
  try {
    db.pragma(`application_id = ${APPLICATION_ID}`);
  } finally {
    db.close();
  }
}

/**
 * Copies a relocated library back to the folder it was adopted from: that folder may be on a volume that is only
 * offline, and this one a copy of it. When the copy is opened there, the photos are processed again, as for a copy from
 * another computer.
 * @throws Refusal `not-moved` if the library was not relocated, `library-exists` if the previous folder has a new one
 *   by now
 */
export function copyToPreviousFolder(store: Store): void {
  const previousFolder = store.movedFrom;
  if (previousFolder === null)
    throw new Refusal("not-moved", `The library of ${store.folder} was not moved from another folder.`);
  const directory = libraryDirectory(store.home, previousFolder);
  prepareArrival(directory, (file) => {
    prepared(store, "VACUUM main INTO ?").run(file);
    const copy = new Database(file);
    copy.prepare("UPDATE meta SET value = ? WHERE key = 'folder'").run(previousFolder);
    copy.close();
    return (arrival) =>
      withSwapLock(store.home, () => {
        if (holdsLibrary(directory))
          throw new Refusal("library-exists", `${previousFolder} already has a new library.`);
        putInPlace(arrival, directory);
      });
  });
  const photos = prepared<{ n: number }>(store, "SELECT count(*) AS n FROM photo WHERE files > 0").get()!.n;
  rememberLibrary(store.home, {
    folder: previousFolder,
    name: basename(previousFolder) || previousFolder,
    photos,
    openedAt: new Date().toISOString(),
  });
  store.movedFrom = null;
}

/**
 * Makes a library copy the library of a folder. The next scan matches the photos by their content. A library that the
 * folder already has, even a damaged one, is set aside next to the others, never deleted.
 * @throws Refusal `no-folder`, `no-file`, `not-a-library`, `library-newer`, `library-exists` unless `replace`,
 *   `library-locked`
 * @returns where the previous library is now; null if there was none
 */
export function openCopy({
  home,
  file,
  folder,
  replace,
}: {
  home: string;
  file: string;
  folder: string;
  replace: boolean;
}): { aside: string | null } {
  if (!existsSync(folder)) throw new Refusal("no-folder", `There is no folder ${resolve(folder)}.`);
  const source = resolve(file);
  if (!existsSync(source)) throw new Refusal("no-file", `There is no file ${source}.`);
  const directory = libraryDirectory(home, realpathSync(folder));
  return prepareArrival(directory, (copy) => {
    copyFileSync(source, copy);
    // check the copied file, so that what is checked is what is opened, even if the source changes meanwhile
    checkCopy(copy, source);
    return (arrival) =>
      withSwapLock(home, () => {
        if (holdsLibrary(directory) && !replace)
          throw new Refusal(
            "library-exists",
            `${folder} already has a library. Choose to replace it, and it will be set aside.`,
          );
        if (existsSync(directory)) lockLibrary(directory, folder).close(); // opening it takes the swap lock
        return { aside: putInPlace(arrival, directory) };
      });
  });
}

/**
 * Prepares a library.db beside the libraries. Until it is put in place, it doesn't count as a library.
 * @param prepare writes the file and returns what puts its directory in place
 */
function prepareArrival<T>(directory: string, prepare: (file: string) => (arrival: string) => T): T {
  const arrival = createArrival(directory);
  try {
    const file = join(arrival, "library.db");
    const place = prepare(file);
    syncFile(file);
    syncFolder(arrival);
    return place(arrival);
  } finally {
    removeArrival(directory, arrival);
  }
}

/** @returns where the library that was there is now; null if there was none */
function putInPlace(arrival: string, directory: string): string | null {
  const aside = removeBare(directory) ? null : asidePath(`${directory}.aside`);
  swapIn(directory, [...(aside === null ? [] : [{ from: directory, to: aside }]), { from: arrival, to: directory }]);
  return aside;
}
