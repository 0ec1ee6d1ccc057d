/** The window around the photos: status bar, notices, problems, and the offer of a better model. */
import { joined } from "../joined";

export const library = {
  "library.evaluation": "Evaluation",
  "library.labels": "Labels",
  "library.versions": "Versions",
  "library.photos": "Photos",
  "library.samplePhotos": "the sample photos",

  "status.labelled": "{count, number} labelled",
  "status.unreadable": "{count, plural, one {# file can’t be read} other {# files can’t be read}}",
  "status.retraining": "Retraining…",
  "status.changed": "{count, plural, one {# photo changed label} other {# photos changed label}}",
  "status.showChanged": "Show",
  "status.modelAndLabels": "Model and label set",
  "status.labelSet": "{name}, {size, plural, one {# label} other {# labels}}",

  "notice.movedLibrary": joined(
    "This folder now uses the library of {folder}, which can’t be found. All labels and verdicts ",
    "came with it. If that folder comes back, both can have a library.",
  ),
  "notice.keepBoth": "Keep a library for both",

  "problems.title": "Problems",
  "problems.scanAgain": "Scan again",
  "problems.file": "File",
  "problems.reason": "Reason",
  "problems.topFolder": "Library folder",
  "problems.none": "All files can be read",

  "upgrade.offer":
    "{photos, plural, one {# photo was} other {# photos were}} labelled by an older model, {model}. Relabelling keeps your verdicts.",
  "upgrade.start": "Relabel with the new model",
  "upgrade.running": "Relabelling with the new model. Your verdicts are kept, and you can keep working.",
  "upgrade.done": "Relabelled with the new model.",
  "upgrade.notNow": "Not now",
} as const;
