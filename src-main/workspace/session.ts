import type { DamagedLibrary, Job, JobId, LibraryInfo, PhotoId } from "../../src-shared/contract";
import type { Emit } from "../../src-shared/engine-messages";
import { Refusal } from "../../src-shared/refusal";
import { createEventBatch } from "../base/event-batch";
import { createJobs, type JobHandle, type Jobs } from "../base/jobs";
import { holdsFiles } from "../folder/scan-scope";
import { foldersToSkip } from "../folder/skipped-folders";
import { type FolderWatch, type ScanScope, watchFolder } from "../folder/watch";
import { deleteCache } from "../store/cache";
import { closeStore, type Store } from "../store/database";
import { settingsOf } from "../store/settings";
import { type DiskWatch, watchDisk } from "./disk-watch";
import { type FolderJobs, labelFolder, rankAll } from "./label-folder";
import { libraryInfo } from "./library-info";
import { CACHE_REBUILT_NOTICE, isSameFolder, type OpenFolder, openFolder, reopenFolder } from "./open-folder";
import type { OpenLibrary } from "./open-library";
import { cancelLabelling } from "./relabel";

/** Minimum milliseconds between updates of the library's counts while a job runs. */
const INFO_MS = 500;

/** The state that all calls share: the one open library, its jobs, and the events that the window gets. */
export interface Session {
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
  /** Tells the window which photos were added, removed or labelled; null means that any may have changed. */
  changed(photos: PhotoId[] | null): void;
  /** Like `changed`, for newly labelled photos, many per event. */
  labelled(photos: PhotoId[]): void;
  /** Tells the window that any photo may have changed, and sends the library's counts. */
  notifyAllChanged(): void;
  /** Sends the library's counts to the window now. */
  emitInfo(): void;
  /** Sends the counts now, or shortly if they were sent a moment ago: verdicts can come many per second. */
  emitInfoSoon(): void;
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
  let infoTimer: NodeJS.Timeout | undefined;
  let lastInfo = 0;
  let visiblePhotos: PhotoId[] = [];
  let watching: FolderWatch | null = null;
  /** The watch's notice, if the library's notices hold one. */
  let watchNotice: string | null = null;
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
  const jobs = createJobs((job) => emit("job", job), disk.explain);

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
  const emitInfo = () => {
    clearTimeout(infoTimer);
    infoTimer = undefined;
    lastInfo = performance.now();
    ignoringDiskFaults(() => {
      if (open) emit("library", libraryInfo(open.library));
    });
  };
  const changed = (photos: PhotoId[] | null) => {
    emit("photos", { changed: photos });
    infoTimer ??= setTimeout(emitInfo, INFO_MS);
  };
  const labelledBatch = createEventBatch<PhotoId>(changed);
  const labelled = labelledBatch.add;
  const emitInfoSoon = () => {
    if (performance.now() - lastInfo >= INFO_MS) emitInfo();
    else infoTimer ??= setTimeout(emitInfo, INFO_MS);
  };
  const notifyAllChanged = () => {
    changed(null);
    emitInfo();
  };
  /**
   * Sends all counts to the window once work has ended.
   * @param lastInfo by default also says that any photo may have changed
   */
  const trackWork = (work: Promise<unknown>, lastInfo = notifyAllChanged) => {
    const current = open;
    working = Promise.all([working, work]).then(() => {
      if (open !== current) return;
      labelledBatch.flush();
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
    await watching?.stop();
    watching = watchNotice = null;
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
    labelledBatch.drop();
    currentScan = null;
    clearTimeout(infoTimer);
    infoTimer = undefined;
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

  async function restartWatch(): Promise<void> {
    const current = opened();
    const { store, notices } = current.library;
    const setWatchNotice = (words: string | null) => {
      if (watchNotice !== null && notices.includes(watchNotice)) notices.splice(notices.indexOf(watchNotice), 1);
      if (words !== null) notices.push(words);
      watchNotice = words;
      emitInfo();
    };
    await watching?.stop();
    watching = null;
    if (open !== current) return; // closed meanwhile
    if (!settingsOf(store).watchFolder) return setWatchNotice(null);
    const started = await watchFolder(store.folder, {
      skippedFolders: foldersToSkip(store),
      holdsFiles: (path) => ignoringDiskFaults(() => holdsFiles(store, path)) ?? false,
      onChange: (scope) => startScan(scope ?? undefined).scanned,
      onRoot: (there) =>
        setWatchNotice(
          there
            ? null
            : `The folder ${store.folder} isn’t available. If it is on a drive or share, connect it. Your library is safe, and its photos reappear with the folder.`,
        ),
    });
    if (open !== current) return started.stop();
    watching = started;
    setWatchNotice(
      started.how === "rounds"
        ? `Can’t watch the folder, so changes are checked for once a minute: ${started.why}.`
        : null,
    );
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
