import type { EngineApi } from "../../../src-shared/arguments";
import type { Session } from "../../workspace/session";

/** Long work. */
export const workingAnswers = ({
  jobs,
  disk,
  look,
}: Session): Pick<EngineApi, "jobs" | "pauseJob" | "resumeJob" | "cancelJob" | "rescan" | "tryDisk"> => ({
  jobs: async () => jobs.list(),
  pauseJob: async ({ job }) => jobs.pause(job),
  resumeJob: async ({ job }) => jobs.resume(job),
  cancelJob: async ({ job }) => jobs.cancel(job),
  tryDisk: async () => disk.tryNow(),
  rescan: async () => ({ job: look() }),
});
