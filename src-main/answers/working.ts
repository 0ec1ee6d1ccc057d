import type { EngineApi } from "../calls";
import { exportLabels } from "../labelling/export-labels";
import type { Session } from "../session";

/** Long work, and what is written for others to read. */
export const workingAnswers = ({ bench, jobs, disk, look }: Session): Pick<EngineApi, "exportCsv" | "jobs" | "pauseJob" | "resumeJob" | "cancelJob" | "rescan" | "tryDisk"> => ({
  exportCsv: (query) => exportLabels(bench(), jobs, query),
  jobs: async () => jobs.list(),
  pauseJob: async ({ job }) => jobs.pause(job),
  resumeJob: async ({ job }) => jobs.resume(job),
  cancelJob: async ({ job }) => jobs.cancel(job),
  tryDisk: async () => disk.tryNow(),
  rescan: async () => ({ job: look() }),
});
