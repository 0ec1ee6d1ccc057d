import type { LibraryInfo } from "../../src-shared/contract";
import { countFeatures } from "../store/features";
import { countNewVerdicts, currentModelInfo, isLatest } from "../store/models";
import { countPhotos } from "../store/photos";
import { countLabelled } from "../store/predictions";
import { settingsOf } from "../store/settings";
import { undoState } from "../store/undo";
import { countVerdicts } from "../store/verdicts";
import type { Workbench } from "./workbench";

export function infoOf({ library, pack, isPackGone, better, labelSet, notices }: Workbench): LibraryInfo {
  const counts = countPhotos(library);
  return {
    folder: library.folder,
    name: library.name,
    ...counts,
    embedded: countFeatures(library, pack.visualId),
    labelled: countLabelled(library),
    verdicts: countVerdicts(library),
    newVerdicts: countNewVerdicts(library),
    model: currentModelInfo(library)!,
    liveLearning: !settingsOf(library).liveLearning ? "off" : isLatest(library) && !isPackGone ? "on" : "waits",
    labelSet,
    pack: { name: pack.name, title: pack.title },
    upgrade: better && { from: pack.title, to: better.pack.title, photos: counts.photos },
    ...undoState(library),
    movedFrom: library.movedFrom,
    notices,
  };
}
