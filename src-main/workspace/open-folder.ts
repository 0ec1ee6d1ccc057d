import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import type { About } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { readOrFallback } from "../base/fallback";
import type { RunJob } from "../base/jobs";
import { packFolder } from "../base/resources";
import type { FitData, FitSettings } from "../devise/fit";
import { fitInWorker } from "../devise/fit-in-worker";
import type { LongWork } from "../labeller/label-rows";
import { BUNDLED_WORDS, type Lexicon, readLexicon } from "../labeller/lexicon";
import { classLabelsOf } from "../labeller/pack-labels";
import { deleteCache } from "../store/cache";
import { closeStore, openStore, realFolder, type Store } from "../store/database";
import { isCorruption } from "../store/disk-fault";
import { libraryDirectory } from "../store/home";
import { discardRelabelling } from "../store/label-snapshot";
import { countPeopleBy } from "../store/people";
import { changeSettings, type LibrarySettings, settingsOf } from "../store/settings";
import { openNetworks } from "../vision/networks";
import type { VisualModel } from "../vision/visual-model";
import { BUILT_IN_SETS, MY_KEYWORDS } from "../words/label-sets";
import { choosePack, type NamedPack, type PackChoice, rememberPack } from "./choose-pack";
import { peopleRuleOf } from "./detect-objects";
import { createDetectionScheduler } from "./detection-scheduler";
import type { VisionModels } from "./label-folder";
import { createLibraryCaches, type LibraryCaches } from "./library-caches";
import { libraryInfo } from "./library-info";
import { openWithoutPack } from "./missing-pack";
import { type OpenLibrary, requirePack } from "./open-library";
import { personalLexicon } from "./personal-lexicon";
import { prepareLibrary } from "./prepare-library";

/** An open folder: its library and the networks that label it. */
export interface OpenFolder extends VisionModels {
  library: OpenLibrary;
  /** Compute backends, as far as they have been started. */
  backends(): About["backends"];
  /** Drops the library's caches and ends the networks; the store stays open. */
  dispose(): Promise<void>;
}

export interface OpenOptions {
  /**
   * Pack: a pack's name or a folder. Label set: a name or a file. Stored in the library's settings once they
   * were found to work.
   */
  pack?: string;
  labelSet?: string;
  /** A vocabulary file, or "bundled". Stored likewise. */
  words?: string;
  /** Whether detectors find objects. Stored likewise. */
  objects?: boolean;
  faces?: boolean;
  /** Runs what can take minutes before a library is open: embedding labels for a new pack. */
  run?: RunJob;
  /** Refuse if the settings' label set or vocabulary can't be read, instead of using the bundled one. */
  strictFiles?: boolean;
}

/** Shown after a corrupt cache was deleted. */
export const CACHE_REBUILT_NOTICE = "The cache was damaged and is being rebuilt. Your verdicts and labels are safe.";

/**
 * Opens a folder; deletes its cache and tries again if that is corrupt. On failure nothing stays open.
 * @throws Refusal `no-folder`, `library-locked`, `library-newer`, `no-pack`, `bad-pack`, `bad-vocabulary`, or of the
 *   label set
 */
export async function openFolder(home: string, folder: string, options: OpenOptions = {}): Promise<OpenFolder> {
  try {
    return await open(home, folder, options);
  } catch (error) {
    if (!isCorruption(error)) throw error;
    deleteCache(libraryDirectory(home, realFolder(folder))); // library.db has passed its own check
    const opened = await open(home, folder, options);
    opened.library.notices.push(CACHE_REBUILT_NOTICE);
    return opened;
  }
}

async function open(
  home: string,
  folder: string,
  { pack, labelSet, words, objects, faces, run, strictFiles = false }: OpenOptions,
): Promise<OpenFolder> {
  const store = openStore({ home, folder });
  const before = settingsOf(store);
  try {
    discardRelabelling(store);
    const settings = changeSettings(store, {
      pack: pack === undefined ? undefined : absolutePath(pack, packFolder(pack, home) !== pack),
      labelSet: labelSet === undefined ? undefined : absolutePath(labelSet, isBuiltIn(labelSet)),
      words: words === undefined ? undefined : absolutePath(words, words === BUNDLED_WORDS),
      objects,
      faces,
    });
    const isNeeded = {
      pack: pack !== undefined,
      labelSet: strictFiles || labelSet !== undefined,
      words: strictFiles || words !== undefined,
    };
    const opened = await prepareFolder(store, settings, isNeeded, { run });
    if (settings.pack !== before.pack) await opened.visual(); // load the network now: settings mustn't keep a pack that doesn't run
    const people = peopleRuleOf(opened.library);
    if (people) countPeopleBy(store, people);
    libraryInfo(opened.library); // every window asks for this first, so find corruption here
    return opened;
  } catch (error) {
    releaseStore(store, before);
    throw error;
  }
}

