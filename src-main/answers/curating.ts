import type { EngineApi } from "../../src-shared/arguments";
import { duplicates, findDuplicates, groupsToSpread } from "../labelling/duplicates";
import type { LiveLearning } from "../labelling/live-learning";
import { likelyMislabels } from "../labelling/mislabels";
import { reviewQueue } from "../labelling/review-queue";
import { makeSplit, planSplit, splitState } from "../labelling/split-photos";
import { countAt } from "../library/count-at";
import { removeSplit } from "../library/splits";
import { countSpread, spreadVerdicts } from "../library/spread-verdicts";
import type { Session } from "../session";

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
