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
import { checkCopy } from "./check-copy";
import { prepared, type Store } from "./database";
import { libraryDirectory, rememberLibrary } from "./home";
import { acquireLock } from "./lock";
import { partialPath, registerPartialFile } from "./partial-files";

/** Of a copied library's file. */
export const COPY_ENDING = ".semblance";

/**
 * Writes all that can't be made again (photos, verdicts, labels, models) into one file, which another computer can
 * open: paths in it are
 * relative to the photo folder. Pictures and what was made from them are not in it.
 * @throws Refusal `file-exists` unless it may be replaced, `not-a-copy` for another ending, `cannot-write`
 */
export function copyLibrary(store: Store, file: string, overwrite: boolean): { file: string; verdicts: number } {
  const target = resolve(file);
  if (!target.endsWith(COPY_ENDING))
    throw new Refusal("not-a-copy", `${target}: the name of a library's copy ends in ${COPY_ENDING}`);
  if (!overwrite && existsSync(target)) throw new Refusal("file-exists", `${target} is there already`);
  const partial = partialPath(target);
  const settled = registerPartialFile(store.home, partial);
  try {
    rmSync(partial, { force: true });
    prepared(store, "VACUUM main INTO ?").run(partial);
    flushToDisk(partial);
    renameSync(partial, target);
  } catch (error) {
    rmSync(partial, { force: true });
    throw new Refusal(
      "cannot-write",
      `${target} can't be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
    );
  } finally {
    settled();
  }
  return { file: target, verdicts: prepared<{ n: number }>(store, "SELECT count(*) AS n FROM standing").get()!.n };
}

/**
 * Leaves a copy of a library that was found again for the folder it was at before: that one may be on a drive that is
 * merely not there,
 * and this folder a copy of it. When it is opened there, pictures are looked at anew, as for a copy from another
 * computer.
 * @throws Refusal `not-moved` where the library was not found again, `library-exists` where the folder got another one
 *   meanwhile
 */
export function copyToPreviousFolder(store: Store): void {
  const previousFolder = store.movedFrom;
  if (previousFolder === null)
    throw new Refusal("not-moved", `the library of ${store.folder} was at no other folder before`);
  const directory = libraryDirectory(store.home, previousFolder);
  if (existsSync(join(directory, "library.db")))
    throw new Refusal("library-exists", `${previousFolder} has a library of its own again`);
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
 * Makes a copied library that of a folder. The photos are found again by their contents when the folder is scanned. A
 * library that the
 * folder has already is put aside beside the others, never deleted.
 * @throws Refusal `no-folder`, `no-file`, `not-a-library`, `library-newer`, `library-exists` unless it may be replaced,
 *   `library-locked`
 * @returns where the earlier library lies now; null where there was none
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
  if (!existsSync(folder)) throw new Refusal("no-folder", `there is no folder ${resolve(folder)}`);
  const source = resolve(file);
  if (!existsSync(source)) throw new Refusal("no-file", `there is no file ${source}`);
  const directory = libraryDirectory(home, realpathSync(folder));
  const incoming = `${directory}.arriving`;
  rmSync(incoming, { recursive: true, force: true });
  mkdirSync(incoming, { recursive: true });
  try {
    copyFileSync(source, join(incoming, "library.db"));
    // what was checked is what is opened, whatever becomes of the file meanwhile
    checkCopy(join(incoming, "library.db"), source);
    flushToDisk(join(incoming, "library.db"));
    const earlier = existsSync(join(directory, "library.db"));
    if (earlier && !replace)
      throw new Refusal("library-exists", `${folder} has a library already; it would be put aside`);
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
    throw new Refusal("library-locked", `the library of ${folder} is open in another Semblance; close that one first`);
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
