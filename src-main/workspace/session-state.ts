import type { DamagedLibrary } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import type { OpenFolder } from "./open-folder";

/** No library is open. */
interface Closed {
  readonly name: "closed";
}

/** A folder is being opened. The library that was open before stays open until the new one is ready. */
interface Opening {
  readonly name: "opening";
  /** As the caller gave it. */
  readonly folder: string;
  /** What stays if the folder can't be opened. */
  readonly before: Closed | Open | Damaged;
}

interface Open {
  readonly name: "open";
  readonly opened: OpenFolder;
  /** The cache was deleted since the user opened the library, so any further damage lies elsewhere. */
  readonly isCacheRebuilt: boolean;
  /** Another library, which couldn't be opened after this one because it is damaged. */
  readonly damaged: DamagedLibrary | null;
}

/** A file of the open library is damaged. The library is closed and opened again with a new cache. */
interface Mending {
  readonly name: "mending";
  /** Null between closing and opening. */
  readonly opened: OpenFolder | null;
}

/** No library is open, and the one that was last opened is damaged. */
interface Damaged {
  readonly name: "damaged";
  readonly damaged: DamagedLibrary;
}

/** Whether a library is open, and what is being done about it. */
export type SessionState = Closed | Opening | Open | Mending | Damaged;
export type StateName = SessionState["name"];

/**
 * The states that may follow each state. A state follows itself when the library in it is replaced by the same library
 * with another pack, or closed before the next one is open.
 */
export const TRANSITIONS: Record<StateName, readonly StateName[]> = {
  closed: ["opening"],
  opening: ["opening", "open", "closed", "damaged"],
  open: ["open", "opening", "mending", "closed", "damaged"],
  mending: ["mending", "open", "damaged"],
  damaged: ["opening"],
};

/** The current state of a session. */
export interface StateHolder {
  readonly now: SessionState;
  /** @throws Error with both names if the state may not follow the current one */
  enter(next: SessionState): void;
  openOrNull(): OpenFolder | null;
  /** @throws Refusal `no-library` */
  opened(): OpenFolder;
}

export function createStateHolder(): StateHolder {
  let now: SessionState = { name: "closed" };
  return {
    get now() {
      return now;
    },
    enter(next) {
      if (!TRANSITIONS[now.name].includes(next.name)) throw illegal(now.name, next.name);
      now = next;
    },
    openOrNull: () => openFolderOf(now),
    opened() {
      const open = openFolderOf(now);
      if (!open) throw new Refusal("no-library", "No library is open. Open a folder first.");
      return open;
    },
  };
}

const illegal = (from: StateName, to: StateName): Error => new Error(`A session can’t go from ${from} to ${to}.`);

function openFolderOf(state: SessionState): OpenFolder | null {
  switch (state.name) {
    case "opening":
      return openFolderOf(state.before);
    case "open":
    case "mending":
      return state.opened;
    default:
      return null;
  }
}

/** The library that was last opened, if it is damaged. */
export function damagedLibraryOf(state: SessionState): DamagedLibrary | null {
  switch (state.name) {
    case "opening":
      return damagedLibraryOf(state.before);
    case "open":
    case "damaged":
      return state.damaged;
    default:
      return null;
  }
}

/** @throws Error if a folder is already being opened, or a library mended: these take turns */
export function beginOpening(now: SessionState, folder: string): Opening {
  if (now.name === "opening" || now.name === "mending") throw illegal(now.name, "opening");
  return { name: "opening", folder, before: now };
}

/**
 * The state before opening, which remains if opening fails.
 * @param damaged the library that opening failed on, if it is damaged
 */
export function afterFailedOpening(now: SessionState, damaged: DamagedLibrary | null): Closed | Open | Damaged {
  if (now.name !== "opening") throw new Error(`A session that is ${now.name} opens no folder.`);
  const { before } = now;
  if (!damaged) return before;
  return before.name === "open" ? { ...before, damaged } : { name: "damaged", damaged };
}

/** The same state with another open folder. @throws Error if none is open */
export function withOpenFolder(now: SessionState, opened: OpenFolder): SessionState {
  if (now.name === "open" || now.name === "mending") return { ...now, opened };
  if (now.name === "opening" && now.before.name === "open") return { ...now, before: { ...now.before, opened } };
  throw new Error(`A session that is ${now.name} has no library to replace.`);
}

/** The state once the open folder is let go. @throws Error if none is open */
export function withoutOpenFolder(now: SessionState): SessionState {
  if (now.name === "open") return afterClosing(now);
  if (now.name === "mending") return { ...now, opened: null };
  if (now.name === "opening" && now.before.name === "open") return { ...now, before: afterClosing(now.before) };
  throw new Error(`A session that is ${now.name} has no library to close.`);
}

const afterClosing = ({ damaged }: Open): Closed | Damaged =>
  damaged ? { name: "damaged", damaged } : { name: "closed" };
