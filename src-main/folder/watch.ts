import { lstatSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { AsyncSubscription, Event } from "@parcel/watcher";
import { isForeignFolder, isPhotoFile, isVideo } from "../images/photo-files";
import { folderMark } from "./drive";

/** Where something changed in a photo folder. Folders are relative to its root, with `/`, "" for the root itself. */
export interface Places {
  /** What lies directly in these. */
  shallow: Set<string>;
  /** All that lies below these. */
  deep: Set<string>;
  /** Files that are still being written: not looked at, and not gone either. */
  growing: Set<string>;
}

export interface Watching {
  /**
   * `events` from the system, or a look at the whole folder in `rounds` where there are none, and why there are none.
   */
  readonly how: "events" | "rounds";
  readonly why: string | null;
  stop(): Promise<void>;
}

export interface WatchOptions {
  /** Folders passed by, relative to the root. */
  leaveOut: ReadonlySet<string>;
  /** Whether files are known below a path that is there no longer: then it was a folder. */
  holdsFiles(path: string): boolean;
  /** Something changed; null: anything may have. The next change is told when this one was dealt with. */
  onChange(places: Places | null): Promise<unknown>;
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
export async function watchFolder(root: string, options: WatchOptions): Promise<Watching> {
  let stopped = false;
  let subscription: AsyncSubscription | Error = new Error("the system was not asked yet");
  let sweeping: NodeJS.Timeout | undefined;
  let [how, why]: [Watching["how"], string | null] = ["rounds", null];
  /** When each changed path changed last. */
  const changes = new Map<string, { type: Event["type"]; at: number }>();
  let telling: Promise<unknown> | null = null;
  let ticking: NodeJS.Timeout | undefined;
  let mark = markOf(root);
  await renew(); // changes may be heard of before it is done
  const rooting = setInterval(() => void lookAtRoot(), ROOT_MS).unref();
  const rounds = setInterval(() => {
    if (how === "rounds" && mark !== null) tell(null);
  }, ROUND_MS).unref();

  async function subscribed(): Promise<AsyncSubscription | Error> {
    try {
      const { subscribe } = await import("@parcel/watcher"); // native: where it does not load, rounds serve
      return await subscribe(root, (error, events) => heard(error, events), {
        ignore: [...options.leaveOut].map((folder) => join(root, folder)),
      });
    } catch (error) {
      return error as Error;
    }
  }

  async function letGo(): Promise<void> {
    if (subscription instanceof Error) return;
    // Of folders that are gone the system has let go by itself, and says that it can't do so again.
    await subscription.unsubscribe().catch((error: Error) => {
      if (!/remove watcher/i.test(error.message)) throw error;
    });
  }

  function heard(error: Error | null, events: Event[]): void {
    if (stopped) return;
    if (error) return void lookAtRoot(); // the root went, or the system has lost count
    const at = performance.now();
    for (const { path, type } of events) {
      const inside = relative(root, path).split(sep).join("/");
      if (inside === "") void lookAtRoot();
      else if (!inside.startsWith("..") && !isPassedBy(inside, options.leaveOut)) changes.set(inside, { type, at });
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
    if (markOf(root) !== mark) return void lookAtRoot();
    const now = performance.now();
    const places: Places = { shallow: new Set(), deep: new Set(), growing: new Set() };
    const settled: string[] = [];
    for (const [path, { type, at }] of changes) if (now - at < QUIET_MS && type !== "delete") places.growing.add(path);
    const filling = foldersAbove(places.growing);
    for (const [path, { type, at }] of changes) {
      if (now - at < QUIET_MS || (now - at < FILLED_MS && filling.has(path))) continue;
      settled.push(path);
      if (isFolder(join(root, path)) || (type === "delete" && options.holdsFiles(path))) places.deep.add(path);
      else if (isLookedAt(path.slice(path.lastIndexOf("/") + 1)))
        places.shallow.add(path.slice(0, Math.max(0, path.lastIndexOf("/"))));
    }
    for (const path of settled) changes.delete(path);
    if (places.deep.size + places.shallow.size > 0) tell(places);
  }

  function tell(places: Places | null): void {
    const work = async () => {
      // Of a folder that came or moved the system watches that one alone, and not what lay in it by then.
      if (places && places.deep.size > 0) {
        await renew();
        sweepSoon();
      }
      await options.onChange(places);
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
  function sweepSoon(): void {
    clearTimeout(sweeping);
    if (stopped) return;
    sweeping = setTimeout(() => {
      if (telling || changes.size > 0) sweepSoon();
      else if (mark !== null)
        // without another watch, and without a new try of what could not be read
        busyWith(options.onChange({ shallow: new Set(), deep: new Set([""]), growing: new Set() }));
    }, SWEEP_MS).unref();
  }

  async function renew(): Promise<void> {
    await letGo();
    if (stopped) return;
    subscription = await subscribed();
    [how, why] = subscription instanceof Error ? ["rounds", reasonOf(subscription)] : ["events", null];
  }

  async function lookAtRoot(): Promise<void> {
    const now = markOf(root);
    if (stopped || now === mark) return;
    mark = now;
    if (now !== null) await renew(); // what was watched is the folder that went
    changes.clear();
    if (stopped) return;
    options.onRoot(now !== null);
    if (now !== null) tell(null);
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
      await letGo();
    },
  };
}

/**
 * Null where there is no folder. A drive that is mounted over the folder, or taken from it, leaves another one at its
 * path.
 */
function markOf(root: string): string | null {
  try {
    return isFolder(root) ? folderMark(root) : null;
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
function isPassedBy(path: string, leaveOut: ReadonlySet<string>): boolean {
  const parts = path.split("/");
  return parts.some(isForeignFolder) || parts.some((_, i) => leaveOut.has(parts.slice(0, i + 1).join("/")));
}

function reasonOf({ message }: Error): string {
  return /ENOSPC|no space|limit/i.test(message)
    ? "the system watches no more folders at a time"
    : message.split("\n", 1)[0];
}
