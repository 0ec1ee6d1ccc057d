import type { LibraryInfo } from "../../src-shared/contract";
import { countFeatures } from "../store/features";
import { countMarkConflicts } from "../store/mark-conflicts";
import { countNewVerdicts, currentModelInfo, isLatest } from "../store/models";
import { countPhotos } from "../store/photos";
import { countLabelled } from "../store/predictions";
import { settingsOf } from "../store/settings";
import { undoState } from "../store/undo";
import { countVerdicts } from "../store/verdicts";
import type { OpenLibrary } from "./open-library";

export function libraryInfo({ store, pack, isPackMissing, better, labelSet, notices }: OpenLibrary): LibraryInfo {
  const counts = countPhotos(store);
  return {
    folder: store.folder,
    name: store.name,
    ...counts,
    embedded: countFeatures(store, pack.visualId),
    labelled: countLabelled(store),
    verdicts: countVerdicts(store),
    newVerdicts: countNewVerdicts(store),
    markConflicts: countMarkConflicts(store),
    model: currentModelInfo(store)!,
    liveLearning: !settingsOf(store).liveLearning ? "off" : isLatest(store) && !isPackMissing ? "on" : "waits",
    labelSet,
    pack: { name: pack.name, title: pack.title },
    upgrade: better && { from: pack.title, to: better.pack.title, photos: counts.photos },
    ...undoState(store),
    movedFrom: store.movedFrom,
    notices,
  };
}
