import { lstatSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { AsyncSubscription, Event } from "@parcel/watcher";
import { isIgnoredFolder, isPhotoFile, isVideo } from "../images/photo-files";
import { folderIdentity } from "./volume";

/** Where something changed in a photo folder. Folders are relative to its root, with `/`, "" for the root itself. */
export interface ScanScope {
  /** What lies directly in these. */
  shallow: Set<string>;
  /** All that lies below these. */
  deep: Set<string>;
  /** Files that are still being written: not looked at, and not gone either. */
  growing: Set<string>;
}

export interface FolderWatch {
  /**
   * `events` from the system, or a look at the whole folder in `rounds` where there are none, and why there are none.
   */
  readonly how: "events" | "rounds";
  readonly why: string | null;
  stop(): Promise<void>;
}

export interface WatchOptions {
  /** Folders passed by, relative to the root. */
  skippedFolders: ReadonlySet<string>;
  /** Whether files are known below a path that is there no longer: then it was a folder. */
  holdsFiles(path: string): boolean;
  /** Something changed; null: anything may have. The next change is told when this one was dealt with. */
  onChange(scope: ScanScope | null): Promise<unknown>;
  /** The folder itself is there no longer, or is there again. */
  onRoot(there: boolean): void;
}

/** A file that was not written to for so many milliseconds is whole. */
const QUIET_MS = 300;
/** A folder that is being filled is looked through when that is done, or once so many milliseconds have passed. */
const FILLED_MS = 1000;
/** While changes are waiting they are looked through so often, and the root so often when there are none. */
const TICK_MS = 100;
const ROOT_MS = 2000;
/** Milliseconds after which what a new watch may have missed is looked for. */
const SWEEP_MS = 1000;
/** Milliseconds between two looks at the whole folder where the system tells of no changes. */
const ROUND_MS = 60_000;

/**
 * Tells of new, changed, moved and deleted files below a folder, once they are written to no longer. A root that goes
 * away (a drive
 * that is pulled out) is no deletion: nothing is told of what lay in it until it is back, and then that anything may
 * have changed.
 */
export async function watchFolder(root: string, options: WatchOptions): Promise<FolderWatch> {
  let stopped = false;
  let subscription: AsyncSubscription | Error = new Error("the system was not asked yet");
  let sweeping: NodeJS.Timeout | undefined;
  let [how, why]: [FolderWatch["how"], string | null] = ["rounds", null];
  /** When each changed path changed last. */
  const changes = new Map<string, { type: Event["type"]; at: number }>();
  let telling: Promise<unknown> | null = null;
  let ticking: NodeJS.Timeout | undefined;
  let mark = markOf(root);
  await resubscribe(); // changes may be heard of before it is done
  const rooting = setInterval(() => void checkRoot(), ROOT_MS).unref();
  const rounds = setInterval(() => {
    if (how === "rounds" && mark !== null) reportChanges(null);
  }, ROUND_MS).unref();

  async function subscribed(): Promise<AsyncSubscription | Error> {
    try {
      const { subscribe } = await import("@parcel/watcher"); // native: where it does not load, rounds serve
      return await subscribe(root, (error, events) => onEvents(error, events), {
        ignore: [...options.skippedFolders].map((folder) => join(root, folder)),
      });
    } catch (error) {
      return error as Error;
    }
  }

  async function stopSubscription(): Promise<void> {
    if (subscription instanceof Error) return;
    // Of folders that are gone the system has let go by itself, and says that it can't do so again.
    await subscription.unsubscribe().catch((error: Error) => {
      if (!/remove watcher/i.test(error.message)) throw error;
    });
  }

  function onEvents(error: Error | null, events: Event[]): void {
    if (stopped) return;
    if (error) return void checkRoot(); // the root went, or the system has lost count
    const at = performance.now();
    for (const { path, type } of events) {
      const inside = relative(root, path).split(sep).join("/");
      if (inside === "") void checkRoot();
      else if (!inside.startsWith("..") && !isSkipped(inside, options.skippedFolders))
        changes.set(inside, { type, at });
    }
    if (changes.size > 0) ticking ??= setInterval(tick, TICK_MS).unref();
  }

  function tick(): void {
    if (changes.size === 0) {
      clearInterval(ticking);
      ticking = undefined;
      return;
    }
    if (telling || mark === null) return;
    if (markOf(root) !== mark) return void checkRoot();
    const now = performance.now();
    const scope: ScanScope = { shallow: new Set(), deep: new Set(), growing: new Set() };
    const settled: string[] = [];
    for (const [path, { type, at }] of changes) if (now - at < QUIET_MS && type !== "delete") scope.growing.add(path);
    const filling = foldersAbove(scope.growing);
    for (const [path, { type, at }] of changes) {
      if (now - at < QUIET_MS || (now - at < FILLED_MS && filling.has(path))) continue;
      settled.push(path);
      if (isFolder(join(root, path)) || (type === "delete" && options.holdsFiles(path))) scope.deep.add(path);
      else if (isLookedAt(path.slice(path.lastIndexOf("/") + 1)))
        scope.shallow.add(path.slice(0, Math.max(0, path.lastIndexOf("/"))));
    }
    for (const path of settled) changes.delete(path);
    if (scope.deep.size + scope.shallow.size > 0) reportChanges(scope);
  }

  function reportChanges(scope: ScanScope | null): void {
    const work = async () => {
      // Of a folder that came or moved the system watches that one alone, and not what lay in it by then.
      if (scope && scope.deep.size > 0) {
        await resubscribe();
        scheduleScan();
      }
      await options.onChange(scope);
    };
    busyWith(work());
  }

  function busyWith(work: Promise<unknown>): void {
    telling = work.finally(() => {
      telling = null;
    });
  }

  /**
   * What happened while nobody listened, between two watches, is found by a look at everything, once it has become
   * quiet.
   */
  function scheduleScan(): void {
    clearTimeout(sweeping);
    if (stopped) return;
    sweeping = setTimeout(() => {
      if (telling || changes.size > 0) scheduleScan();
      else if (mark !== null)
        // without another watch, and without a new try of what could not be read
        busyWith(options.onChange({ shallow: new Set(), deep: new Set([""]), growing: new Set() }));
    }, SWEEP_MS).unref();
  }

  async function resubscribe(): Promise<void> {
    await stopSubscription();
    if (stopped) return;
    subscription = await subscribed();
    [how, why] = subscription instanceof Error ? ["rounds", reasonOf(subscription)] : ["events", null];
  }

  async function checkRoot(): Promise<void> {
    const now = markOf(root);
    if (stopped || now === mark) return;
    mark = now;
    if (now !== null) await resubscribe(); // what was watched is the folder that went
    changes.clear();
    if (stopped) return;
    options.onRoot(now !== null);
    if (now !== null) reportChanges(null);
  }

  return {
    get how() {
      return how;
    },
    get why() {
      return why;
    },
    async stop() {
      stopped = true;
      clearInterval(ticking);
      clearInterval(rooting);
      clearInterval(rounds);
      clearTimeout(sweeping);
      await stopSubscription();
    },
  };
}

/**
 * Null where there is no folder. A drive that is mounted over the folder, or taken from it, leaves another one at its
 * path.
 */
function markOf(root: string): string | null {
  try {
    return isFolder(root) ? folderIdentity(root) : null;
  } catch {
    return null; // it went between the two looks
  }
}

function isFolder(path: string): boolean {
  try {
    return lstatSync(path).isDirectory();
  } catch {
    return false; // gone, or not to be looked at: either way nothing can be told of what lies in it
  }
}

/** The folders that hold these files, and those above them. */
function foldersAbove(paths: Iterable<string>): Set<string> {
  const folders = new Set<string>();
  for (const path of paths)
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
      const folder = path.slice(0, end);
      if (folders.has(folder)) break; // so are those above it
      folders.add(folder);
    }
  return folders;
}

const isLookedAt = (name: string): boolean => isPhotoFile(name) || isVideo(name);

/** Hidden files, other programs' catalogues, and what the user leaves out wake nobody. */
function isSkipped(path: string, skippedFolders: ReadonlySet<string>): boolean {
  const parts = path.split("/");
  return parts.some(isIgnoredFolder) || parts.some((_, i) => skippedFolders.has(parts.slice(0, i + 1).join("/")));
}

function reasonOf({ message }: Error): string {
  return /ENOSPC|no space|limit/i.test(message)
    ? "the system watches no more folders at a time"
    : message.split("\n", 1)[0]!;
}
