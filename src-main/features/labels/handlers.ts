import type { EngineApi } from "../../../src-shared/arguments";
import { actionToUndo } from "../../store/actions";
import { photosOfBoxes } from "../../store/box-verdicts";
import { restoreLabel } from "../../store/label-cards";
import { countPeopleIn, labelDetected } from "../../workspace/detect-objects";
import type { OpenLibrary } from "../../workspace/open-library";
import type { Session } from "../../workspace/session";
import { changeLabel, deleteLabels, labelOptions, mergeLabels, showCards } from "./manage-labels";

type Labels = "labelCards" | "labelOptions" | "changeLabel" | "mergeLabels" | "deleteLabels" | "restoreLabel";

/** Managing labels: renaming, merging, deleting. */
export const labelHandlers = ({ library, notifyAllChanged }: Session): Pick<EngineApi, Labels> => {
  const then = <T>(done: T): T => {
    notifyAllChanged();
    return done;
  };
  return {
    labelCards: async () => showCards(library()),
    labelOptions: async ({ label }) => labelOptions(library(), label),
    changeLabel: async ({ label, change }) => then(changeLabel(library(), label, change)),
    mergeLabels: async ({ from, into }) => {
      const verdicts = mergeLabels(library(), from, into);
      await labelPhotosOfBoxes(library());
      return then({ verdicts });
    },
    deleteLabels: async ({ labels }) => {
      const verdicts = deleteLabels(library(), labels);
      await labelPhotosOfBoxes(library());
      return then({ verdicts });
    },
    restoreLabel: async ({ label }) => {
      const { store, lexicon } = library();
      return then(restoreLabel(store, label, lexicon.named(label).name));
    },
  };
};

/** Labels the photos again whose boxes the last action judged. */
async function labelPhotosOfBoxes(library: OpenLibrary): Promise<void> {
  const photos = photosOfBoxes(library.store, actionToUndo(library.store)!.id);
  countPeopleIn(library, photos);
  await labelDetected(library, photos);
}
