import type { DamagedLibrary, Job, JobId, LibraryInfo, PhotoId } from "../../src-shared/contract";
import type { Emit } from "../../src-shared/engine-messages";
import { Refusal } from "../../src-shared/refusal";
import { createJobs, type JobHandle, type Jobs } from "../base/jobs";
import type { ScanScope } from "../folder/watch";
import { deleteCache } from "../store/cache";
import { closeStore, type Store } from "../store/database";
import { type DiskWatch, watchDisk } from "./disk-watch";
import { type FolderJobs, labelFolder, rankAll } from "./label-folder";
import { createLibraryEvents, type LibraryEvents } from "./library-events";
import { libraryInfo } from "./library-info";
import { createLibraryWatch } from "./library-watch";
import { CACHE_REBUILT_NOTICE, isSameFolder, type OpenFolder, openFolder, reopenFolder } from "./open-folder";
import type { OpenLibrary } from "./open-library";
import { cancelLabelling } from "./relabel";

/** The state that all calls share: the one open library, its jobs, and the events that the window gets. */
export interface Session extends Omit<LibraryEvents, "flush" | "reset"> {
  readonly home: string;
  readonly jobs: Jobs;
  /** Whether the data folder can be written to. */
  readonly disk: DiskWatch;
  readonly emit: Emit;
  open(folder: string): Promise<LibraryInfo>;
  /** Ends all work on the open library, then closes it. Does nothing if none is open. */
  close(): Promise<void>;
  /** For work in the background that has no caller to refuse: a disk fault is reported and the result is null. */
  ignoringDiskFaults<T>(work: () => T): T | null;
  /** @throws Refusal `no-library` */
  opened(): OpenFolder;
  /** The open library. @throws Refusal `no-library` */
  library(): OpenLibrary;
  openOrNull(): OpenFolder | null;
  /** The library that was last opened, if it is damaged. */
  readonly damaged: DamagedLibrary | null;
  /** Absolute path of the last export. */
  exported: string | null;
  /** Remembers which photos are on screen. */
  watch(photos: PhotoId[]): void;
  watched(): PhotoId[];
  /** Scans the folder again and labels new photos. */
  rescan(): JobId;
  /** Starts or stops watching the folder, as the settings say. */
  restartWatch(): Promise<void>;
  /** Runs detectors on photos that they haven't seen, for example after they were switched on. */
  detectObjects(): void;
  /**
   * Starts a job on the open library. Closing waits for it, and the window gets all counts when it ends.
   * @param busy message of the refusal if a job of this kind is already running; null allows several
   * @throws Refusal `busy`
   */
  start(kind: Job["kind"], busy: string | null, work: (library: OpenLibrary, job: JobHandle) => Promise<string>): JobId;
  /** Changes what labels photos, then labels all of them again in the background. */
  relabelAll(change: (library: OpenLibrary) => Promise<void>): Promise<void>;
  /** Replaces the open library with the same library under another pack. No job may still label with the old pack. */
  replace(next: OpenFolder): Promise<void>;
  /** Changes the open library's pack and prepares it again. */
  changePack(change: (store: Store) => void): Promise<void>;
}

