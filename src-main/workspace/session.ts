import type { PhotoId } from "../../src-shared/contract";
import type { Emit } from "../../src-shared/engine-messages";
import { createJobs, type Jobs } from "../base/jobs";
import { type DiskWatch, watchDisk } from "./disk-watch";
import { createLibraryEvents, type LibraryEvents } from "./library-events";
import { libraryInfo } from "./library-info";
import { createLibraryJobs, type LibraryJobs } from "./library-jobs";
import { createLibraryLifecycle, type LibraryLifecycle } from "./library-lifecycle";
import { createLibraryWatch } from "./library-watch";
import type { OpenFolder } from "./open-folder";
import type { OpenLibrary } from "./open-library";
import { createStateHolder, type SessionState } from "./session-state";

/** What all calls share: the one open library, its jobs, and the events that the window gets. */
export interface Session extends Omit<LibraryLifecycle, "mend">, LibraryJobs, Omit<LibraryEvents, "flush" | "reset"> {
  readonly home: string;
  readonly jobs: Jobs;
  /** Whether the data folder can be written to. */
  readonly disk: DiskWatch;
  readonly emit: Emit;
  readonly state: SessionState;
  /** For work in the background that has no caller to refuse: a disk fault is reported and the result is null. */
  ignoringDiskFaults<T>(work: () => T): T | null;
  /** The open library. @throws Refusal `no-library` */
  library(): OpenLibrary;
  openOrNull(): OpenFolder | null;
  /** Absolute path of the last export. */
  exported: string | null;
  /** Remembers which photos are on screen. */
  watch(photos: PhotoId[]): void;
  watched(): PhotoId[];
  /** Starts or stops watching the folder, as the settings say. */
  restartWatch(): Promise<void>;
}

export function createSession(home: string, emit: Emit): Session {
  const state = createStateHolder();
  let visiblePhotos: PhotoId[] = [];
  const disk = watchDisk(
    home,
    (fault) => emit("disk", { fault }),
    () => {
      if (state.openOrNull()) work.rescan();
    },
    (fault) => lifecycle.mend(fault),
  );
  const jobs = createJobs((job) => emit("job", job), { explain: disk.explain });
  const ignoringDiskFaults: Session["ignoringDiskFaults"] = (act) => {
    try {
      return act();
    } catch (error) {
      if (disk.explain(error) === error) throw error;
      return null;
    }
  };
  const library = (): OpenLibrary => state.opened().library;
  const events = createLibraryEvents(emit, () =>
    ignoringDiskFaults(() => {
      const open = state.openOrNull();
      return open && libraryInfo(open.library);
    }),
  );
  const { changed, labelled, notifyAllChanged, emitInfo, emitInfoSoon } = events;
  const work = createLibraryJobs(state, jobs, events);
  const { rescan, detectObjects, start, relabelAll } = work;
  const watch = createLibraryWatch({
    isOpen: (each) => state.openOrNull()?.library === each,
    scan: (scope) => work.scan(scope ?? undefined).scanned,
    onNotice: emitInfo,
    ignoringDiskFaults,
  });
  const lifecycle = createLibraryLifecycle({ home, emit, state, jobs, work, events, watch, ignoringDiskFaults });
  const { open, close, replace, changePack } = lifecycle;

  return {
    home,
    jobs,
    disk,
    emit,
    get state() {
      return state.now;
    },
    ignoringDiskFaults,
    library,
    openOrNull: state.openOrNull,
    open,
    close,
    replace,
    changePack,
    rescan,
    detectObjects,
    start,
    relabelAll,
    changed,
    labelled,
    notifyAllChanged,
    emitInfo,
    emitInfoSoon,
    exported: null,
    watch: (photos) => {
      visiblePhotos = photos;
    },
    watched: () => visiblePhotos,
    restartWatch: async () => watch.restart(library()),
  };
}
