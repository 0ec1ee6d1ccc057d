import type { EngineApi } from "../../../src-shared/arguments";
import { counted } from "../../../src-shared/counted";
import { Refusal } from "../../../src-shared/refusal";
import { putBackEarlier } from "../../store/earlier-labels";
import { countFeatures } from "../../store/features";
import { keepModel, listModels } from "../../store/models";
import { labelAgain } from "../../workspace/label-again";
import { type LiveLearning } from "../../workspace/live-learning";
import { changeModel } from "../../workspace/open-workbench";
import type { Session } from "../../workspace/session";
import { needsPack } from "../../workspace/workbench";
import { changedMost, compareModels } from "./compare-models";
import { evaluateLibrary, lastEvaluation } from "./evaluate-library";
import { learnForWindow } from "./learn";
import { isUpgrading } from "./live";

type Learning =
  | "retrain"
  | "models"
  | "useModel"
  | "evaluate"
  | "evaluation"
  | "watching"
  | "changedMost"
  | "compareModels"
  | "keepModel"
  | "labelAgain"
  | "goBack";

/** Models: fitted from verdicts, chosen, compared, measured. */
export const learnHandlers = (session: Session, live: LiveLearning): Pick<EngineApi, Learning> => ({
  retrain: async () => {
    needsPack(session.bench());
    refuseWhileUpgrading(session);
    stopLive(session, live); // this one learns from all that there is
    return {
      job: session.start("retrain", "it is learning already", (bench, job) => learnForWindow(session, bench, job)),
    };
  },
  models: async () => listModels(session.bench().library),
  useModel: async ({ model }) => {
    refuseWhileUpgrading(session);
    stopLive(session, live); // it would take another one into use
    return session.labelAnew((bench) => changeModel(bench, model));
  },
  keepModel: async ({ model }) => {
    keepModel(session.bench().library, model);
    session.tell();
  },
  labelAgain: async () => {
    if (!session.bench().better) throw new Refusal("no-upgrade", "There is no better model than the one in use.");
    return {
      job: session.start("upgrade", "it is being labelled again already", async (bench, job) => {
        await session.replace(await labelAgain(bench, job, session.jobs));
        return `${counted(countFeatures(bench.library, session.bench().pack.visualId), "photo")} labelled`;
      }),
    };
  },
  goBack: async () => {
    refuseWhileUpgrading(session);
    stopLive(session, live);
    await session.changePack(putBackEarlier);
  },
  watching: async ({ photos }) => session.watch(photos),
  changedMost: async ({ limit }) => changedMost(session.bench(), limit),
  compareModels: (query) => compareModels(session.bench(), query),

  evaluate: async ({ dataset }) => ({
    job: session.start("evaluate", "an evaluation is running already", async (bench, job) => {
      const { photos } = await evaluateLibrary(bench, dataset, job);
      return counted(photos, "photo");
    }),
  }),
  evaluation: async () => lastEvaluation(session.bench()),
});

function refuseWhileUpgrading(session: Session): void {
  if (isUpgrading(session))
    throw new Refusal("busy", "The library is being labelled again. Wait for it, or cancel that first.");
}

function stopLive({ jobs }: Session, live: LiveLearning): void {
  live.rest();
  for (const { job, kind } of jobs.list()) if (kind === "learn") jobs.cancel(job);
}
