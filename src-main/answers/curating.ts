import type { EngineApi } from "../calls";
import { duplicates, findDuplicates, split } from "../labelling/duplicates";
import { likelyMislabels } from "../labelling/mislabels";
import { reviewQueue } from "../labelling/review-queue";
import { countAt } from "../library/count-at";
import type { Session } from "../session";

type Curating = "reviewQueue" | "mislabels" | "duplicates" | "findDuplicates" | "split" | "countAt";

/** What deserves a look. */
export const curatingAnswers = ({ bench, start }: Session): Pick<EngineApi, Curating> => ({
  reviewQueue: ({ limit }) => reviewQueue(bench(), limit),
  mislabels: ({ limit }) => likelyMislabels(bench(), limit),
  duplicates: async () => duplicates(bench()),
  findDuplicates: async () => ({ job: start("duplicates", "duplicates are being looked for already", findDuplicates) }),
  split: async (query) => split(bench(), query),
  countAt: async (query) => countAt(bench().library, query),
});
