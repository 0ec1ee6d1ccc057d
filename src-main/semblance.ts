import { homedir } from "node:os";
import type { Job, JobId, LibraryInfo, PhotoId } from "../src-preload/contract";
import type { EngineApi } from "./calls";
import type { Emit, Picture, PictureSize } from "./engine-messages";
import { about } from "./about";
import { evaluateLibrary, lastEvaluation } from "./labelling/evaluate-library";
import { explain } from "./labelling/explain";
import { exportLabels } from "./labelling/export-labels";
import { findPhotos } from "./labelling/find-photos";
import { type FolderJobs, labelFolder, rankAll } from "./labelling/label-folder";
import { labelsInUse } from "./labelling/lessons";
import { infoOf } from "./labelling/library-info";
import { isSameFolder, openFolder, type OpenFolder } from "./labelling/open-folder";
import { sampleFolder } from "./labelling/resources";
import { showLabels, showPhoto, showTiles } from "./labelling/show-photos";
import { retrain } from "./labelling/teach";
import { changeModel, relabel, type Workbench } from "./labelling/workbench";
import { arrange } from "./library/browse";
import { closeLibrary } from "./library/database";
import { forgetLibrary, recentLibraries } from "./library/home";
import { listModels } from "./library/models";
import { failures, filePathOf, folders, photoDetails, unknownPhoto } from "./library/photos";
import { changeSettings, DEFAULT_SETTINGS, settingsOf } from "./library/settings";
import { picture } from "./library/thumbnails";
import { judge, redo, undo } from "./library/verdicts";
import { createJobs } from "./jobs/jobs";
import { programVersion } from "./program-folder";
import { Refusal } from "./refusal";
import { subfolders } from "./subfolders";

/** The engine: one library at a time, all calls of a window but the host's own. */
export interface Semblance {
  api: EngineApi;
  /** @throws Refusal `no-photo`, or why it can't be read */
  picture(photo: PhotoId, size: PictureSize): Promise<Picture>;
  /** Absolute path of a file of the photo, for the file manager. @throws Refusal `no-photo` */
  pathOf(photo: PhotoId): string;
  close(): Promise<void>;
}

/** Photos that a search shows at most, and at least where there are so many; between them it stops where relevance ends. */
const SEARCH_LIMIT = 500;
const SEARCH_LEAST = 24;
const SEARCH_RELEVANT = 0.02;
/** Counts of the library are told at most this often while a job runs. */
const INFO_MS = 500;

