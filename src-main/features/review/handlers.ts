import type { EngineApi } from "../../../src-shared/arguments";
import { countAt } from "../../store/count-at";
import { removeSplit } from "../../store/splits";
import { countSpread, spreadVerdicts } from "../../store/spread-verdicts";
import { redo, undo } from "../../store/undo";
import type { LiveLearning } from "../../workspace/live-learning";
import type { Session } from "../../workspace/session";
import { duplicates, findDuplicates, groupsToSpread } from "./duplicates";
import { judgePhotos } from "./judge-photos";
import { likelyMislabels } from "./mislabels";
import { reviewQueue } from "./review-queue";
import { makeSplit, planSplit, splitState } from "./split-photos";

type Review =
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
  | "countAt"
  | "judge"
  | "judgeEach"
  | "undo"
  | "redo";

/** A person's verdicts and their undo, and what deserves a look: the review queue, label errors, duplicates, splits. */
export const reviewHandlers = (session: Session, live: LiveLearning): Pick<EngineApi, Review> => {
  const { bench, start, changedAll } = session;
  return {
    reviewQueue: ({ limit }) => reviewQueue(bench(), limit),
    mislabels: ({ limit }) => likelyMislabels(bench(), limit),
    duplicates: async () => duplicates(bench()),
    findDuplicates: async () => ({
      job: start("duplicates", "duplicates are being looked for already", findDuplicates),
    }),
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

    judge: async (verdict) => judgePhotos(session, live, [verdict]),
    judgeEach: async ({ verdicts }) => judgePhotos(session, live, verdicts),
    undo: async () => {
      const undone = undo(bench().library);
      changedAll();
      if (undone !== null) live.judged(1);
      return { undone };
    },
    redo: async () => {
      const redone = redo(bench().library);
      changedAll();
      if (redone !== null) live.judged(1);
      return { redone };
    },
  };
};