export function createSession(home: string, emit: Emit): Session {
  let open: OpenFolder | null = null;
  /** Settles when no work on the open library is left. */
  let working: Promise<unknown> = Promise.resolve();
  /** The latest scan of the open folder, until its photos are embedded. */
  let currentScan: FolderJobs | null = null;
  let visiblePhotos: PhotoId[] = [];
  /** The cache was deleted since the user opened the library, so any further damage lies elsewhere. */
  let repaired = false;
  let damaged: DamagedLibrary | null = null;
  const disk = watchDisk(
    home,
    (fault) => emit("disk", { fault }),
    () => {
      if (open) rescan();
    },
    (fault) => {
      const met = open;
      if (met)
        void serialise(async () => {
          if (open === met) await repair(met, fault);
        }); // many calls can meet the same damage; repair only once
    },
  );
  const jobs = createJobs((job) => emit("job", job), { explain: disk.explain });

  const ignoringDiskFaults: Session["ignoringDiskFaults"] = (work) => {
    try {
      return work();
    } catch (error) {
      if (disk.explain(error) === error) throw error;
      return null;
    }
  };
  const opened = (): OpenFolder => {
    if (!open) throw new Refusal("no-library", "No library is open. Open a folder first.");
    return open;
  };
  const library = (): OpenLibrary => opened().library;
  const events = createLibraryEvents(emit, () => ignoringDiskFaults(() => open && libraryInfo(open.library)));
  const { changed, labelled, notifyAllChanged, emitInfo, emitInfoSoon } = events;
  const folderWatch = createLibraryWatch({
    isOpen: (each) => open?.library === each,
    scan: (scope) => startScan(scope ?? undefined).scanned,
    onNotice: emitInfo,
    ignoringDiskFaults,
  });
  const restartWatch = async () => folderWatch.restart(library());
  /**
   * Sends all counts to the window once work has ended.
   * @param lastInfo by default also says that any photo may have changed
   */
  const trackWork = (work: Promise<unknown>, lastInfo = notifyAllChanged) => {
    const current = open;
    working = Promise.all([working, work]).then(() => {
      if (open !== current) return;
      events.flush();
      lastInfo();
    });
  };

  /** Opening, closing and repairing take turns: a library that is being opened is locked. */
  let lastTurn: Promise<unknown> = Promise.resolve();
  const serialise = <T>(work: () => Promise<T>): Promise<T> => {
    const done = lastTurn.then(work);
    lastTurn = done.catch(() => undefined); // the caller gets the error
    return done;
  };

  async function closeNow(): Promise<void> {
    if (!open) return;
    await folderWatch.stop();
    open.objects.close();
    await jobs.cancelAll();
    const {
      library: { store },
      objects,
      dispose,
    } = open; // a relabelling that just ended may have replaced it
    objects.close();
    await jobs.cancelAll();
    open = null;
    await working;
    events.reset();
    currentScan = null;
    await dispose();
    closeStore(store);
  }

  /**
   * Handles damage to a file of the open library. Deletes the cache and opens the library again; if the cache wasn't
   * the cause, closes the library so that the user can restore a backup.
   */
  async function repair(
    {
      library: {
        store: { folder, directory },
      },
    }: OpenFolder,
    fault: Refusal,
  ): Promise<void> {
    try {
      await closeNow().catch((error: unknown) => {
        if (!(error instanceof Refusal)) console.error(error);
      }); // closing a damaged library fails to back it up
      if (repaired) throw fault;
      repaired = true;
      deleteCache(directory);
      await reopen(folder, CACHE_REBUILT_NOTICE);
    } catch (error) {
      damaged = { folder, message: (error as Error).message };
      emit("damaged", damaged);
    }
  }

  async function reopen(folder: string, notice?: string): Promise<LibraryInfo> {
    const next = await openFolder(home, folder);
    await closeNow();
    open = next;
    damaged = null;
    if (notice !== undefined) next.library.notices.push(notice);
    rescan();
    restartWatch().catch((error: unknown) =>
      ignoringDiskFaults(() => {
        throw error;
      }),
    );
    return libraryInfo(next.library);
  }

  async function replace(next: OpenFolder): Promise<void> {
    const before = opened();
    open = next;
    currentScan = null;
    before.objects.close();
    await before.dispose();
    notifyAllChanged();
    rescan();
    restartWatch().catch((error: unknown) =>
      ignoringDiskFaults(() => {
        throw error;
      }),
    );
  }

  function rescan(): JobId {
    return startScan().scan;
  }

  function startScan(scope?: ScanScope): FolderJobs {
    const current = opened();
    const started = labelFolder(current.library, jobs, current, { changed: labelled }, { earlier: currentScan, scope });
    currentScan = started;
    void started.embedded.then(() => {
      if (currentScan === started) currentScan = null;
    }); // ranking and metadata jobs may still run; a new scan needn't wait for them
    trackWork(started.finished);
    return started;
  }

  function detectObjects(): void {
    const { objects } = opened();
    objects.beginScan(jobs, { changed: labelled });
    objects.begin();
    trackWork(objects.settled());
  }

  const start: Session["start"] = (kind, busy, work) => {
    const current = library();
    const runs = jobs.list().some((job) => job.kind === kind && (job.state === "running" || job.state === "paused"));
    if (busy !== null && runs) throw new Refusal("busy", busy);
    const { job, finished } = jobs.run(kind, (handle) => work(current, handle));
    // Live learning already reports each photo as it labels it.
    trackWork(finished, kind === "learn" ? emitInfo : notifyAllChanged);
    return job;
  };

  return {
    home,
    jobs,
    disk,
    emit,
    opened,
    library,
    replace,
    rescan,
    restartWatch,
    detectObjects,
    start,
    changed,
    labelled,
    notifyAllChanged,
    emitInfo,
    emitInfoSoon,
    ignoringDiskFaults,
    openOrNull: () => open,
    get damaged() {
      return damaged;
    },
    exported: null,
    watch: (photos) => {
      visiblePhotos = photos;
    },
    watched: () => visiblePhotos,
    close: () => serialise(closeNow),
    open: (folder) =>
      serialise(async () => {
        if (isSameFolder(open?.library, folder)) return libraryInfo(library());
        try {
          const info = await reopen(folder);
          repaired = false;
          return info;
        } catch (error) {
          if (error instanceof Refusal && error.code === "library-damaged")
            damaged = { folder, message: error.message };
          throw error;
        }
      }),
    changePack: (change) =>
      serialise(async () => {
        const { store } = library();
        await cancelLabelling(jobs);
        change(store);
        await replace(await reopenFolder(store));
      }),
    async relabelAll(change) {
      await change(library());
      notifyAllChanged();
      start("rank", null, (current, job) => rankAll(current, job, { changed: labelled }));
    },
  };
}
