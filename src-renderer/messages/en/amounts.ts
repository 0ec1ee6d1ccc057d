/** Confidences, times and versions. */
export const amounts = {
  "confidence.atLeast": "at least {percent}",
  "time.hoursLeft": "{hours} h {minutes} min left",
  "time.minutesLeft": "{minutes} min left",
  "time.secondsLeft": "{seconds} s left",
  "version.base": "Base model",
  "version.deleted": "Deleted version",
  "version.numbered": "Version {number}",
} as const;
