import type { DamagedLibrary, LibraryInfo } from "../../src-shared/contract";
import type { Emit } from "../../src-shared/engine-messages";
import { Refusal } from "../../src-shared/refusal";
import { type Jobs, runJobIn } from "../base/jobs";
import { deleteCache } from "../store/cache";
import type { Store } from "../store/database";
import { closeFolder, endWork } from "./close-folder";
import type { LibraryEvents } from "./library-events";
import { libraryInfo } from "./library-info";
import type { LibraryWork } from "./library-jobs";
import type { LibraryWatch } from "./library-watch";
import { CACHE_REBUILT_NOTICE, isSameFolder, type OpenFolder, openFolder, reopenFolder } from "./open-folder";
import { cancelLabelling } from "./relabel";
import { afterFailedOpening, beginOpening, type StateHolder, withOpenFolder, withoutOpenFolder } from "./session-state";

/** Opening, closing and mending the session's library. These take turns: a library that is being opened is locked. */
export interface LibraryLifecycle {
  open(folder: string): Promise<LibraryInfo>;
  /** Ends all work on the open library, then closes it. Does nothing if none is open. */
  close(): Promise<void>;
  /** Replaces the open library with the same library under another pack. No job may still label with the old pack. */
  replace(next: OpenFolder): Promise<void>;
  /** Changes the open library's pack and prepares it again. */
  changePack(change: (store: Store) => void): Promise<void>;
  /** Repairs the open library, or closes it and reports that it is damaged. Call for each error of a corrupt file. */
  mend(fault: Refusal): void;
}

interface LifecycleParts {
  home: string;
  emit: Emit;
  state: StateHolder;
  jobs: Jobs;
  work: LibraryWork;
  events: LibraryEvents;
  watch: LibraryWatch;
  ignoringDiskFaults<T>(work: () => T): T | null;
}

export function createLibraryLifecycle({
  home,
  emit,
  state,
  jobs,
  work,
  events,
  watch,
  ignoringDiskFaults,
}: LifecycleParts): LibraryLifecycle {
  const run = runJobIn(jobs);
  let lastTurn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const done = lastTurn.then(act);
    lastTurn = done.catch(() => undefined); // the caller gets the error
    return done;
  };

  function beginWork({ library }: OpenFolder): void {
    work.rescan();
    watch.restart(library).catch((error: unknown) =>
      ignoringDiskFaults(() => {
        throw error;
      }),
    );
  }

  async function closeNow(): Promise<void> {
    const open = state.openOrNull();
    if (!open) return;
    await watch.stop();
    await endWork(open, jobs);
    const last = state.opened(); // a relabelling that just ended may have replaced it
    await endWork(last, jobs);
    state.enter(withoutOpenFolder(state.now));
    await work.ended();
    events.reset();
    work.forgetScan();
    await closeFolder(last, jobs);
  }

  /** Closing a damaged library fails to back it up. */
  const closeDamaged = () =>
    closeNow().catch((error: unknown) => {
      if (!(error instanceof Refusal)) console.error(error);
    });

  async function openNow(folder: string): Promise<LibraryInfo> {
    const open = state.openOrNull();
    if (open && isSameFolder(open.library, folder)) return libraryInfo(open.library);
    state.enter(beginOpening(state.now, folder));
    let opened: OpenFolder;
    try {
      opened = await openFolder(home, folder, { run });
    } catch (error) {
      state.enter(afterFailedOpening(state.now, damageOf(folder, error)));
      throw error;
    }
    try {
      await closeNow();
    } catch (error) {
      state.enter(afterFailedOpening(state.now, damageOf(open?.library.store.folder ?? folder, error)));
      await closeFolder(opened, jobs); // or its lock would keep it from being opened again
      throw error;
    }
    state.enter({ name: "open", opened, isCacheRebuilt: false, damaged: null });
    beginWork(opened);
    return libraryInfo(opened.library);
  }

  /**
   * Deletes the cache and opens the library again; if the cache wasn't the cause, closes the library so that the user
   * can restore a backup. Does nothing if `met` was mended or closed since: many calls can meet the same damage.
   */
  async function mendNow(met: OpenFolder, fault: Refusal): Promise<void> {
    const { now } = state;
    if (now.name !== "open" || now.opened !== met) return;
    const { folder, directory } = met.library.store;
    state.enter({ name: "mending", opened: met });
    try {
      await closeDamaged();
      if (now.isCacheRebuilt) throw fault;
      deleteCache(directory);
      const opened = await openFolder(home, folder, { run });
      opened.library.notices.push(CACHE_REBUILT_NOTICE);
      state.enter({ name: "mending", opened });
      beginWork(opened);
      state.enter({ name: "open", opened, isCacheRebuilt: true, damaged: null });
    } catch (error) {
      await closeDamaged();
      const damaged = { folder, message: (error as Error).message };
      state.enter({ name: "damaged", damaged });
      emit("damaged", damaged);
    }
  }

  async function replace(next: OpenFolder): Promise<void> {
    const before = state.opened();
    state.enter(withOpenFolder(state.now, next));
    work.forgetScan();
    before.objects.close();
    await before.dispose();
    events.notifyAllChanged();
    beginWork(next);
  }

  return {
    open: (folder) => inTurn(() => openNow(folder)),
    close: () => inTurn(closeNow),
    replace,
    changePack: (change) =>
      inTurn(async () => {
        const { store } = state.opened().library;
        await cancelLabelling(jobs);
        change(store);
        await replace(await reopenFolder(store, { run }));
      }),
    mend(fault) {
      const met = state.openOrNull();
      if (met) void inTurn(() => mendNow(met, fault));
    },
  };
}

/** What to report if a library couldn't be opened or closed; null if it isn't damaged. */
const damageOf = (folder: string, error: unknown): DamagedLibrary | null =>
  error instanceof Refusal && error.code === "library-damaged" ? { folder, message: error.message } : null;
