import type { EngineApi } from "../calls";
import type { Session } from "../session";

/** Long work. */
export const workingAnswers = ({ jobs, look }: Session): Pick<EngineApi, "jobs" | "pauseJob" | "resumeJob" | "cancelJob" | "rescan"> => ({
  jobs: async () => jobs.list(),
  pauseJob: async ({ job }) => jobs.pause(job),
  resumeJob: async ({ job }) => jobs.resume(job),
  cancelJob: async ({ job }) => jobs.cancel(job),
  rescan: async () => ({ job: look() }),
});
