import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { Refusal } from "../../src-shared/refusal";
import { isWriterGone, writerName } from "../base/partial-files";
import { syncFile, syncFolder } from "../base/sync-to-disk";
import { isLibraryName } from "./home";
import { acquireLock } from "./lock";

/** How long to wait for another process that moves a library, in milliseconds. It only renames files. */
const PATIENCE_MS = 10_000;
const JOURNAL = ".swap.json";
/** A directory in which a library is prepared. Versions before the journal left out the writer. */
const ARRIVAL = /^(.+)\.arriving(?:-(.+))?$/;

/** A rename of a file or directory, by absolute paths below the same `libraries` folder. */
export interface Move {
  from: string;
  to: string;
}

/**
 * Runs `work` while no other process opens, moves or replaces a library of this data folder. First finishes what a
 * process that died left half done, and deletes what it was still preparing. Don't nest.
 * @throws Refusal `library-locked`
 */
export function withSwapLock<T>(home: string, work: () => T): T {
  if (mkdirSync(join(home, "libraries"), { recursive: true }) !== undefined) syncFolder(home);
  const lock = acquireLock(join(home, "swap.lock.db"), PATIENCE_MS);
  if (!lock) throw new Refusal("library-locked", "Another Semblance is replacing a library. Try again in a moment.");
  try {
    recover(home);
    return work();
  } finally {
    lock.close();
  }
}

/** Finishes what a process that died left half done, for callers that only read. Does nothing if all is well. */
export function finishSwaps(home: string): void {
  const libraries = join(home, "libraries");
  if (existsSync(libraries) && readdirSync(libraries).some((name) => name.endsWith(JOURNAL) || ARRIVAL.test(name)))
    withSwapLock(home, () => undefined);
}

/**
 * A new directory in which to prepare a library. It never counts as a library; `swapIn` moves it, or the next process
 * deletes it.
 */
export function createArrival(directory: string): string {
  const arrival = `${directory}.arriving-${writerName()}`;
  mkdirSync(arrival, { recursive: true });
  return arrival;
}

/** Deletes a directory of `createArrival`, unless an interrupted swap still needs it. */
export function removeArrival(directory: string, arrival: string): void {
  if (!existsSync(`${directory}${JOURNAL}`)) rmSync(arrival, { recursive: true, force: true });
}

/**
 * Renames files one after the other so that all renames take place or none, even if the process dies in between: a
 * journal is on disk before the first, and whoever takes the lock next finishes it. Call it in `withSwapLock`.
 * @param directory the library that changes
 * @throws Error, and moves nothing, if a file is missing or a target exists that no earlier move takes away
 */
export function swapIn(directory: string, moves: readonly Move[]): void {
  const libraries = dirname(directory);
  const journal = `${directory}${JOURNAL}`;
  const vacated = new Set<string>();
  for (const { from, to } of moves) {
    if (!existsSync(from)) throw new Error(`${from} is gone`);
    if (existsSync(to) && !vacated.has(to)) throw new Error(`${to} already exists`);
    vacated.add(from);
  }
  const partial = `${journal}.tmp`;
  writeFileSync(
    partial,
    JSON.stringify(moves.map(({ from, to }) => ({ from: relative(libraries, from), to: relative(libraries, to) }))),
  );
  syncFile(partial);
  renameSync(partial, journal);
  syncFolder(libraries);
  finish(journal);
}

/** A path with the time in it, at which nothing lies yet, for what is set aside. */
export function asidePath(start: string): string {
  const path = `${start}-${new Date().toISOString().replace(/[:.]/g, "-")}`;
  for (let n = 1; ; n++) {
    const free = n === 1 ? path : `${path}-${n}`;
    if (!existsSync(free)) return free;
  }
}

/**
 * Deletes a directory in which nothing but the lock was created yet. Call it in `withSwapLock`.
 * @returns whether the directory is free for a library
 */
export function removeBare(directory: string): boolean {
  if (!existsSync(directory)) return true;
  if (readdirSync(directory).some((name) => !name.startsWith("lock.db"))) return false;
  const lock = acquireLock(join(directory, "lock.db"));
  if (!lock) return false; // another process is about to create a library
  lock.close();
  rmSync(directory, { recursive: true });
  return true;
}

function recover(home: string): void {
  const libraries = join(home, "libraries");
  for (const name of readdirSync(libraries)) {
    if (name.endsWith(JOURNAL)) finish(join(libraries, name));
    // Written under the lock, so its writer is gone.
    if (name.endsWith(`${JOURNAL}.tmp`)) rmSync(join(libraries, name));
  }
  for (const name of readdirSync(libraries)) {
    const [, library, writer] = ARRIVAL.exec(name) ?? [];
    if (library === undefined || (writer !== undefined && !isWriterGone(writer))) continue;
    if (writer === undefined) undoWithoutJournal(join(libraries, library));
    rmSync(join(libraries, name), { recursive: true, force: true });
  }
}

/** A move whose target exists, or whose file is gone, is done. */
function finish(journal: string): void {
  const libraries = dirname(journal);
  for (const { from, to } of readJournal(journal)) {
    const [source, target] = [join(libraries, from), join(libraries, to)];
    if (existsSync(target) || !existsSync(source)) continue;
    mkdirSync(dirname(target), { recursive: true });
    renameSync(source, target);
    for (const folder of new Set([dirname(source), dirname(target), libraries])) syncFolder(folder);
  }
  rmSync(journal);
  syncFolder(libraries);
}

/** A journal that can't be read must not keep all libraries from opening: it is renamed, so that it can be examined. */
function readJournal(journal: string): Move[] {
  let moves: unknown = null;
  try {
    moves = JSON.parse(readFileSync(journal, "utf8"));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (Array.isArray(moves) && moves.every(isMove)) return moves;
  writeFileSync(`${journal}.damaged`, readFileSync(journal));
  console.error(`${journal} is damaged and was renamed to ${basename(journal)}.damaged.`);
  return [];
}

function isMove(value: unknown): value is Move {
  const move = value as Move | null;
  return [move?.from, move?.to].every((path) => typeof path === "string" && isInsideLibrary(path));
}

const isInsideLibrary = (path: string): boolean => {
  const [name] = path.split(".");
  const library = name?.split(/[\\/]/)[0] ?? "";
  return isLibraryName(library) && !path.split(/[\\/]/).includes("..");
};

/**
 * Versions before the journal moved a library aside and then moved the new one in. If they died in between, the folder
 * had none.
 */
function undoWithoutJournal(directory: string): void {
  if (existsSync(directory)) return;
  const libraries = dirname(directory);
  const [latest] = readdirSync(libraries)
    .filter((name) => name.startsWith(`${basename(directory)}.aside-`))
    .sort()
    .reverse();
  if (latest === undefined) return;
  renameSync(join(libraries, latest), directory);
  syncFolder(libraries);
}
