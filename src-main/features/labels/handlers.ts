import type { EngineApi } from "../../../src-shared/arguments";
import { restoreLabel } from "../../store/label-cards";
import type { Session } from "../../workspace/session";
import { changeLabel, deleteLabels, labelOffers, mergeLabels, showCards } from "./manage-labels";

type Labels = "labelCards" | "labelOffers" | "changeLabel" | "mergeLabels" | "deleteLabels" | "restoreLabel";

/** Labels as their owner wants them: named, merged, coloured. */
export const labelHandlers = ({ bench, changedAll }: Session): Pick<EngineApi, Labels> => {
  const then = <T>(done: T): T => {
    changedAll();
    return done;
  };
  return {
    labelCards: async () => showCards(bench()),
    labelOffers: async ({ label }) => labelOffers(bench(), label),
    changeLabel: async ({ label, change }) => then(changeLabel(bench(), label, change)),
    mergeLabels: async ({ from, into }) => then({ verdicts: mergeLabels(bench(), from, into) }),
    deleteLabels: async ({ labels }) => then({ verdicts: deleteLabels(bench(), labels) }),
    restoreLabel: async ({ label }) => {
      const { library, lexicon } = bench();
      return then(restoreLabel(library, label, lexicon.named(label).name));
    },
  };
};