/** @param home the data folder @param folderDialog whether the host has the system's dialogs */
export async function createSemblance({ home, folderDialog, emit }: { home: string; folderDialog: boolean; emit: Emit }): Promise<Semblance> {
  let open: OpenFolder | null = null;
  /** Settles when nothing works on the open library any more. */
  let labelling: Promise<unknown> = Promise.resolve();
  /** The latest look through the open folder, until it has ended. */
  let looking: FolderJobs | null = null;
  let telling: NodeJS.Timeout | undefined;
  const jobs = createJobs((job) => emit("job", job));

  const opened = (): OpenFolder => {
    if (!open) throw new Refusal("no-library", "no library is open");
    return open;
  };
  const bench = (): Workbench => opened().bench;
  const tell = () => {
    clearTimeout(telling);
    telling = undefined;
    if (open) emit("library", infoOf(open.bench));
  };
  const changed = (photos: PhotoId[] | null) => {
    emit("photos", { changed: photos });
    telling ??= setTimeout(tell, INFO_MS);
  };
  const changedAll = () => {
    changed(null);
    tell();
  };
  const watcher = { changed };
  /** Tells the window all counts once work has ended. */
  const follow = (work: Promise<unknown>) => {
    const current = open;
    labelling = Promise.all([labelling, work]).then(() => { if (open === current) changedAll(); });
  };

  async function closeOpen(): Promise<void> {
    if (!open) return;
    const { bench: { library }, dispose } = open;
    await jobs.cancelAll();
    open = null;
    await labelling;
    looking = null;
    clearTimeout(telling);
    telling = undefined;
    await dispose();
    closeLibrary(library);
  }

  async function openLibraryOf(folder: string): Promise<LibraryInfo> {
    if (isSameFolder(open?.bench, folder)) return infoOf(bench());
    const next = await openFolder(home, folder);
    await closeOpen();
    open = next;
    startLabelling();
    return infoOf(next.bench);
  }

  function startLabelling(): JobId {
    const { bench: current, visual } = opened();
    const started = labelFolder(current, jobs, visual, watcher, looking);
    looking = started;
    void started.finished.then(() => { if (looking === started) looking = null; });
    follow(started.finished);
    return started.scan;
  }

  async function labelAnew(change: (current: Workbench) => Promise<void>): Promise<void> {
    const current = bench();
    await change(current);
    changedAll();
    follow(jobs.run("rank", (job) => rankAll(current, job, watcher)).finished);
  }

  function refuseSecond(work: Job["kind"], message: string): void {
    if (jobs.list().some(({ kind, state }) => kind === work && (state === "running" || state === "paused"))) throw new Refusal("busy", message);
  }

  function startRetraining(): JobId {
    const current = bench();
    refuseSecond("retrain", "it is learning already");
    const { job, finished } = jobs.run("retrain", async (handle) => {
      await retrain(current, handle, (point) => emit("loss", point));
      changedAll();
      return rankAll(current, handle, watcher);
    });
    follow(finished);
    return job;
  }

  function startEvaluation(dataset: string): JobId {
    const current = bench();
    refuseSecond("evaluate", "an evaluation is running already");
    const { job, finished } = jobs.run("evaluate", async (handle) => {
      const { photos } = await evaluateLibrary(current, dataset, handle);
      return `${photos} photos`;
    });
    follow(finished);
    return job;
  }

  const api: EngineApi = {
    welcome: async () => ({ version: programVersion(), recent: recentLibraries(home), folderDialog, home: homedir() }),
    openLibrary: ({ folder }) => openLibraryOf(folder),
    openSamples: async () => openLibraryOf(sampleFolder(home)),
    closeLibrary: closeOpen,
    forgetLibrary: async ({ folder }) => forgetLibrary(home, folder),
    library: async () => (open ? infoOf(open.bench) : null),
    subfolders: async ({ path }) => subfolders(path ?? homedir()),

    browse: async (view) => {
      const words = view.words?.trim();
      if (!words) return { ...arrange(bench().library, view), unknown: [] };
      const { photos, scores, unknown } = findPhotos(bench(), words, SEARCH_LIMIT);
      const relevant = photos.filter((_, i) => i < SEARCH_LEAST || scores[i] >= SEARCH_RELEVANT);
      return { ...arrange(bench().library, view, { photos: relevant, scores }), unknown };
    },
    tiles: async ({ photos }) => showTiles(bench(), photos),
    photo: async ({ photo }) => showPhoto(bench(), photo),
    labels: async () => showLabels(bench()),
    folders: async () => folders(bench().library),
    suggestLabels: async ({ text, limit }) => bench().lexicon.suggest(text, limit, labelsInUse(bench())),
    explain: async ({ photo, label }) => explain(bench(), photo, label),
    failures: async () => failures(bench().library),

    judge: async ({ photos, label, verdict }) => {
      const { library, lexicon } = bench();
      const unknown = unknownPhoto(library, photos);
      if (unknown !== undefined) throw new Refusal("no-photo", `there is no photo ${unknown}`);
      if (label.startsWith("wn:") && !lexicon.wordnet.has(label)) throw new Refusal("no-label", `there is no synset ${label}`);
      const done = judge(library, { photos, label, verdict, name: lexicon.named(label).name });
      changed(photos);
      tell();
      return done;
    },
    undo: async () => {
      const undone = undo(bench().library);
      changedAll();
      return { undone };
    },
    redo: async () => {
      const redone = redo(bench().library);
      changedAll();
      return { redone };
    },

    retrain: async () => ({ job: startRetraining() }),
    models: async () => listModels(bench().library),
    useModel: ({ model }) => labelAnew((current) => changeModel(current, model)),

    evaluate: async ({ dataset }) => ({ job: startEvaluation(dataset) }),
    evaluation: async () => lastEvaluation(bench()),

    exportCsv: (query) => exportLabels(bench(), jobs, query),

    jobs: async () => jobs.list(),
    pauseJob: async ({ job }) => jobs.pause(job),
    resumeJob: async ({ job }) => jobs.resume(job),
    cancelJob: async ({ job }) => jobs.cancel(job),
    rescan: async () => ({ job: startLabelling() }),

    settings: async () => ({ dataFolder: home, ...(open ? settingsOf(open.bench.library) : DEFAULT_SETTINGS) }),
    changeSettings: async (change) => {
      const current = bench();
      const before = settingsOf(current.library);
      if (change.labelSet !== undefined) current.lexicon.labelSet(change.labelSet, current.classLabels); // refuses what can't be read
      const after = changeSettings(current.library, change);
      if (after.labelSet !== before.labelSet || after.threshold !== before.threshold) await labelAnew(relabel);
      if (change.excludedFolders !== undefined) startLabelling();
      return { dataFolder: home, ...after };
    },
    about: async () => about(open?.backends() ?? []),
  };

  return {
    api,
    async picture(photo, size) {
      const { library } = bench();
      const bytes = await picture(library, photo, size);
      return { bytes, type: "image/jpeg", version: photoDetails(library, photo)?.version ?? "" };
    },
    pathOf(photo) {
      const path = filePathOf(bench().library, photo);
      if (path === null) throw new Refusal("no-photo", `photo ${photo} has no file any more`);
      return path;
    },
    close: closeOpen,
  };
}
