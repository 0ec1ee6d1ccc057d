import type { EngineApi } from "../../src-shared/arguments";
import type { Session } from "../workspace/session";
import { exportLabeller } from "./export-labeller";

/** What labels the library, for other programs to run. */
export const labellerAnswers = ({ bench, jobs }: Session): Pick<EngineApi, "exportLabeller"> => ({
  exportLabeller: (query) => exportLabeller(bench(), jobs, query),
});
