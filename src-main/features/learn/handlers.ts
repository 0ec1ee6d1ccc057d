import type { EngineApi } from "../../../src-shared/arguments";
import type { JobId } from "../../../src-shared/contract";
import { formatCount } from "../../../src-shared/format-count";
import { Refusal } from "../../../src-shared/refusal";
import type { JobHandle } from "../../base/jobs";
import { countFeatures } from "../../store/features";
import { restoreSnapshot } from "../../store/label-snapshot";
import { keepModel, listModels } from "../../store/models";
import { namedPack } from "../../workspace/choose-pack";
import { type LiveLearning } from "../../workspace/live-learning";
import type { OpenFolder } from "../../workspace/open-folder";
import { type OpenLibrary, requirePack } from "../../workspace/open-library";
import { changeModel } from "../../workspace/prepare-library";
import { refuseSamePack, relabelWithBetterPack, relabelWithPack } from "../../workspace/relabel";
import type { Session } from "../../workspace/session";
import { changedMost, compareModels } from "./compare-models";
import { comparePacks, lastPackComparison, packsToCompare, refuseFewVerdicts } from "./compare-packs";
import { evaluateLibrary, lastEvaluation } from "./evaluate-library";
import { evaluateVerdicts, verdictEvaluation } from "./evaluate-verdicts";
import { learnForWindow } from "./learn";
import { dropFeaturesOf, libraryPacks } from "./library-packs";
import { isUpgrading } from "./live";

type Learning =
  | "retrain"
  | "models"
  | "useModel"
  | "evaluateVerdicts"
  | "verdictEvaluation"
  | "evaluate"
  | "evaluation"
  | "watching"
  | "changedMost"
  | "compareModels"
  | "keepModel"
  | "relabelWithBetterPack"
  | "usePack"
  | "libraryPacks"
  | "dropFeatures"
  | "comparePacks"
  | "packComparison"
  | "goBack";

/** Training, choosing, comparing and evaluating models. */
export const learnHandlers = (session: Session, live: LiveLearning): Pick<EngineApi, Learning> => ({
  retrain: async () => {
    requirePack(session.library());
    refuseWhileUpgrading(session);
    stopLive(session, live); // this run learns from all verdicts
    return {
      job: session.start("retrain", "Retraining is already running.", (library, job) =>
        learnForWindow(session, library, job),
      ),
    };
  },
  models: async () => listModels(session.library().store),
  useModel: async ({ model }) => {
    refuseWhileUpgrading(session);
    stopLive(session, live); // it would switch to the version it makes
    return session.relabelAll((library) => changeModel(library, model));
  },
  keepModel: async ({ model }) => {
    keepModel(session.library().store, model);
    session.emitInfo();
  },
  relabelWithBetterPack: async () => {
    if (!session.library().better) throw new Refusal("no-upgrade", "The newest model is already in use.");
    return {
      job: startRelabelling(session, (library, job) => relabelWithBetterPack(library, job, session.jobs)),
    };
  },
  usePack: async ({ name }) => {
    const next = namedPack(name, session.home);
    refuseSamePack(session.library(), next);
    return {
      job: startRelabelling(session, (library, job) => relabelWithPack(library, next, job, session.jobs)),
    };
  },
  libraryPacks: async () => libraryPacks(session.library()),
  dropFeatures: async ({ visualId }) => {
    refuseWhileUpgrading(session);
    refuseWhileComparing(session);
    return dropFeaturesOf(session.library(), visualId);
  },
  goBack: async () => {
    refuseWhileUpgrading(session);
    stopLive(session, live);
    await session.changePack(restoreSnapshot);
  },
  watching: async ({ photos }) => session.watch(photos),
  changedMost: async ({ limit }) => changedMost(session.library(), limit),
  compareModels: (query) => compareModels(session.library(), query),

  evaluateVerdicts: async () => ({
    job: session.start("verdicts", "Your verdicts are already being measured.", async (library, job) => {
      const { photos } = await evaluateVerdicts(library, job);
      return formatCount(photos, "photo");
    }),
  }),
  verdictEvaluation: async () => verdictEvaluation(session.library()),
  evaluate: async ({ dataset }) => ({
    job: session.start("evaluate", "An evaluation is already running.", async (library, job) => {
      const { photos } = await evaluateLibrary(library, dataset, job);
      return formatCount(photos, "photo");
    }),
  }),
  evaluation: async () => lastEvaluation(session.library()),
  comparePacks: async ({ name }) => {
    const [own, other] = packsToCompare(session.library(), [name]);
    refuseFewVerdicts(session.library());
    return {
      job: session.start("compare", "Models are already being compared.", async (library, job) => {
        const { photos } = await comparePacks(library, own, other, job);
        return formatCount(photos, "photo");
      }),
    };
  },
  packComparison: async () => lastPackComparison(session.library()),
});

const startRelabelling = (
  session: Session,
  relabel: (library: OpenLibrary, job: JobHandle) => Promise<OpenFolder>,
): JobId =>
  session.start("upgrade", "Photos are already being relabelled.", async (library, job) => {
    await session.replace(await relabel(library, job));
    return `${formatCount(countFeatures(library.store, session.library().pack.visualId), "photo")} labelled`;
  });

function refuseWhileUpgrading(session: Session): void {
  if (isUpgrading(session))
    throw new Refusal(
      "busy",
      "Photos are being relabelled with the new model. Wait until it has finished, or stop it first.",
    );
}

function refuseWhileComparing({ jobs }: Session): void {
  if (jobs.list().some(({ kind, state }) => kind === "compare" && (state === "running" || state === "paused")))
    throw new Refusal("busy", "Models are being compared. Wait until that has finished, or stop it first.");
}

function stopLive({ jobs }: Session, live: LiveLearning): void {
  live.stop();
  for (const { job, kind } of jobs.list()) if (kind === "learn") jobs.cancel(job);
}
