import type { EngineApi } from "../calls";
import { evaluateLibrary, lastEvaluation } from "../labelling/evaluate-library";
import { rankAll } from "../labelling/label-folder";
import { retrain } from "../labelling/teach";
import { changeModel } from "../labelling/workbench";
import { listModels } from "../library/models";
import type { Session } from "../session";

/** Models: fitted from verdicts, chosen, measured. */
export const learningAnswers = (session: Session): Pick<EngineApi, "retrain" | "models" | "useModel" | "evaluate" | "evaluation"> => ({
  retrain: async () => ({
    job: session.start("retrain", "it is learning already", async (bench, job) => {
      await retrain(bench, job, (point) => session.emit("loss", point));
      session.changedAll();
      return rankAll(bench, job, session);
    }),
  }),
  models: async () => listModels(session.bench().library),
  useModel: ({ model }) => session.labelAnew((bench) => changeModel(bench, model)),

  evaluate: async ({ dataset }) => ({
    job: session.start("evaluate", "an evaluation is running already", async (bench, job) => {
      const { photos } = await evaluateLibrary(bench, dataset, job);
      return `${photos} photos`;
    }),
  }),
  evaluation: async () => lastEvaluation(session.bench()),
});
