/** Review: uncertain photos, label errors, near-duplicates, and what retraining changed. */
export const review = {
  "review.queue": "Most uncertain",
  "review.mislabels": "Label errors",
  "review.duplicates": "Near-duplicates",
  "review.changed": "Changed labels",

  "review.doubtful": "“{label}” ({confidence})",
  "review.noConfidentLabel": "No confident label. What does it show?",
  "review.between": "Between {labels}.",
  "review.uncertain": "Uncertain: {labels}.",
  "review.queueHint": "Most informative photos first. A few verdicts here improve many labels.",
  "review.next": "Next photo",
  "review.queueEmpty": "No uncertain photos left",

  "review.wrong": "Labelled <strong>{given}</strong>, but looks like <strong>{suggested}</strong>.",
  "review.takeSuggested": "Change to “{label}”",
  "review.mislabelsHint":
    "Accepted labels that don’t fit the other photos with that label. Nothing changes until you decide.",

  "review.findingDuplicates": "Finding near-duplicates…",
  "review.oneOfDuplicates": "One of {count, number} near-duplicates.",
  "review.oneOfBurst": "One of {count, number} taken within seconds.",
  "review.best": "Best shot: {reason}.",
  "review.groups": "{count, plural, one {# group} other {# groups}}, best shot first.",
  "review.selectGroup": "Select group",
  "review.selectOthers": "Select all but the best",
  "review.applyToGroup":
    "{verdicts, plural, =0 {Apply labels to group} one {Apply labels to group (# verdict)} other {Apply labels to group (# verdicts)}}",
  "review.applyToAll": "Apply labels to all groups…",
  "review.findDuplicates": "Find near-duplicates",
  "review.alreadyApplied": "The group already has these verdicts",
  "review.applied":
    "Applied {verdicts, plural, one {# verdict} other {# verdicts}} to {photos, plural, one {# photo} other {# photos}}",

  "changes.before": "Before:",
  "changes.now": "Now:",
  "changes.version": "{version}:",
  "changes.noLabel": "no label",
  "changes.compared":
    "{compared, plural, one {# photo} other {# photos}} compared; {changed, number} with a different top label. Largest differences first.",
  "changes.hint":
    "Photos with a new top label after retraining, largest changes first. Accept or reject labels to correct it.",
  "changes.versions": "Versions",
} as const;
