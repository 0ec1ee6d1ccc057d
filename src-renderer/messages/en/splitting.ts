/** The train, validation and test split. */
import { joined } from "../joined";

export const splitting = {
  "split.title": "Split into train, validation and test",
  "split.summary":
    "Balances labels across the splits. Near-duplicates and bursts stay together, so that nothing leaks from train into test.",
  "split.train": "Train",
  "split.validation": "Validation",
  "split.test": "Test",
  "split.unassigned": "Unassigned",

  "split.madeOn": "Split made on {date}",
  "split.show": "Show {count, plural, one {# photo} other {# photos}} in {split}",
  "split.showUnassigned": "Show {count, plural, one {# unassigned photo} other {# unassigned photos}}",
  "split.unassignedHint": joined(
    "New photos join a split the next time you find near-duplicates: the split of their ",
    "near-duplicates, or one picked at random. Other photos stay in theirs.",
  ),
  "split.leaky": joined(
    "{count, plural, one {# group of near-duplicates leaks} other {# groups of near-duplicates ",
    "leak}} from one split into another since photos were added. Split again to fix this.",
  ),

  "split.comparing": "Comparing photos…",
  "split.comparingProgress": "Comparing photos: {done, number} of {total, number}…",
  "split.neverCompared": "Find near-duplicates first. Otherwise a photo could be in train and its copy in test.",
  "split.outdated":
    "Photos have changed since near-duplicates were found. Find them again, or a photo could be in train and its copy in test.",
  "split.findDuplicates": "Find near-duplicates",

  "split.new": "New split",
  "split.proportions": "Proportions",
  "split.seed": "Seed",
  "split.seedHint": "The same seed gives the same photos the same split.",
  "split.scaled": "These add up to {sum}% and are scaled to 100%.",
  "split.outcome":
    "<strong>{train, number}</strong> train, <strong>{validation, number}</strong> validation, <strong>{test, number}</strong> test.",
  "split.grouped": joined(
    "{groups, plural, =0 {No near-duplicates.} one {# group of near-duplicates ({photos, plural, one ",
    "{# photo} other {# photos}}) stays together.} other {# groups of near-duplicates ({photos, ",
    "plural, one {# photo} other {# photos}}) stay together.}}",
  ),
  "split.moved": joined(
    "{count, plural, =0 {No photo changes split.} one {# photo moves to another split. You can undo ",
    "this.} other {# photos move to another split. You can undo this.}}",
  ),
  "split.invalid": "Enter 0 to 100% for each split, and more than 0 for at least one.",

  "split.remove": "Remove split",
  "split.split": "Split",
  "split.splitAgain": "Split again",
  "split.splitting": "Splitting…",
  "split.made": "Split into {train, number} train, {validation, number} validation, {test, number} test",
  "split.removed": "Removed the split",
} as const;
