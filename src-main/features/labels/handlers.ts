import type { EngineApi } from "../../../src-shared/arguments";
import { restoreLabel } from "../../store/label-cards";
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
    mergeLabels: async ({ from, into }) => then({ verdicts: mergeLabels(library(), from, into) }),
    deleteLabels: async ({ labels }) => then({ verdicts: deleteLabels(library(), labels) }),
    restoreLabel: async ({ label }) => {
      const { store, lexicon } = library();
      return then(restoreLabel(store, label, lexicon.named(label).name));
    },
  };
};
