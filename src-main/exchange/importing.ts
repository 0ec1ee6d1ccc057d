import type { EngineApi } from "../../src-shared/arguments";
import type { JobId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import type { Library } from "../store/database";
import type { LiveLearning } from "../workspace/live-learning";
import type { Session } from "../workspace/session";
import { type Gathered, gatherKeywords } from "./gather-keywords";
import { applyImport, planImport } from "./import-labels";

/** Labels of other programs. What was read last is kept until it is applied or something else is read. */
export const importingAnswers = (
  { bench, start, changed, tell }: Session,
  live: LiveLearning,
): Pick<EngineApi, "planImport" | "importPlan" | "applyImport"> => {
  let read: { plan: JobId; library: Library; gathered: Gathered } | null = null;

  const gatheredAs = (plan: JobId): Gathered => {
    if (read?.plan !== plan || read.library !== bench().library)
      throw new Refusal("no-plan", "these labels are not at hand any more; read them again");
    return read.gathered;
  };

  return {
    planImport: async ({ source }) => ({
      job: start("import", "labels are being read already", async ({ library }, job) => {
        const gathered = await gatherKeywords(library, source, job);
        read = { plan: job.job, library, gathered };
        return gathered.source;
      }),
    }),
    importPlan: async ({ plan, choices }) => planImport(bench(), gatheredAs(plan), choices),
    applyImport: async ({ plan, choices }) => {
      const { changed: photos, ...done } = applyImport(bench(), gatheredAs(plan), choices);
      read = null;
      changed(photos);
      tell();
      live.judged(done.verdicts);
      return done;
    },
  };
};
