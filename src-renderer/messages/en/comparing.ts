/** Comparing two models on a person's verdicts, switching between them, and deleting what one computed. */
import { joined } from "../joined";

export const comparing = {
  "comparing.title": "Compare models on your verdicts",
  "comparing.hint": joined(
    "Each model learns from part of your verdicts and is scored on the rest. ",
    "Photos that a model hasn’t analysed are analysed first. Your labels don’t change.",
  ),
  "comparing.with": "Compare {title} with",
  "comparing.other": "Other model",
  "comparing.analysed": "{count, plural, one {# photo} other {# photos}} analysed, {size}",
  "comparing.notAnalysed": "No photos analysed",
  "comparing.inFolder": "In a folder…",
  "comparing.folder": "Model pack folder",
  "comparing.folderPlaceholder": "/path/to/pack",
  "comparing.start": "Compare",
  "comparing.starting": "Comparing models. You can keep working.",
  "comparing.running": "Comparing: {progress}. You can keep working.",
  "comparing.failed": "The comparison failed: {reason}",
  "comparing.notLoaded": "Couldn’t load the last comparison.",

  "comparing.table": "Scores of both models (%)",
  "comparing.measure": "Measure",
  "comparing.difference": "Difference",
  "comparing.inUse": "in use",
  "comparing.first": "First label right",
  "comparing.firstHint": "{count, plural, one {# photo} other {# photos}} with an accepted label",
  "comparing.precision": "Mean average precision",
  "comparing.precisionHint": "{count, plural, one {# label} other {# labels}} with at least three verdicts",
  "comparing.calibration": "Calibration error",
  "comparing.calibrationHint": "{count, plural, one {# prediction} other {# predictions}}; less is better",
  "comparing.interval": "{low} to {high}",
  "comparing.noScore": "–",
  "comparing.note": joined(
    "{verdicts, plural, one {# verdict} other {# verdicts}} on {photos, plural, one {# photo} other {# photos}}, ",
    "{time}. Small figures: 95% intervals; near-duplicates count once.",
  ),
  "comparing.leftOut": "{count, plural, one {# photo} other {# photos}} with verdicts couldn’t be compared.",

  "comparing.use": "Use {title}",
  "comparing.forget": "Delete its analysis ({size})",
  "comparing.forgetTitle": "Delete the analysis by {title}?",
  "comparing.forgetSummary": joined(
    "Frees {size} on your disk. Verdicts, labels and versions stay. This can’t be undone: ",
    "to use or compare {title} again, Semblance has to analyse {count, plural, one {# photo} other {# photos}} again.",
  ),
  "comparing.forgetAction": "Delete analysis",
  "comparing.forgot": "Analysis deleted, {size} freed",

  "comparing.examples": "Where they differ",
  "comparing.examplesHint": joined(
    "{count, plural, one {# photo} other {# photos}} whose first label only one model gets right. ",
    "Upper line: {a}. Lower line: {b}.",
  ),
  "comparing.right": "right",
  "comparing.wrong": "wrong",
  "comparing.noLabel": "no label",
  "comparing.predicted": "{title}: {label}, {percent}",
  "comparing.predictedNone": "{title}: no label",
  "comparing.yours": "You: {labels}",
  "comparing.moreExamples": "Show all {count, number}",
} as const;
