import { lstatSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { AsyncSubscription, Event } from "@parcel/watcher";
import { isIgnoredFolder, isPhotoFile, isVideo } from "../images/photo-files";
import { isSidecar } from "./sidecars";
import { folderIdentity } from "./volume";

/** Where a photo folder changed. Folders are relative to its root, with `/`; "" is the root itself. */
export interface ScanScope {
  /** Files directly in these folders. */
  shallow: Set<string>;
  /** Everything below these folders. */
  deep: Set<string>;
  /** Files still being written: neither to be read, nor missing. */
  growing: Set<string>;
}

export interface FolderWatch {
  /**
   * `events`: the system reports changes. `rounds`: it can't, for the reason in `why`, so the whole folder is checked
   * regularly.
   */
  readonly how: "events" | "rounds";
  readonly why: string | null;
  stop(): Promise<void>;
}

export interface WatchOptions {
  /** Folders to skip, relative to the root. */
  skippedFolders: ReadonlySet<string>;
  /** Whether the library has files below a path that was deleted: then it was a folder. */
  holdsFiles(path: string): boolean;
  /** Called on a change; null means that anything may have changed. The next call waits until this one is done. */
  onChange(scope: ScanScope | null): Promise<unknown>;
  /** Called when the root disappears or is back. */
  onRoot(there: boolean): void;
}

/** A file that hasn't been written to for this long, in milliseconds, is complete. */
const QUIET_MS = 300;
/** A folder that is being filled is scanned once that is done, or after this many milliseconds. */
const FILLED_MS = 1000;
/** Intervals at which pending changes and the root are checked, in milliseconds. */
const TICK_MS = 100;
const ROOT_MS = 2000;
/** Delay before the scan for changes that were missed while subscribing, in milliseconds. */
const SWEEP_MS = 1000;
/** Interval between scans of the whole folder if the system reports no changes, in milliseconds. */
const ROUND_MS = 60_000;

/**
 * Reports new, changed, moved and deleted files below a folder, once they are completely written. If the root
 * disappears (a drive is unplugged), its files do not count as deleted: nothing is reported until it is back, and then
 * that anything may have changed.
 */
export async function watchFolder(root: string, options: WatchOptions): Promise<FolderWatch> {
  let stopped = false;
  let subscription: AsyncSubscription | Error = new Error("not subscribed yet");
  let scanTimer: NodeJS.Timeout | undefined;
  let [how, why]: [FolderWatch["how"], string | null] = ["rounds", null];
  /** Type and time of the last change of each path. */
  const changes = new Map<string, { type: Event["type"]; at: number }>();
  let reporting: Promise<unknown> | null = null;
  let tickTimer: NodeJS.Timeout | undefined;
  let identity = identityOf(root);
  await resubscribe(); // changes may already be reported meanwhile
  const rootTimer = setInterval(() => void checkRoot(), ROOT_MS).unref();
  const rounds = setInterval(() => {
    if (how === "rounds" && identity !== null) reportChanges(null);
  }, ROUND_MS).unref();

  async function subscribed(): Promise<AsyncSubscription | Error> {
    try {
      // A native module: where it doesn't load, `rounds` still work.
      const { subscribe } = await import("@parcel/watcher");
      return await subscribe(root, (error, events) => onEvents(error, events), {
        ignore: [...options.skippedFolders].map((folder) => join(root, folder)),
      });
    } catch (error) {
      return error as Error;
    }
  }

  async function stopSubscription(): Promise<void> {
    if (subscription instanceof Error) return;
    // The system has already dropped the subscription of a folder that is gone, and then fails to drop it again.
    await subscription.unsubscribe().catch((error: Error) => {
      if (!/remove watcher/i.test(error.message)) throw error;
    });
  }

  function onEvents(error: Error | null, events: Event[]): void {
    if (stopped) return;
    if (error) return void checkRoot(); // the root disappeared, or the system lost events
    const at = performance.now();
    for (const { path, type } of events) {
      const inside = relative(root, path).split(sep).join("/");
      if (inside === "") void checkRoot();
      else if (!inside.startsWith("..") && !isSkipped(inside, options.skippedFolders))
        changes.set(inside, { type, at });
    }
    if (changes.size > 0) tickTimer ??= setInterval(tick, TICK_MS).unref();
  }

  function tick(): void {
    if (changes.size === 0) {
      clearInterval(tickTimer);
      tickTimer = undefined;
      return;
    }
    if (reporting || identity === null) return;
    if (identityOf(root) !== identity) return void checkRoot();
    const now = performance.now();
    const scope: ScanScope = { shallow: new Set(), deep: new Set(), growing: new Set() };
    const settled: string[] = [];
    for (const [path, { type, at }] of changes) if (now - at < QUIET_MS && type !== "delete") scope.growing.add(path);
    const filling = foldersAbove(scope.growing);
    for (const [path, { type, at }] of changes) {
      if (now - at < QUIET_MS || (now - at < FILLED_MS && filling.has(path))) continue;
      settled.push(path);
      if (isFolder(join(root, path)) || (type === "delete" && options.holdsFiles(path))) scope.deep.add(path);
      else if (isRelevant(path.slice(path.lastIndexOf("/") + 1)))
        scope.shallow.add(path.slice(0, Math.max(0, path.lastIndexOf("/"))));
    }
    for (const path of settled) changes.delete(path);
    if (scope.deep.size + scope.shallow.size > 0) reportChanges(scope);
  }

  function reportChanges(scope: ScanScope | null): void {
    const work = async () => {
      // If a folder is new or was moved here, the system watches it, but not the folders already in it.
      if (scope && scope.deep.size > 0) {
        await resubscribe();
        scheduleScan();
      }
      await options.onChange(scope);
    };
    busyWith(work());
  }

  function busyWith(work: Promise<unknown>): void {
    reporting = work.finally(() => {
      reporting = null;
    });
  }

  /** Scans the whole folder once changes have settled, because changes between two subscriptions go unnoticed. */
  function scheduleScan(): void {
    clearTimeout(scanTimer);
    if (stopped) return;
    scanTimer = setTimeout(() => {
      if (reporting || changes.size > 0) scheduleScan();
      else if (identity !== null)
        // not null, which would subscribe again and retry unreadable files
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
    const now = identityOf(root);
    if (stopped || now === identity) return;
    identity = now;
    if (now !== null) await resubscribe(); // the old subscription is for the folder that is gone
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
      clearInterval(tickTimer);
      clearInterval(rootTimer);
      clearInterval(rounds);
      clearTimeout(scanTimer);
      await stopSubscription();
    },
  };
}

/**
 * The identity of the root, null if it doesn't exist. Mounting a volume over it, or unmounting one, changes the
 * identity.
 */
function identityOf(root: string): string | null {
  try {
    return isFolder(root) ? folderIdentity(root) : null;
  } catch {
    return null; // it disappeared between the two calls
  }
}

function isFolder(path: string): boolean {
  try {
    return lstatSync(path).isDirectory();
  } catch {
    return false; // gone or inaccessible: either way its files can't be listed
  }
}

/** The folders that contain these files, with all folders above. */
function foldersAbove(paths: Iterable<string>): Set<string> {
  const folders = new Set<string>();
  for (const path of paths)
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
      const folder = path.slice(0, end);
      if (folders.has(folder)) break; // and so are those above it
      folders.add(folder);
    }
  return folders;
}

const isRelevant = (name: string): boolean => isPhotoFile(name) || isVideo(name) || isSidecar(name);

/** Changes to hidden files, to other programs' catalogues and in excluded folders are ignored. */
function isSkipped(path: string, skippedFolders: ReadonlySet<string>): boolean {
  const parts = path.split("/");
  return parts.some(isIgnoredFolder) || parts.some((_, i) => skippedFolders.has(parts.slice(0, i + 1).join("/")));
}

function reasonOf({ message }: Error): string {
  return /ENOSPC|no space|limit/i.test(message)
    ? "the system’s limit on watched folders is reached"
    : message.split("\n", 1)[0]!;
}
