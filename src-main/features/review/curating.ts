import type { EngineApi } from "../../../src-shared/arguments";
import { countAt } from "../../store/count-at";
import { removeSplit } from "../../store/splits";
import { countSpread, spreadVerdicts } from "../../store/spread-verdicts";
import type { LiveLearning } from "../../workspace/live-learning";
import type { Session } from "../../workspace/session";
import { duplicates, findDuplicates, groupsToSpread } from "./duplicates";
import { likelyMislabels } from "./mislabels";
import { reviewQueue } from "./review-queue";
import { makeSplit, planSplit, splitState } from "./split-photos";

type Curating =
  | "reviewQueue"
  | "mislabels"
  | "duplicates"
  | "findDuplicates"
  | "countSpread"
  | "spreadVerdicts"
  | "splitState"
  | "planSplit"
  | "makeSplit"
  | "removeSplit"
  | "countAt";

/** What deserves a look. */
export const curatingAnswers = (
  { bench, start, changedAll }: Session,
  live: LiveLearning,
): Pick<EngineApi, Curating> => ({
  reviewQueue: ({ limit }) => reviewQueue(bench(), limit),
  mislabels: ({ limit }) => likelyMislabels(bench(), limit),
  duplicates: async () => duplicates(bench()),
  findDuplicates: async () => ({ job: start("duplicates", "duplicates are being looked for already", findDuplicates) }),
  countSpread: async ({ photo }) => countSpread(bench().library, groupsToSpread(bench(), photo), photo),
  spreadVerdicts: async ({ photo }) => {
    const spread = spreadVerdicts(bench().library, groupsToSpread(bench(), photo), photo);
    changedAll();
    live.judged(spread.photos);
    return spread;
  },
  splitState: async () => splitState(bench()),
  planSplit: async (query) => planSplit(bench(), query),
  makeSplit: async (query) => {
    const plan = makeSplit(bench(), query);
    changedAll();
    return plan;
  },
  removeSplit: async () => {
    removeSplit(bench().library);
    changedAll();
  },
  countAt: async (query) => countAt(bench().library, query),
});
