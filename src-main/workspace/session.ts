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

/** Counts of the library are told at most this often while a job runs. */
const INFO_MS = 500;

/**
 * What the answers to all calls share: the one library that is open, its long work, and what the window is told of
 * both.
 */
export interface Session {
  readonly home: string;
  readonly jobs: Jobs;
  /** Whether the data folder takes what is stored. */
  readonly disk: DiskWatch;
  readonly emit: Emit;
  open(folder: string): Promise<LibraryInfo>;
  /** Ends all work on the open library first; nothing happens where none is. */
  close(): Promise<void>;
  /** Does what nobody asked for, and nobody can be refused: a fault of the disk is told and comes to null. */
  ignoringDiskFaults<T>(work: () => T): T | null;
  /** @throws Refusal `no-library` */
  opened(): OpenFolder;
  /** The open library with all that labels it. @throws Refusal `no-library` */
  library(): OpenLibrary;
  openOrNull(): OpenFolder | null;
  /** Tells the window that photos came, went or carry other labels; null means any of them. */
  changed(photos: PhotoId[] | null): void;
  /** Tells of photos that carry other labels since they were labelled, many at a time. */
  labelled(photos: PhotoId[]): void;
  /** What `changed` tells, of all photos, and the library's counts. */
  notifyAllChanged(): void;
  /** Tells the window the library's counts at once. */
  emitInfo(): void;
  /** Tells them at once where that was not done a moment ago, else in a moment: verdicts come many a second. */
  emitInfoSoon(): void;
  /** The library that was asked for last, where its file is damaged. */
  readonly damaged: DamagedLibrary | null;
  /** What was exported last; absolute. */
  exported: string | null;
  /** Takes note of the photos on screen. */
  watch(photos: PhotoId[]): void;
  watched(): PhotoId[];
  /** Scans the folder again and labels what is new. */
  rescan(): JobId;
  /** Watches the folder from now on, or no longer, as the settings have it. */
  restartWatch(): Promise<void>;
  /** Has detectors look at what they have not seen, for example after they were switched on. */
  detectObjects(): void;
  /**
   * Starts long work on the open library, which closing waits for; all counts are told when it has ended.
   * @param busy why a second one is refused while one of this kind runs; null where it need not be
   * @throws Refusal `busy`
   */
  start(kind: Job["kind"], busy: string | null, work: (library: OpenLibrary, job: JobHandle) => Promise<string>): JobId;
  /** Changes what labels the photos, then labels them anew in the background. */
  relabelAll(change: (library: OpenLibrary) => Promise<void>): Promise<void>;
  /** The open library as another pack labels it, in the place of what is open, when nothing labels by that any more. */
  replace(next: OpenFolder): Promise<void>;
  /** Changes which pack labels the open library, and makes it ready anew. */
  changePack(change: (store: Store) => void): Promise<void>;
}

export function createSession(home: string, emit: Emit): Session {
  let open: OpenFolder | null = null;
  /** Settles when nothing works on the open library any more. */
  let working: Promise<unknown> = Promise.resolve();
  /** The latest look through the open folder, until it has looked at all photos. */
  let currentScan: FolderJobs | null = null;
  let infoTimer: NodeJS.Timeout | undefined;
  let lastInfo = 0;
  let visiblePhotos: PhotoId[] = [];
  let watching: FolderWatch | null = null;
  /** What the watch has to say, among the library's notices. */
  let watchNotice: string | null = null;
  /**
   * Whether the open library's cache was thrown away since a person opened it: damage that is met again lies elsewhere.
   */
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
        }); // met many times, it is mended once
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
    if (!open) throw new Refusal("no-library", "no library is open");
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
  /** Tells the window all counts once work has ended. @param told by default also that any photo may have changed */
  const trackWork = (work: Promise<unknown>, lastInfo = notifyAllChanged) => {
    const current = open;
    working = Promise.all([working, work]).then(() => {
      if (open !== current) return;
      labelledBatch.flush();
      lastInfo();
    });
  };

  /** Opening, closing and mending wait for each other: a library that is just being opened is locked. */
  let lastTurn: Promise<unknown> = Promise.resolve();
  const serialise = <T>(work: () => Promise<T>): Promise<T> => {
    const done = lastTurn.then(work);
    lastTurn = done.catch(() => undefined); // whoever asked is told
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
    } = open; // another one where labelling again just ended
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
   * What to do once a file of the open library turned out to be damaged. A cache is thrown away and made again by
   * itself. Was it
   * not that, the library is closed, and a person is asked which copy takes its place.
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
      }); // a damaged library leaves no copy of itself
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
    }); // what is ranked or asked after that is no look
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
            : `The folder ${store.folder} is away, perhaps with its drive. Nothing of the library is lost; photos show again when it is back.`,
        ),
    });
    if (open !== current) return started.stop();
    watching = started;
    setWatchNotice(started.how === "rounds" ? `Changes in the folder show once a minute: ${started.why}.` : null);
  }

  const start: Session["start"] = (kind, busy, work) => {
    const current = library();
    const runs = jobs.list().some((job) => job.kind === kind && (job.state === "running" || job.state === "paused"));
    if (busy !== null && runs) throw new Refusal("busy", busy);
    const { job, finished } = jobs.run(kind, (handle) => work(current, handle));
    // each photo that live learning labels is told of as it is labelled
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
