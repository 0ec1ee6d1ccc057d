import type { EngineApi } from "../../src-shared/arguments";
import type { ImportSource, JobId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import type { Store } from "../store/database";
import type { LiveLearning } from "../workspace/live-learning";
import { haveMyKeywordsChanged } from "../workspace/my-keywords";
import { reloadRanker } from "../workspace/prepare-library";
import type { Session } from "../workspace/session";
import { type CollectedKeywords, collectKeywords } from "./collect-keywords";
import { exportLabeller } from "./export-labeller";
import { countExport, exportLabels } from "./export-labels";
import { labelBoxed } from "./import-into-library";
import { applyImport, planImport } from "./import-labels";
import { closeKeywordOffer, keywordOffer } from "./keyword-offer";

type Exchange =
  | "planImport"
  | "importPlan"
  | "applyImport"
  | "keywordOffer"
  | "closeKeywordOffer"
  | "countExport"
  | "exportLabels"
  | "exportLabeller";

/**
 * Import and export of labels, and export of the labeller. The labels read last are kept until they are imported or
 * replaced.
 */
export const exchangeHandlers = (session: Session, live: LiveLearning): Pick<EngineApi, Exchange> => {
  const { library, start, changed, emitInfo } = session;
  let read: { plan: JobId; from: ImportSource["from"]; store: Store; collected: CollectedKeywords } | null = null;

  const collectedFor = (plan: JobId): CollectedKeywords => {
    if (read?.plan !== plan || read.store !== library().store)
      throw new Refusal("no-plan", "These labels are no longer in memory. Read them again.");
    return read.collected;
  };

  return {
    planImport: async ({ source }) => ({
      job: start("import", "Labels are already being read.", async ({ store }, job) => {
        const collected = await collectKeywords(store, source, job);
        read = { plan: job.job, from: source.from, store, collected };
        return collected.source;
      }),
    }),
    importPlan: async ({ plan, choices }) => planImport(library(), collectedFor(plan), choices),
    applyImport: async ({ plan, choices }) => {
      const opened = library();
      const { changed: photos, boxed, ...done } = applyImport(opened, collectedFor(plan), choices);
      if (read?.from === "keywords") closeKeywordOffer(opened.store);
      read = null;
      await labelBoxed(opened, boxed);
      changed(photos);
      emitInfo();
      live.annotated(done.verdicts);
      if (!opened.tower && haveMyKeywordsChanged(opened)) await session.relabelAll(reloadRanker);
      return done;
    },
    keywordOffer: async () => keywordOffer(library().store),
    closeKeywordOffer: async () => closeKeywordOffer(library().store),

    countExport: async (choice) => countExport(library(), choice),
    async exportLabels(query) {
      const exported = await exportLabels(library(), session.jobs, query);
      session.exported = exported.file;
      // Marks that other programs wrote into sidecars meanwhile were taken over.
      if ("marks" in query && query.marks && query.format === "xmp") session.notifyAllChanged();
      return exported;
    },
    exportLabeller: (query) => exportLabeller(library(), session.jobs, query),
  };
};
