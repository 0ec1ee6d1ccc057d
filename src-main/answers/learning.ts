import type { ModelId } from "../../src-preload/contract";
import type { EngineApi } from "../calls";
import { readyToFit } from "../devise/fit-in-worker";
import type { JobHandle } from "../jobs/jobs";
import { changedMost, compareModels } from "../labelling/compare-models";
import { evaluateLibrary, lastEvaluation } from "../labelling/evaluate-library";
import { heldOutScores } from "../labelling/held-out";
import { rankAll } from "../labelling/label-folder";
import { createLiveLearning, type LiveLearning } from "../labelling/live-learning";
import { retrain, unlearn } from "../labelling/teach";
import { changeModel, type Workbench } from "../labelling/workbench";
import { countMoved } from "../library/former";
import { isLatest, isToLearn, keepModel, listModels, scoreModel } from "../library/models";
import { settingsOf } from "../library/settings";
import { countVerdicts } from "../library/verdicts";
import type { Session } from "../session";

type Learning = "retrain" | "models" | "useModel" | "evaluate" | "evaluation" | "watching" | "changedMost" | "compareModels" | "keepModel";

/** Models: fitted from verdicts, chosen, compared, measured. */
export const learningAnswers = (session: Session): Pick<EngineApi, Learning> => ({
  retrain: async () => {
    for (const { job, kind } of session.jobs.list()) if (kind === "learn") session.jobs.cancel(job); // this one learns from more
    return { job: session.start("retrain", "it is learning already", (bench, job) => learn(session, bench, job)) };
  },
  models: async () => listModels(session.bench().library),
  useModel: ({ model }) => session.labelAnew((bench) => changeModel(bench, model)),
  keepModel: async ({ model }) => {
    keepModel(session.bench().library, model);
    session.tell();
  },
  watching: async ({ photos }) => session.watch(photos),
  changedMost: async ({ limit }) => changedMost(session.bench(), limit),
  compareModels: (query) => compareModels(session.bench(), query),

  evaluate: async ({ dataset }) => ({
    job: session.start("evaluate", "an evaluation is running already", async (bench, job) => {
      const { photos } = await evaluateLibrary(bench, dataset, job);
      return `${photos} photos`;
    }),
  }),
  evaluation: async () => lastEvaluation(session.bench()),
});

/** Learns while a person corrects, unless that is switched off, or somebody went back to an earlier version. */
export function learnLive(session: Session): LiveLearning {
  const isOn = () => {
    const library = session.openOrNull()?.bench.library;
    return library !== undefined && settingsOf(library).liveLearning && isLatest(library);
  };
  return createLiveLearning({
    isOn, ready: readyToFit,
    learn() {
      if (session.jobs.list().some(({ kind, state }) => (kind === "retrain" || kind === "learn") && (state === "running" || state === "paused"))) return null;
      if (!isToLearn(session.bench().library)) return Promise.resolve();
      return new Promise((resolve) => {
        session.start("learn", null, async (bench, job) => {
          try {
            return await learn(session, bench, job, true);
          } finally {
            resolve(undefined);
          }
        });
      });
    },
  });
}

/** Fits from all verdicts, labels all photos anew, those on screen first, and last tells how the version does on held-out verdicts. */
export async function learn(session: Session, bench: Workbench, job: JobHandle, live = false): Promise<string> {
  const { library } = bench;
  const model: ModelId = live && countVerdicts(library) === 0
    ? await unlearn(bench)
    : await retrain(bench, job, (point) => session.emit("loss", point), live);
  session.tell();
  const message = await rankAll(bench, job, session, session.watched);
  session.emit("learned", { model, changed: countMoved(library, model) });
  if (bench.model.kind === "retrained") scoreModel(library, model, await heldOutScores(bench, job.signal));
  return message;
}
