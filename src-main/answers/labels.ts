import type { EngineApi } from "../calls";
import { changeLabel, deleteLabel, labelOffers, mergeLabels, restoreLabel, showCards } from "../labelling/manage-labels";
import type { Session } from "../session";

type Labels = "labelCards" | "labelOffers" | "changeLabel" | "mergeLabels" | "deleteLabel" | "restoreLabel";

/** Labels as their owner wants them: named, merged, coloured. */
export const labelsAnswers = ({ bench, changedAll }: Session): Pick<EngineApi, Labels> => {
  const then = <T>(done: T): T => {
    changedAll();
    return done;
  };
  return {
    labelCards: async () => showCards(bench()),
    labelOffers: async ({ label }) => labelOffers(bench(), label),
    changeLabel: async ({ label, change }) => then(changeLabel(bench(), label, change)),
    mergeLabels: async ({ from, into }) => then({ verdicts: mergeLabels(bench(), from, into) }),
    deleteLabel: async ({ label }) => then({ verdicts: deleteLabel(bench(), label) }),
    restoreLabel: async ({ label }) => then(restoreLabel(bench(), label)),
  };
};
