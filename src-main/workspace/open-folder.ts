import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import type { About } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { readOrFallback } from "../base/fallback";
import { packFolder } from "../base/resources";
import { fitInWorker } from "../devise/fit-in-worker";
import { BUNDLED_WORDS, type Lexicon, readLexicon } from "../labeller/lexicon";
import { classLabelsOf } from "../labeller/pack-labels";
import type { Fit } from "../labeller/pack-projection";
import { deleteCache } from "../store/cache";
import { closeStore, openStore, realFolder, type Store } from "../store/database";
import { isCorruption } from "../store/disk-fault";
import { libraryDirectory } from "../store/home";
import { discardRelabelling } from "../store/label-snapshot";
import { countPeopleBy } from "../store/people";
import { changeSettings, type LibrarySettings, settingsOf } from "../store/settings";
import { openNetworks } from "../vision/networks";
import type { VisualModel } from "../vision/visual-model";
import { BUILT_IN_SETS } from "../words/label-sets";
import { choosePack, type NamedPack, type PackChoice, rememberPack } from "./choose-pack";
import { peopleRuleOf } from "./detect-objects";
import { createDetectionScheduler } from "./detection-scheduler";
import type { VisionModels } from "./label-folder";
import { libraryInfo } from "./library-info";
import { openWithoutPack } from "./missing-pack";
import { type OpenLibrary, requirePack } from "./open-library";
import { personalLexicon } from "./personal-lexicon";
import { prepareLibrary } from "./prepare-library";

/** A folder with its library open and all that labels it. */
export interface OpenFolder extends VisionModels {
  library: OpenLibrary;
  /** What runs the numbers, as far as it has been started. */
  backends(): About["backends"];
  dispose(): Promise<void>;
}

export interface OpenOptions {
  /**
   * A bundled pack's name or a folder, and a label set's name or a file: kept in the library's settings once they were
   * found to work.
   */
  pack?: string;
  labelSet?: string;
  /** A vocabulary's file, or "bundled"; kept likewise. */
  words?: string;
  /** Whether detectors look at photos too; kept likewise. */
  objects?: boolean;
  faces?: boolean;
}

/** Said of a library whose cache was damaged and thrown away. */
export const CACHE_REBUILT_NOTICE =
  "What Semblance had worked out from the photos was damaged, and is being made again. Verdicts and labels are whole.";

/**
 * Opens a folder, and makes its cache anew where that is damaged.
 * @throws Refusal `no-folder`, `library-locked`, `library-newer`, `no-pack`, `bad-pack`, `bad-vocabulary`, or of the
 *   label set; nothing stays open then
 */
export async function openFolder(home: string, folder: string, options: OpenOptions = {}): Promise<OpenFolder> {
  try {
    return await open(home, folder, options);
  } catch (error) {
    if (!isCorruption(error)) throw error;
    deleteCache(libraryDirectory(home, realFolder(folder))); // library.db itself was found whole
    const opened = await open(home, folder, options);
    opened.library.notices.push(CACHE_REBUILT_NOTICE);
    return opened;
  }
}

async function open(
  home: string,
  folder: string,
  { pack, labelSet, words, objects, faces }: OpenOptions,
): Promise<OpenFolder> {
  const store = openStore({ home, folder });
  const before = settingsOf(store);
  try {
    discardRelabelling(store);
    const settings = changeSettings(store, {
      pack: pack === undefined ? undefined : absolutePath(pack, packFolder(pack) !== pack),
      labelSet: labelSet === undefined ? undefined : absolutePath(labelSet, isBuiltIn(labelSet)),
      words: words === undefined ? undefined : absolutePath(words, words === BUNDLED_WORDS),
      objects,
      faces,
    });
    const opened = await prepareFolder(store, settings, { pack, labelSet, words });
    if (settings.pack !== before.pack) await opened.visual(); // a network that does not run must not stay
    const people = peopleRuleOf(opened.library.pack);
    if (people) countPeopleBy(store, people);
    libraryInfo(opened.library); // what every window asks for first: damage is met here rather than there
    return opened;
  } catch (error) {
    releaseStore(store, before);
    throw error;
  }
}

/**
 * What it could not be opened for is told already; that it can't be closed in good order either, where it is damaged,
 * adds nothing.
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

const isBuiltIn = (set: string): boolean => (BUILT_IN_SETS as readonly string[]).includes(set);

/** A path that means the same wherever the program is started next time; a name stays as it is. */
const absolutePath = (nameOrPath: string, isName: boolean): string => (isName ? nameOrPath : resolve(nameOrPath));

/**
 * Makes an open library ready anew, after what labels it was changed.
 * @param labelledBy the pack that is to label it; without it, the one that its labels are of
 */
export const reopenFolder = (store: Store, labelledBy?: NamedPack): Promise<OpenFolder> =>
  prepareFolder(store, settingsOf(store), {}, labelledBy);

/** @param given what was asked for by name, which nothing stands in for */
async function prepareFolder(
  store: Store,
  { pack: packName, words, labelSet }: LibrarySettings,
  given: OpenOptions,
  labelledBy?: NamedPack,
): Promise<OpenFolder> {
  const notices: string[] = [];
  const choice = labelledBy
    ? { used: labelledBy, better: null }
    : choosePack(store, packName, given.pack !== undefined, notices);
  const lexicon =
    given.words === undefined ? readOrFallback(readLexicon, words, BUNDLED_WORDS, notices) : readLexicon(words);
  if (given.labelSet !== undefined)
    // refuses what can't be read
    lexicon.labelSet(labelSet, "used" in choice ? classLabelsOf(choice.used.pack, lexicon) : []);
  let fitting: { name: string; why: string } | null = null;
  const library = await libraryFor(
    store,
    personalLexicon(lexicon, store),
    choice,
    async (data, settings) => {
      const fitted = await fitInWorker(data, settings);
      fitting = fitted.backend;
      return fitted;
    },
    notices,
  );
  const networks = openNetworks(library.pack);
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
          : { backend: "TensorFlow.js", why: "starts with the first correction to learn from" }),
      },
      {
        work: "nearest labels",
        backend: SEARCHES[library.ranker.search() ?? "none"],
        why: `${library.ranker.labels.length} labels`,
      },
    ],
    dispose: networks.close,
  };
}

function libraryFor(
  store: Store,
  lexicon: Lexicon,
  choice: PackChoice,
  fit: Fit,
  notices: string[],
): Promise<OpenLibrary> {
  if ("missing" in choice) return openWithoutPack(store, lexicon, choice.missing, choice.better, notices);
  rememberPack(store, choice.used);
  return prepareLibrary(store, lexicon, choice.used.pack, fit, notices, choice.better);
}

/** Whether a folder is the one that is open. */
export function isSameFolder(open: OpenLibrary | undefined, folder: string): boolean {
  try {
    return open?.store.folder === realpathSync(folder);
  } catch {
    return false; // openLibrary says why it can't be opened
  }
}
