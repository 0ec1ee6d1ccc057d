import type { EngineApi } from "../../../src-shared/arguments";
import { deleteSet, renameSet, savedSets, saveSet } from "../../store/sets";
import type { Session } from "../../workspace/session";
import { countFound } from "./browse-photos";
import { completeQuery } from "./complete-query";

type Sets = "completeQuery" | "countPhotos" | "sets" | "saveSet" | "renameSet" | "deleteSet";

/** Queries: how they are completed, what they find, and those that were given a name. */
export const setsAnswers = ({ bench }: Session): Pick<EngineApi, Sets> => ({
  completeQuery: async ({ text, caret }) => completeQuery(bench(), text, caret),
  countPhotos: async ({ query }) => ({ photos: countFound(bench(), query) }),
  sets: async () => savedSets(bench().library),
  saveSet: async (set) => saveSet(bench().library, set),
  renameSet: async ({ set, name }) => renameSet(bench().library, set, name),
  deleteSet: async ({ set }) => deleteSet(bench().library, set),
});
