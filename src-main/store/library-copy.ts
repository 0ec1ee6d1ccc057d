import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
} from "node:fs";
import { basename, join, resolve } from "node:path";
import Database from "better-sqlite3";
import { Refusal } from "../../src-shared/refusal";
import { type OwnFormat, unwritableFile } from "../base/refuse-target";
import { writeAtomicSync } from "../base/write-file";
import { checkCopy } from "./check-copy";
import { prepared, type Store } from "./database";
import { libraryDirectory, rememberLibrary } from "./home";
import { acquireLock } from "./lock";

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
  if (existsSync(join(directory, "library.db")))
    throw new Refusal("library-exists", `${previousFolder} already has a new library.`);
  const incoming = `${directory}.arriving`;
  rmSync(incoming, { recursive: true, force: true });
  mkdirSync(incoming);
  const file = join(incoming, "library.db");
  prepared(store, "VACUUM main INTO ?").run(file);
  const copy = new Database(file);
  copy.prepare("UPDATE meta SET value = ? WHERE key = 'folder'").run(previousFolder);
  copy.close();
  flushToDisk(file);
  rmSync(directory, { recursive: true, force: true }); // without a library.db it holds nothing
  renameSync(incoming, directory);
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
 * folder already has is set aside next to the others, never deleted.
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
  const incoming = `${directory}.arriving`;
  rmSync(incoming, { recursive: true, force: true });
  mkdirSync(incoming, { recursive: true });
  try {
    copyFileSync(source, join(incoming, "library.db"));
    // check the copied file, so that what is checked is what is opened, even if the source changes meanwhile
    checkCopy(join(incoming, "library.db"), source);
    flushToDisk(join(incoming, "library.db"));
    const earlier = existsSync(join(directory, "library.db"));
    if (earlier && !replace)
      throw new Refusal(
        "library-exists",
        `${folder} already has a library. Choose to replace it, and it will be set aside.`,
      );
    const aside = earlier ? moveAside(directory, folder) : null;
    rmSync(directory, { recursive: true, force: true }); // without a library.db it holds nothing
    renameSync(incoming, directory);
    return { aside };
  } catch (error) {
    rmSync(incoming, { recursive: true, force: true });
    throw error;
  }
}

function moveAside(directory: string, folder: string): string {
  const free = acquireLock(join(directory, "lock.db"));
  if (!free)
    throw new Refusal("library-locked", `${folder} is already open in another Semblance. Close it there first.`);
  free.close();
  const aside = `${directory}.aside-${new Date().toISOString().replace(/[:.]/g, "-")}`;
  renameSync(directory, aside);
  return aside;
}

function flushToDisk(file: string): void {
  const handle = openSync(file, "r+");
  fsyncSync(handle);
  closeSync(handle);
}
