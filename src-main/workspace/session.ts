import type { DamagedLibrary, Job, JobId, LibraryInfo, PhotoId } from "../../src-shared/contract";
import type { Emit } from "../../src-shared/engine-messages";
import { Refusal } from "../../src-shared/refusal";
import { gather } from "../base/gather";
import { createJobs, type JobHandle, type Jobs } from "../base/jobs";
import { holdsFiles } from "../folder/places";
import { leftOut } from "../folder/scan";
import { type Places, watchFolder, type Watching } from "../folder/watch";
import { closeLibrary, forgetCache, type Library } from "../store/database";
import { settingsOf } from "../store/settings";
import { type DiskWatch, watchDisk } from "./disk-watch";
import { endLabelling } from "./label-again";
import { type FolderJobs, labelFolder, rankAll } from "./label-folder";
import { infoOf } from "./library-info";
import { CACHE_WAS_DAMAGED, furnishAgain, isSameFolder, type OpenFolder, openFolder } from "./open-folder";
import type { Workbench } from "./workbench";

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
  byItself<T>(work: () => T): T | null;
  /** @throws Refusal `no-library` */
  opened(): OpenFolder;
  /** The open library with all that labels it. @throws Refusal `no-library` */
  bench(): Workbench;
  openOrNull(): OpenFolder | null;
  /** Tells the window that photos came, went or carry other labels; null means any of them. */
  changed(photos: PhotoId[] | null): void;
  /** Tells of photos that carry other labels since they were labelled, many at a time. */
  labelled(photos: PhotoId[]): void;
  /** What `changed` tells, of all photos, and the library's counts. */
  changedAll(): void;
  /** Tells the window the library's counts at once. */
  tell(): void;
  /** Tells them at once where that was not done a moment ago, else in a moment: verdicts come many a second. */
  tellSoon(): void;
  /** The library that was asked for last, where its file is damaged. */
  readonly damaged: DamagedLibrary | null;
  /** What was exported last; absolute. */
  exported: string | null;
  /** Takes note of the photos on screen. */
  watch(photos: PhotoId[]): void;
  watched(): PhotoId[];
  /** Scans the folder again and labels what is new. */
  look(): JobId;
  /** Watches the folder from now on, or no longer, as the settings have it. */
  watchAnew(): Promise<void>;
  /** Has detectors look at what they have not seen, for example after they were switched on. */
  findObjects(): void;
  /**
   * Starts long work on the open library, which closing waits for; all counts are told when it has ended.
   * @param busy why a second one is refused while one of this kind runs; null where it need not be
   * @throws Refusal `busy`
   */
  start(kind: Job["kind"], busy: string | null, work: (bench: Workbench, job: JobHandle) => Promise<string>): JobId;
  /** Changes what labels the photos, then labels them anew in the background. */
  labelAnew(change: (bench: Workbench) => Promise<void>): Promise<void>;
  /** The open library as another pack labels it, in the place of what is open, when nothing labels by that any more. */
  replace(next: OpenFolder): Promise<void>;
  /** Changes which pack labels the open library, and makes it ready anew. */
  changePack(change: (library: Library) => void): Promise<void>;
}