/**
 * Restores settings and closes the store after opening failed. Errors of a corrupt database are ignored: the caller is
 * about to report the one that mattered.
 */
function releaseStore(store: Store, { pack, labelSet, words, objects, faces }: LibrarySettings): void {
  for (const step of [
    () => changeSettings(store, { pack, labelSet, words, objects, faces }),
    () => closeStore(store),
  ]) {
    try {
      step();
    } catch (error) {
      if (!isCorruption(error) && !(error instanceof Refusal)) throw error;
    }
  }
}

const SEARCHES = { hnsw: "HNSW", exact: "exact product", none: "HNSW or exact product" };

const isBuiltIn = (set: string): boolean => [...BUILT_IN_SETS, MY_KEYWORDS].includes(set);

/** Makes a path independent of the working directory; leaves names as they are. */
const absolutePath = (nameOrPath: string, isName: boolean): string => (isName ? nameOrPath : resolve(nameOrPath));

/**
 * Prepares an open library again after its pack or labels changed.
 * @param labelledBy the pack to label it with; by default the one that made its labels
 */
export const reopenFolder = (store: Store, { run, labelledBy }: Reopening = {}): Promise<OpenFolder> =>
  prepareFolder(store, settingsOf(store), { pack: false, labelSet: false, words: false }, { run, labelledBy });

interface Reopening {
  run?: RunJob;
  labelledBy?: NamedPack;
}

/** @param isNeeded what has no fallback, because the caller asked for it by name or for strictness */
async function prepareFolder(
  store: Store,
  { pack: packName, words, labelSet }: LibrarySettings,
  isNeeded: Record<"pack" | "labelSet" | "words", boolean>,
  { run, labelledBy }: Reopening = {},
): Promise<OpenFolder> {
  const notices: string[] = [];
  const choice = labelledBy ? { used: labelledBy, better: null } : choosePack(store, packName, isNeeded.pack, notices);
  const caches = createLibraryCaches();
  const general = isNeeded.words ? readLexicon(words) : readOrFallback(readLexicon, words, BUNDLED_WORDS, notices);
  const lexicon = personalLexicon(general, store, caches);
  if (isNeeded.labelSet)
    // throws if the label set can't be read
    lexicon.labelSet(labelSet, "used" in choice ? classLabelsOf(choice.used.pack, lexicon, labelSet) : []);
  let fitting: { name: string; why: string } | null = null;
  const networks = openNetworks("used" in choice ? choice.used.pack : choice.better.pack);
  const parts = {
    fit: async (data: FitData, settings: FitSettings) => {
      const fitted = await fitInWorker(data, settings);
      fitting = fitted.backend;
      return fitted;
    },
    text: networks.text(),
    within: asJob(run),
  };
  let library: OpenLibrary;
  try {
    library = await libraryFor(store, lexicon, caches, choice, parts, notices);
  } catch (error) {
    await networks.close();
    throw error;
  }
  let loaded: VisualModel | null = null;
  return {
    library,
    visual: async () => {
      requirePack(library);
      return (loaded = await networks.visual());
    },
    objects: createDetectionScheduler(library, networks.detector),
    backends: () => [
      {
        work: "features of photos",
        ...(loaded
          ? { backend: loaded.backend.name, why: loaded.backend.why }
          : { backend: "onnxruntime", why: "starts with the first new photo" }),
      },
      {
        work: "learning",
        ...(fitting
          ? { backend: fitting.name, why: fitting.why }
          : { backend: "TensorFlow.js", why: "starts with the first retraining" }),
      },
      {
        work: "nearest labels",
        backend: SEARCHES[library.ranker.search() ?? "none"],
        why: `${library.ranker.labels.length} labels`,
      },
    ],
    dispose: () => {
      caches.dispose();
      return networks.close();
    },
  };
}

const asJob =
  (run: RunJob | undefined): LongWork =>
  (work) =>
    run ? run("labels", ({ signal, progress }) => work({ signal, progress })) : work({});

function libraryFor(
  store: Store,
  lexicon: Lexicon,
  caches: LibraryCaches,
  choice: PackChoice,
  parts: Parameters<typeof prepareLibrary>[4],
  notices: string[],
): Promise<OpenLibrary> {
  if ("missing" in choice) return openWithoutPack(store, lexicon, caches, choice.missing, choice.better, notices);
  rememberPack(store, choice.used);
  return prepareLibrary(store, lexicon, caches, choice.used.pack, parts, notices, choice.better);
}

/** Whether this folder is the open one. */
export function isSameFolder(open: OpenLibrary | undefined, folder: string): boolean {
  try {
    return open?.store.folder === realpathSync(folder);
  } catch {
    return false; // openLibrary will report why it can't be opened
  }
}
