import { homedir } from "node:os";
import type { EngineApi } from "../../../src-shared/arguments";
import { Refusal } from "../../../src-shared/refusal";
import { programVersion } from "../../base/program-folder";
import { deleteSampleFolder, sampleFolder, sampleFolderPath } from "../../base/resources";
import { subfolders } from "../../folder/subfolders";
import { deleteLibrary } from "../../store/delete-library";
import { forgetLibrary, recentLibraries } from "../../store/home";
import { copyLibrary, copyToPreviousFolder, openCopy } from "../../store/library-copy";
import { backupsOf, restoreLibrary } from "../../store/restore";
import { changeSettings, DEFAULT_SETTINGS, settingsOf } from "../../store/settings";
import { MY_KEYWORDS } from "../../words/label-sets";
import { libraryInfo } from "../../workspace/library-info";
import { isSameFolder } from "../../workspace/open-folder";
import { reloadRanker } from "../../workspace/prepare-library";
import type { Session } from "../../workspace/session";
import { damagedLibraryOf } from "../../workspace/session-state";
import { about } from "./about";

type Libraries =
  | "welcome"
  | "openLibrary"
  | "openSamples"
  | "deleteSamples"
  | "openCopy"
  | "copyLibrary"
  | "libraryBackups"
  | "restoreLibrary"
  | "copyToPreviousFolder"
  | "closeLibrary"
  | "forgetLibrary"
  | "library"
  | "subfolders"
  | "settings"
  | "changeSettings"
  | "about"
  | "jobs"
  | "pauseJob"
  | "resumeJob"
  | "cancelJob"
  | "rescan"
  | "tryDisk";

/** Opening, copying and restoring libraries, their settings and their jobs. */
export const libraryHandlers = (session: Session, folderDialog: boolean): Pick<EngineApi, Libraries> => ({
  welcome: async () => ({
    version: programVersion(),
    recent: recentLibraries(session.home),
    folderDialog,
    home: homedir(),
    samples: sampleFolderPath(session.home),
    damaged: damagedLibraryOf(session.state),
  }),
  openLibrary: ({ folder }) => session.open(folder),
  openSamples: async () => session.open(sampleFolder(session.home)),
  async deleteSamples() {
    const folder = sampleFolderPath(session.home);
    if (isSameFolder(session.openOrNull()?.library, folder)) await session.close();
    deleteLibrary(session.home, folder);
    deleteSampleFolder(session.home);
  },
  copyLibrary: async ({ file, overwrite }) => copyLibrary(session.library().store, file, overwrite),
  async openCopy({ file, folder, replace }) {
    const inPlace = replace && isSameFolder(session.openOrNull()?.library, folder);
    if (inPlace) await session.close(); // a library can't be replaced while it is open
    try {
      openCopy({ home: session.home, file, folder, replace });
    } catch (error) {
      if (inPlace) await session.open(folder);
      throw error;
    }
    return session.open(folder);
  },
  libraryBackups: async ({ folder }) => backupsOf(session.home, folder),
  async restoreLibrary({ folder, copy }) {
    if (isSameFolder(session.openOrNull()?.library, folder)) await session.close();
    return restoreLibrary({ home: session.home, folder, copy });
  },
  copyToPreviousFolder: async () => {
    copyToPreviousFolder(session.library().store);
    session.emitInfo();
    return libraryInfo(session.library());
  },
  closeLibrary: () => session.close(),
  forgetLibrary: async ({ folder }) => forgetLibrary(session.home, folder),
  library: async () => {
    const open = session.openOrNull();
    return open && libraryInfo(open.library);
  },
  subfolders: async ({ path }) => subfolders(path ?? homedir()),

  settings: async () => {
    const open = session.openOrNull();
    return { dataFolder: session.home, ...(open ? settingsOf(open.library.store) : DEFAULT_SETTINGS) };
  },
  changeSettings: async (change) => {
    const { store, lexicon, classLabels, tower } = session.library();
    const before = settingsOf(store);
    if (change.labelSet !== undefined) {
      const { labels } = lexicon.labelSet(change.labelSet, classLabels); // throws if the label set can't be read
      if (change.labelSet === MY_KEYWORDS && labels.length === 0)
        throw new Refusal(
          "bad-label-set",
          `No photo in ${store.folder} has a keyword, and no label a verdict yet. Label a few photos first, or choose another label set.`,
        );
    }
    const after = changeSettings(store, change);
    if (after.labelSet !== before.labelSet) {
      if (tower) await reopenWithLabels(session, before.labelSet);
      else await session.relabelAll(reloadRanker);
    }
    if (change.threshold !== undefined || change.labelThresholds !== undefined) session.notifyAllChanged();
    if ((after.objects && !before.objects) || (after.faces && !before.faces)) session.detectObjects();
    if (change.liveLearning !== undefined) session.emitInfo();
    if (change.excludedFolders !== undefined) session.rescan();
    if (after.watchFolder !== before.watchFolder || change.excludedFolders !== undefined) await session.restartWatch();
    return { dataFolder: session.home, ...after };
  },
  about: async () => about(session.openOrNull()?.backends() ?? []),

  jobs: async () => session.jobs.list(),
  pauseJob: async ({ job }) => session.jobs.pause(job),
  resumeJob: async ({ job }) => session.jobs.resume(job),
  cancelJob: async ({ job }) => session.jobs.cancel(job),
  tryDisk: async () => session.disk.tryNow(),
  rescan: async () => ({ job: session.rescan() }),
});

/** A text tower must embed a new set's labels. @param before the label set to go back to if it can't */
async function reopenWithLabels(session: Session, before: string): Promise<void> {
  const { store } = session.library();
  try {
    await session.changePack(() => undefined);
  } catch (error) {
    changeSettings(store, { labelSet: before });
    throw error;
  }
}
