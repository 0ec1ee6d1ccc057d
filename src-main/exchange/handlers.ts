import type { EngineApi } from "../../src-shared/arguments";
import type { JobId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import type { Library } from "../store/database";
import type { LiveLearning } from "../workspace/live-learning";
import type { Session } from "../workspace/session";
import { exportLabeller } from "./export-labeller";
import { countExport, exportLabels } from "./export-labels";
import { type Gathered, gatherKeywords } from "./gather-keywords";
import { applyImport, planImport } from "./import-labels";

type Exchange = "planImport" | "importPlan" | "applyImport" | "countExport" | "exportLabels" | "exportLabeller";

/**
 * Labels to and from other programs, and the labeller as a file. The labels read last are kept until they are applied
 * or others are read.
 */
export const exchangeHandlers = (session: Session, live: LiveLearning): Pick<EngineApi, Exchange> => {
  const { bench, start, changed, tell } = session;
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

    countExport: async (choice) => countExport(bench(), choice),
    async exportLabels(query) {
      const exported = await exportLabels(bench(), session.jobs, query);
      session.exported = exported.file;
      return exported;
    },
    exportLabeller: (query) => exportLabeller(bench(), session.jobs, query),
  };
};
