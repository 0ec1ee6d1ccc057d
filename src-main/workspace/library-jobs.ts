import type { Job, JobId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import type { JobHandle, Jobs } from "../base/jobs";
import type { ScanScope } from "../folder/watch";
import { type FolderJobs, labelFolder, rankAll } from "./label-folder";
import type { LibraryEvents } from "./library-events";
import type { OpenLibrary } from "./open-library";
import type { StateHolder } from "./session-state";

/** The jobs on the open library, and its scans. Each throws Refusal `no-library` if none is open. */
export interface LibraryJobs {
  /** Scans the folder again and labels new photos. */
  rescan(): JobId;
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
}

/** The same, with what opening, watching and closing the library need. */
export interface LibraryWork extends LibraryJobs {
  /** Scans the folder, or only the subfolders of a scope. */
  scan(scope?: ScanScope): FolderJobs;
  /** Resolves when no work on the library is left. */
  ended(): Promise<void>;
  /** The next scan doesn't wait for the latest one: it was of another library. */
  forgetScan(): void;
}

export function createLibraryJobs(state: StateHolder, jobs: Jobs, events: LibraryEvents): LibraryWork {
  const { labelled, notifyAllChanged, emitInfo } = events;
  /** Settles when no work on the open library is left. */
  let working: Promise<unknown> = Promise.resolve();
  /** The latest scan of the open folder, until its photos are embedded. */
  let currentScan: FolderJobs | null = null;

  /**
   * Sends all counts to the window once work has ended.
   * @param lastInfo by default also says that any photo may have changed
   */
  const trackWork = (work: Promise<unknown>, lastInfo = notifyAllChanged) => {
    const current = state.openOrNull();
    working = Promise.all([working, work]).then(() => {
      if (state.openOrNull() !== current) return;
      events.flush();
      lastInfo();
    });
  };

  function scan(scope?: ScanScope): FolderJobs {
    const current = state.opened();
    const started = labelFolder(current.library, jobs, current, { changed: labelled }, { earlier: currentScan, scope });
    currentScan = started;
    void started.embedded.then(() => {
      if (currentScan === started) currentScan = null;
    }); // ranking and metadata jobs may still run; a new scan needn't wait for them
    trackWork(started.finished);
    return started;
  }

  const start: LibraryJobs["start"] = (kind, busy, work) => {
    const current = state.opened().library;
    const runs = jobs.list().some((job) => job.kind === kind && (job.state === "running" || job.state === "paused"));
    if (busy !== null && runs) throw new Refusal("busy", busy);
    const { job, finished } = jobs.run(kind, (handle) => work(current, handle));
    // Live learning already reports each photo as it labels it.
    trackWork(finished, kind === "learn" ? emitInfo : notifyAllChanged);
    return job;
  };

  return {
    scan,
    start,
    rescan: () => scan().scan,
    detectObjects() {
      const { objects } = state.opened();
      objects.beginScan(jobs, { changed: labelled });
      objects.begin();
      trackWork(objects.settled());
    },
    async relabelAll(change) {
      await change(state.opened().library);
      notifyAllChanged();
      start("rank", null, (current, job) => rankAll(current, job, { changed: labelled }));
    },
    async ended() {
      await working;
    },
    forgetScan() {
      currentScan = null;
    },
  };
}
