import { warmUpFitWorker } from "../../devise/fit-in-worker";
import { isLatest, needsFit } from "../../store/models";
import { settingsOf } from "../../store/settings";
import { createLiveLearning, type LiveLearning } from "../../workspace/live-learning";
import type { Session } from "../../workspace/session";
import { learnForWindow } from "./learn";

/** Retrains while the user annotates, unless that is switched off or an earlier version is in use. */
export function startLiveLearning(session: Session): LiveLearning {
  const isOn = () =>
    session.ignoringDiskFaults(() => {
      const store = session.openOrNull()?.library.store;
      return (
        store !== undefined &&
        settingsOf(store).liveLearning &&
        isLatest(store) &&
        !session.library().isPackMissing &&
        !isUpgrading(session)
      );
    }) ?? false;
  return createLiveLearning({
    isOn,
    ready: warmUpFitWorker,
    learn: (enough) =>
      session.ignoringDiskFaults(() => {
        const running = session.jobs
          .list()
          .filter(
            ({ kind, state }) =>
              (kind === "retrain" || kind === "learn") && (state === "running" || state === "paused"),
          );
        if (running.some(({ kind }) => kind === "retrain" || !enough)) return null;
        // these have labelled the photos on screen; the new run labels the rest
        for (const { job } of running) session.jobs.cancel(job);
        if (!needsFit(session.library().store)) return Promise.resolve();
        return new Promise<void>((resolve) => {
          session.start("learn", null, async (library, job) => {
            try {
              return await learnForWindow(session, library, job, resolve);
            } finally {
              resolve();
            }
          });
        });
      }),
  });
}

/** Whether photos are being relabelled with a better pack. */
export const isUpgrading = ({ jobs }: Session): boolean =>
  jobs.list().some(({ kind, state }) => kind === "upgrade" && (state === "running" || state === "paused"));
