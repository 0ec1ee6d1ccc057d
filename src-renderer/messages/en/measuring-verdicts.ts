/** How good the labels are on the library's own verdicts. */
export const measuringVerdicts = {
  "verdictScores.title": "How accurate are the labels?",
  "verdictScores.about":
    "Measured on your verdicts: each photo is labelled by what Semblance learned from the others. Your labels don’t change.",
  "verdictScores.first": "First label is right",
  "verdictScores.firstHint": "{n, plural, one {# photo} other {# photos}} with an accepted label",
  "verdictScores.precision": "Mean average precision",
  "verdictScores.precisionHint": "over {n, plural, one {# label} other {# labels}} with three verdicts or more",
  "verdictScores.calibration": "Calibration error",
  "verdictScores.calibrationHint":
    "{n, plural, one {# prediction} other {# predictions}}; the lower, the better confidences match reality",
  "verdictScores.interval": "{low} to {high}",
  "verdictScores.intervalNote": "Ranges are 95% bootstrap intervals.",
  "verdictScores.noFigure": "–",
  "verdictScores.noPrecision": "needs a label with right and wrong photos",
  "verdictScores.labels": "Labels by number of errors",
  "verdictScores.label": "Label",
  "verdictScores.right": "Right",
  "verdictScores.wrong": "Wrong",
  "verdictScores.missed": "Missed",
  "verdictScores.allLabels": "Show all {count, number} labels",
  "verdictScores.note":
    "{verdicts, plural, one {# verdict} other {# verdicts}} on {photos, plural, one {# photo} other {# photos}}, {pack}, {time}.",
  "verdictScores.leftOut":
    "{count, plural, one {# photo with a verdict was} other {# photos with verdicts were}} left out.",
  "verdictScores.few": "{needed, plural, one {# more photo} other {# more photos}} to go",
  "verdictScores.fewHint":
    "{judged, plural, =0 {No photo has} one {# photo has} other {# photos have}} an accepted label so far. Figures appear here once {total, number} have one. The most uncertain photos teach Semblance most.",
  "verdictScores.review": "Review uncertain photos",
  "verdictScores.starting": "Measuring on your verdicts. You can keep working.",
  "verdictScores.running": "Measuring on your verdicts: {step}. You can keep working.",
  "verdictScores.failed": "Couldn’t measure on your verdicts: {reason}",
  "verdictScores.outdated": "Verdicts or labels have changed since.",
  "verdictScores.again": "Measure again",
  "evaluation.onDataset": "On a dataset",
} as const;
