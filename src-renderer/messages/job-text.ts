import type { Job } from "../../src-shared/contract";
import { text } from "./text";

/** What a job does or did, and what it reported: "Scanning folder", "Evaluating failed: the disk is full". */
export function jobText({ kind, state, message }: Job): string {
  const doing = text(`jobs.doing.${kind}`);
  if (state === "failed") return text("jobs.failed", { job: doing, reason: message ?? text("jobs.unknownReason") });
  if (state === "cancelled") return text("jobs.cancelled", { job: doing });
  const job = state === "done" ? text(`jobs.done.${kind}`) : doing;
  return message ? text("jobs.withMessage", { job, message }) : job;
}