export function createSession(home: string, emit: Emit): Session {
  let open: OpenFolder | null = null;
  /** Settles when nothing works on the open library any more. */
  let working: Promise<unknown> = Promise.resolve();
  /** The latest look through the open folder, until it has looked at all photos. */
  let looking: FolderJobs | null = null;
  let telling: NodeJS.Timeout | undefined;
  let told = 0;
  let onScreen: PhotoId[] = [];
  let watching: Watching | null = null;
  /** What the watch has to say, among the library's notices. */
  let watchNotice: string | null = null;
  /**
   * Whether the open library's cache was thrown away since a person opened it: damage that is met again lies elsewhere.
   */
  let mended = false;
  let damaged: DamagedLibrary | null = null;
  const disk = watchDisk(
    home,
    (fault) => emit("disk", { fault }),
    () => {
      if (open) look();
    },
    (fault) => {
      const met = open;
      if (met)
        void inTurn(async () => {
          if (open === met) await mend(met, fault);
        }); // met many times, it is mended once
    },
  );
  const jobs = createJobs((job) => emit("job", job), disk.explain);

  const byItself: Session["byItself"] = (work) => {
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
  const bench = (): Workbench => opened().bench;
  const tell = () => {
    clearTimeout(telling);
    telling = undefined;
    told = performance.now();
    byItself(() => {
      if (open) emit("library", infoOf(open.bench));
    });
  };
  const changed = (photos: PhotoId[] | null) => {
    emit("photos", { changed: photos });
    telling ??= setTimeout(tell, INFO_MS);
  };
  const gathered = gather<PhotoId>(changed);
  const labelled = gathered.add;
  const tellSoon = () => {
    if (performance.now() - told >= INFO_MS) tell();
    else telling ??= setTimeout(tell, INFO_MS);
  };
  const changedAll = () => {
    changed(null);
    tell();
  };
  /** Tells the window all counts once work has ended. @param told by default also that any photo may have changed */
  const follow = (work: Promise<unknown>, told = changedAll) => {
    const current = open;
    working = Promise.all([working, work]).then(() => {
      if (open !== current) return;
      gathered.flush();
      told();
    });
  };

  /** Opening, closing and mending wait for each other: a library that is just being opened is locked. */
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work);
    turn = done.catch(() => undefined); // whoever asked is told
    return done;
  };

  async function closeNow(): Promise<void> {
    if (!open) return;
    await watching?.stop();
    watching = watchNotice = null;
    open.objects.close();
    await jobs.cancelAll();
    const {
      bench: { library },
      objects,
      dispose,
    } = open; // another one where labelling again just ended
    objects.close();
    await jobs.cancelAll();
    open = null;
    await working;
    gathered.drop();
    looking = null;
    clearTimeout(telling);
    telling = undefined;
    await dispose();
    closeLibrary(library);
  }

  /**
   * What to do once a file of the open library turned out to be damaged. A cache is thrown away and made again by
   * itself. Was it
   * not that, the library is closed, and a person is asked which copy takes its place.
   */
  async function mend(
    {
      bench: {
        library: { folder, directory },
      },
    }: OpenFolder,
    fault: Refusal,
  ): Promise<void> {
    try {
      await closeNow().catch((error: unknown) => {
        if (!(error instanceof Refusal)) console.error(error);
      }); // a damaged library leaves no copy of itself
      if (mended) throw fault;
      mended = true;
      forgetCache(directory);
      await openAnew(folder, CACHE_WAS_DAMAGED);
    } catch (error) {
      damaged = { folder, message: (error as Error).message };
      emit("damaged", damaged);
    }
  }

  async function openAnew(folder: string, notice?: string): Promise<LibraryInfo> {
    const next = await openFolder(home, folder);
    await closeNow();
    open = next;
    damaged = null;
    if (notice !== undefined) next.bench.notices.push(notice);
    look();
    watchAnew().catch((error: unknown) =>
      byItself(() => {
        throw error;
      }),
    );
    return infoOf(next.bench);
  }

  async function replace(next: OpenFolder): Promise<void> {
    const before = opened();
    open = next;
    looking = null;
    before.objects.close();
    await before.dispose();
    changedAll();
    look();
    watchAnew().catch((error: unknown) =>
      byItself(() => {
        throw error;
      }),
    );
  }

  function look(): JobId {
    return lookThrough().scan;
  }

  function lookThrough(places?: Places): FolderJobs {
    const current = opened();
    const started = labelFolder(current.bench, jobs, current, { changed: labelled }, { earlier: looking, places });
    looking = started;
    void started.embedded.then(() => {
      if (looking === started) looking = null;
    }); // what is ranked or asked after that is no look
    follow(started.finished);
    return started;
  }

  function findObjects(): void {
    const { objects } = opened();
    objects.attend(jobs, { changed: labelled });
    objects.begin();
    follow(objects.settled());
  }

  async function watchAnew(): Promise<void> {
    const current = opened();
    const { library, notices } = current.bench;
    const say = (words: string | null) => {
      if (watchNotice !== null && notices.includes(watchNotice)) notices.splice(notices.indexOf(watchNotice), 1);
      if (words !== null) notices.push(words);
      watchNotice = words;
      tell();
    };
    await watching?.stop();
    watching = null;
    if (open !== current) return; // closed meanwhile
    if (!settingsOf(library).watchFolder) return say(null);
    const started = await watchFolder(library.folder, {
      leaveOut: leftOut(library),
      holdsFiles: (path) => byItself(() => holdsFiles(library, path)) ?? false,
      onChange: (places) => lookThrough(places ?? undefined).scanned,
      onRoot: (there) =>
        say(
          there
            ? null
            : `The folder ${library.folder} is away, perhaps with its drive. Nothing of the library is lost; photos show again when it is back.`,
        ),
    });
    if (open !== current) return started.stop();
    watching = started;
    say(started.how === "rounds" ? `Changes in the folder show once a minute: ${started.why}.` : null);
  }

  const start: Session["start"] = (kind, busy, work) => {
    const current = bench();
    const runs = jobs.list().some((job) => job.kind === kind && (job.state === "running" || job.state === "paused"));
    if (busy !== null && runs) throw new Refusal("busy", busy);
    const { job, finished } = jobs.run(kind, (handle) => work(current, handle));
    // each photo that live learning labels is told of as it is labelled
    follow(finished, kind === "learn" ? tell : changedAll);
    return job;
  };

  return {
    home,
    jobs,
    disk,
    emit,
    opened,
    bench,
    replace,
    look,
    watchAnew,
    findObjects,
    start,
    changed,
    labelled,
    changedAll,
    tell,
    tellSoon,
    byItself,
    openOrNull: () => open,
    get damaged() {
      return damaged;
    },
    exported: null,
    watch: (photos) => {
      onScreen = photos;
    },
    watched: () => onScreen,
    close: () => inTurn(closeNow),
    open: (folder) =>
      inTurn(async () => {
        if (isSameFolder(open?.bench, folder)) return infoOf(bench());
        try {
          const info = await openAnew(folder);
          mended = false;
          return info;
        } catch (error) {
          if (error instanceof Refusal && error.code === "library-damaged")
            damaged = { folder, message: error.message };
          throw error;
        }
      }),
    changePack: (change) =>
      inTurn(async () => {
        const { library } = bench();
        await endLabelling(jobs);
        change(library);
        await replace(await furnishAgain(library));
      }),
    async labelAnew(change) {
      await change(bench());
      changedAll();
      start("rank", null, (current, job) => rankAll(current, job, { changed: labelled }));
    },
  };
}
