import type { EngineApi } from "../../../src-shared/arguments";
import type { LossPoint, ModelId } from "../../../src-shared/contract";
import { counted } from "../../../src-shared/counted";
import { Refusal } from "../../../src-shared/refusal";
import { gather } from "../../base/gather";
import type { JobHandle } from "../../base/jobs";
import { readyToFit } from "../../devise/fit-in-worker";
import { putBackEarlier } from "../../store/earlier-labels";
import { countFeatures } from "../../store/features";
import { countMoved } from "../../store/former";
import { isLatest, isToLearn, keepModel, listModels, scoreModel } from "../../store/models";
import { settingsOf } from "../../store/settings";
import { countVerdicts } from "../../store/verdicts";
import { labelAgain } from "../../workspace/label-again";
import { rankAll } from "../../workspace/label-folder";
import { createLiveLearning, type LiveLearning } from "../../workspace/live-learning";
import { changeModel } from "../../workspace/open-workbench";
import type { Session } from "../../workspace/session";
import { retrain, unlearn } from "../../workspace/teach";
import { needsPack, type Workbench } from "../../workspace/workbench";
import { changedMost, compareModels } from "./compare-models";
import { evaluateLibrary, lastEvaluation } from "./evaluate-library";
import { heldOutScores } from "./held-out";

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
export const learningAnswers = (session: Session, live: LiveLearning): Pick<EngineApi, Learning> => ({
  retrain: async () => {
    needsPack(session.bench());
    refuseWhileUpgrading(session);
    stopLive(session, live); // this one learns from all that there is
    return { job: session.start("retrain", "it is learning already", (bench, job) => learn(session, bench, job)) };
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

/** Learns while a person corrects, unless that is switched off, or somebody went back to an earlier version. */
export function learnLive(session: Session): LiveLearning {
  const isOn = () =>
    session.byItself(() => {
      const library = session.openOrNull()?.bench.library;
      return (
        library !== undefined &&
        settingsOf(library).liveLearning &&
        isLatest(library) &&
        !session.bench().isPackGone &&
        !isUpgrading(session)
      );
    }) ?? false;
  return createLiveLearning({
    isOn,
    ready: readyToFit,
    learn: (enough) =>
      session.byItself(() => {
        const running = session.jobs
          .list()
          .filter(
            ({ kind, state }) =>
              (kind === "retrain" || kind === "learn") && (state === "running" || state === "paused"),
          );
        if (running.some(({ kind }) => kind === "retrain" || !enough)) return null;
        // it has labelled the photos on screen, and the others are to be labelled by more
        for (const { job } of running) session.jobs.cancel(job);
        if (!isToLearn(session.bench().library)) return Promise.resolve();
        return new Promise<void>((resolve) => {
          session.start("learn", null, async (bench, job) => {
            try {
              return await learn(session, bench, job, resolve);
            } finally {
              resolve();
            }
          });
        });
      }),
  });
}

const isUpgrading = ({ jobs }: Session): boolean =>
  jobs.list().some(({ kind, state }) => kind === "upgrade" && (state === "running" || state === "paused"));

function refuseWhileUpgrading(session: Session): void {
  if (isUpgrading(session))
    throw new Refusal("busy", "The library is being labelled again. Wait for it, or cancel that first.");
}

function stopLive({ jobs }: Session, live: LiveLearning): void {
  live.rest();
  for (const { job, kind } of jobs.list()) if (kind === "learn") jobs.cancel(job);
}

/**
 * Fits from all verdicts, labels all photos anew, those on screen first, and last tells how the version does on
 * held-out verdicts.
 * @param onScreen makes the version a live one, and is told when the photos on screen have its labels
 */
export async function learn(
  session: Session,
  bench: Workbench,
  job: JobHandle,
  onScreen?: () => void,
): Promise<string> {
  const { library } = bench;
  const live = onScreen !== undefined;
  const losses = gather<LossPoint>((points) => session.emit("loss", points));
  const model: ModelId =
    live && countVerdicts(library) === 0
      ? await unlearn(bench)
      : await retrain(
          bench,
          job,
          (point) => {
            if (!live) losses.add([point]);
          },
          live,
        ).finally(losses.flush);
  session.tell();
  const message = await rankAll(bench, job, { changed: session.labelled }, session.watched, onScreen);
  session.emit("learned", { model, changed: await countMoved(library, model) });
  if (bench.model.kind === "retrained") scoreModel(library, model, await heldOutScores(bench, job.signal));
  return message;
}
