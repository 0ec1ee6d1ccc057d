/** Hints that are shown once, and the sample library. */
export const firstHour = {
  "samples.delete": "Delete the sample library",
  "samples.deleteTitle": "Delete the sample library?",
  "samples.deleteSummary":
    "{verdicts, plural, =0 {Its photos and labels are deleted} one {Its photos, labels and your verdict are deleted} other {Its photos, labels and your # verdicts are deleted}} from this computer. You can try the sample photos again at any time.",
  "samples.deleted": "Sample library deleted",

  "hint.dismiss": "Got it",
  "hint.verdicts":
    "Press <key>1</key> to <key>9</key> to accept a label, <key>X</key> to reject the highlighted one, <key>T</key> to type your own. Semblance learns from each.",
  "hint.search":
    "Search knows words, not file names: try “boat at sunset”, add <key>name:</key> for file names, or press <key>F</key> for filters.",
  "hint.measured":
    "You’ve given 20 verdicts. See how accurate the labels are now: <strong>Evaluation</strong>, key <key>E</key>.",
} as const;
