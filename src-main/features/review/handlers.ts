import type { EngineApi } from "../../../src-shared/arguments";
import { countAt } from "../../store/count-at";
import { dismissConflicts, markConflicts, relistConflicts } from "../../store/mark-conflicts";
import { removeSplit } from "../../store/splits";
import { countSpread, spreadVerdicts } from "../../store/spread-verdicts";
import type { LiveLearning } from "../../workspace/live-learning";
import type { Session } from "../../workspace/session";
import { judgePhotos } from "./annotate-photos";
import { proposedTiles } from "./box-proposals";
import { boxLabels, boxTiles } from "./box-tiles";
import { duplicates, findDuplicates, groupsToSpread } from "./duplicates";
import { drawBox, judgeBoxes, moveBox, relabelBoxes } from "./judge-boxes";
import { findLabelIssues } from "./label-issues";
import { mark, useSide } from "./mark-photos";
import { reviewQueue } from "./review-queue";
import { makeSplit, planSplit, splitState } from "./split-photos";
import { turnBack } from "./turn-back";

type Review =
  | "reviewQueue"
  | "labelIssues"
  | "duplicates"
  | "findDuplicates"
  | "countSpread"
  | "spreadVerdicts"
  | "splitState"
  | "planSplit"
  | "makeSplit"
  | "removeSplit"
  | "countAt"
  | "annotate"
  | "annotateEach"
  | "judgeBoxes"
  | "relabelBoxes"
  | "boxTiles"
  | "boxLabels"
  | "drawBox"
  | "moveBox"
  | "markPhotos"
  | "markConflicts"
  | "useMarks"
  | "dismissMarkConflicts"
  | "listMarkConflicts"
  | "undo"
  | "redo";

/** Verdicts and their undo, the review queue, label errors, near-duplicates and splits. */
export const reviewHandlers = (session: Session, live: LiveLearning): Pick<EngineApi, Review> => {
  const { library, start, notifyAllChanged, emitInfoSoon } = session;
  return {
    reviewQueue: ({ limit }) => reviewQueue(library(), limit),
    labelIssues: ({ limit }) => findLabelIssues(library(), limit),
    duplicates: async () => duplicates(library()),
    findDuplicates: async () => ({
      job: start("duplicates", "Near-duplicates are already being searched for.", findDuplicates),
    }),
    countSpread: async ({ photo }) => countSpread(library().store, groupsToSpread(library(), photo), photo),
    spreadVerdicts: async ({ photo }) => {
      const spread = spreadVerdicts(library().store, groupsToSpread(library(), photo), photo);
      notifyAllChanged();
      live.annotated(spread.photos);
      return spread;
    },
    splitState: async () => splitState(library()),
    planSplit: async (query) => planSplit(library(), query),
    makeSplit: async (query) => {
      const plan = makeSplit(library(), query);
      notifyAllChanged();
      return plan;
    },
    removeSplit: async () => {
      removeSplit(library().store);
      notifyAllChanged();
    },
    countAt: async (query) => countAt(library().store, query),

    annotate: async (verdict) => judgePhotos(session, live, [verdict]),
    annotateEach: async ({ verdicts }) => judgePhotos(session, live, verdicts),
    judgeBoxes: (query) => judgeBoxes(session, live, query),
    relabelBoxes: (query) => relabelBoxes(session, live, query),
    boxTiles: async ({ state, ...query }) =>
      state === "proposed" ? proposedTiles(session, query.label) : boxTiles(library(), { state, ...query }),
    boxLabels: async () => boxLabels(library()),
    drawBox: (query) => drawBox(session, live, query),
    moveBox: (query) => moveBox(session, live, query),
    markPhotos: async (query) => mark(session, query),
    markConflicts: async () => markConflicts(library().store),
    useMarks: async (query) => useSide(session, query),
    dismissMarkConflicts: async ({ conflicts }) => {
      dismissConflicts(library().store, conflicts);
      emitInfoSoon();
    },
    listMarkConflicts: async ({ conflicts }) => {
      relistConflicts(library().store, conflicts);
      emitInfoSoon();
    },
    undo: async () => ({ undone: await turnBack(session, live, "undo") }),
    redo: async () => ({ redone: await turnBack(session, live, "redo") }),
  };
};
