import type { EngineApi } from "../../src-shared/arguments";
import { exportLabeller } from "../labelling/export-labeller";
import type { Session } from "../session";

/** What labels the library, for other programs to run. */
export const labellerAnswers = ({ bench, jobs }: Session): Pick<EngineApi, "exportLabeller"> => ({
  exportLabeller: (query) => exportLabeller(bench(), jobs, query),
});
