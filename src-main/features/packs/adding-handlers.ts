import type { EngineApi } from "../../../src-shared/arguments";
import type { Session } from "../../workspace/session";
import { addPack } from "./add-pack";
import { inspectPack } from "./inspect-pack";

/** Packs made from networks that were exported elsewhere. */
export const addingHandlers = ({ home }: Session): Pick<EngineApi, "inspectPack" | "addPack"> => ({
  inspectPack: async ({ path }) => inspectPack(path),
  addPack: ({ path, answers }) => addPack(home, path, answers),
});
