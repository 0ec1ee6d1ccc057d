import type { EngineApi } from "../../src-shared/arguments";
import type { Session } from "../workspace/session";
import { countExport, exportLabels } from "./export-labels";

/** What is written for other programs to read. */
export const exportingAnswers = (session: Session): Pick<EngineApi, "countExport" | "exportLabels"> => ({
  countExport: async (choice) => countExport(session.bench(), choice),
  async exportLabels(query) {
    const exported = await exportLabels(session.bench(), session.jobs, query);
    session.exported = exported.file;
    return exported;
  },
});
