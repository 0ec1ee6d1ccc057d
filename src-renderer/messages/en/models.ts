/** The models on this computer, in the settings. */
export const models = {
  "models.title": "Models",
  "models.installed": "On this computer",
  "models.available": "Available to download",
  "models.networkHint":
    "Downloading connects to {host} and sends nothing about you or your photos. Nothing else in Semblance opens a connection to another computer.",

  "models.elsewhere": "This library uses {title}, which lies in another folder or is no longer on this computer.",

  "models.classes": "{count, plural, one {# class} other {# classes}}",
  "models.scenes": "{count, plural, one {# scene} other {# scenes}}",
  "models.detectors": "detects {names}",
  "models.noDetectors": "detects no objects or faces",
  "models.textTower": "understands sentences",

  "models.inUse": "In use",
  "models.usedBy": "Used by {count, plural, one {{names}} other {# other libraries: {names}}}",
  "models.speed": "{milliseconds} ms a photo on this computer",
  "models.notMeasured": "Speed not measured",
  "models.measure": "Measure",
  "models.measureAgain": "Measure again",
  "models.measureModel": "Measure {title}",
  "models.measuring": "Running on ten pictures…",

  "models.use": "Use for this library…",
  "models.useModel": "Use {title} for this library",
  "models.useNow": "Use this model",
  "models.useHint":
    "{count, plural, =0 {This model has already analysed all photos here.} one {# photo is analysed again.} other {# photos are analysed again.}}",
  "models.underAMinute": "That takes less than a minute.",
  "models.minutes": "That takes about {count, plural, one {# minute} other {# minutes}}.",
  "models.hours": "That takes about {hours} hours.",
  "models.unknownTime": "Measure the model to see how long that takes.",
  "models.useKeeps":
    "Your verdicts, your own labels and saved searches stay, photos keep their labels until all are done, and you can go back.",
  "models.switching": "Analysing photos: {done, number} of {total, number}",
  "models.switchingSoon": "Relabelling…",

  "models.removeAsk": "Remove…",
  "models.removeModel": "Remove {title}",
  "models.remove": "Remove",
  "models.removeHint": "Deletes the model from this computer and frees {size}.",

  "models.download": "Download {size}",
  "models.downloadOf": "Download {title}",
  "models.downloading": "Downloading {title}",
  "models.cancelDownload": "Cancel downloading {title}",
  "models.progress": "{done} of {total} · {rate}/s ·",
  "models.checking": "Checking…",
  "models.partly": "{done} of {total} are already here.",
  "models.continue": "Continue",
  "models.continueOf": "Continue downloading {title}",
  "models.discard": "Discard",
  "models.discardOf": "Discard what was downloaded of {title}",
} as const;
