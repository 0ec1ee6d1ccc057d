/** Dialogs that are too small for a separate file. */
import { joined } from "../joined";

export const dialogs = {
  "about.title": "About Semblance",
  "about.summary":
    "Labels your photos with words, including words no model was trained on. Your photos never leave this computer.",
  "about.backends": "Compute backends",
  "about.licences": "Licences",
  "about.package": "Package",
  "about.version": "Version",
  "about.licence": "Licence",

  "copy.title": "Copy library to another computer",
  "copy.summary":
    "Saves your verdicts, labels, saved searches and models in one file, for a computer with the same photos. The photos aren’t included.",
  "copy.copy": "Copy",
  "copy.copying": "Copying…",
  "copy.done": "Library with <strong>{count, plural, one {# verdict} other {# verdicts}}</strong> copied to",
  "copy.next": "On the other computer, choose “Open a library from another computer” on the welcome screen.",

  "openCopy.title": "Open a library from another computer",
  "openCopy.summary":
    "Brings its verdicts, labels, saved searches and models to a folder on this computer with the same photos.",
  "openCopy.file": "Library file",
  "openCopy.filePlaceholder": "/path/to/Pictures.semblance",
  "openCopy.folder": "Photo folder",
  "openCopy.folderHint": "Photos are matched by content: their names and folders can differ.",
  "openCopy.setAside": "Set existing library aside",

  "restore.title": "The library “{name}” is damaged",
  "restore.summary":
    "Your photos are safe. Semblance backs up a library each time it closes; choose a backup to restore.",
  "restore.backups": "Restore the backup from",
  "restore.noBackups": "No backups found",
  "restore.counts":
    "{verdicts, plural, one {# verdict} other {# verdicts}} · {photos, plural, one {# photo} other {# photos}}",
  "restore.empty": "Start with an empty library",
  "restore.emptyHint": "All photos are labelled from scratch",
  "restore.hint":
    "The damaged library is set aside, never deleted. Verdicts newer than the backup are recovered where possible.",
  "restore.details": "Details",
  "restore.later": "Not now",
  "restore.startEmpty": "Start empty",
  "restore.restoring": "Restoring…",
  "restore.done":
    "Restored {count, plural, one {# verdict} other {# verdicts}}{recovered, plural, =0 {} other {, # of them from the damaged library}}.",
  "restore.lost": "{count, plural, one {# newer verdict was lost.} other {# newer verdicts were lost.}}",
  "restore.lostUnknown": "Verdicts newer than the backup couldn’t be recovered.",
  "restore.aside": "The damaged library is now in {path}.",

  "savedSearch.saveTitle": "Save search",
  "savedSearch.renameTitle": "Rename saved search",
  "savedSearch.name": "Name",
  "savedSearch.nameTaken": "A saved search with this name already exists.",
  "savedSearch.hint": "A saved search shows all photos that match, including ones you add later.",
  "savedSearch.rename": "Rename",

  "shortcuts.title": "Keyboard shortcuts",
  "shortcuts.find": "Find a shortcut",
  "shortcuts.none": "No matching shortcut",

  "model.title": "Export labelling model",
  "model.summary": joined(
    "Saves an ONNX file that labels photos exactly as this library does now, with everything it has ",
    "learned from you. Runs on any machine with an ONNX runtime. Contains no photos.",
  ),
  "model.perPhoto": "Labels per photo",
  "model.upTo": "up to {count, number}",
  "model.minimumConfidence": "Minimum confidence",
  "model.asHere": "same as here",
  "model.asHereHint": "Gives the labels you see here, with the same thresholds.",
  "model.atLeastHint": "Leaves out labels below this confidence, whatever their thresholds here.",
  "model.done": "Model with <strong>{count, plural, one {# label} other {# labels}}</strong> ({megabytes} MB) saved to",
  "model.next": "Retraining doesn’t change the exported model: export it again to update it.",

  "spread.title": "Apply labels to all groups",
  "spread.summary":
    "Copies what you accepted or rejected on one photo to the rest of its group. Existing verdicts stay as they are.",
  "spread.counting": "Counting…",
  "spread.nothing": "Nothing to apply: the photos of every group already have the same verdicts.",
  "spread.outcome": joined(
    "<strong>{verdicts, plural, one {# verdict} other {# verdicts}}</strong> for {photos, plural, ",
    "one {# photo} other {# photos}} in {groups, plural, one {# group} other {# groups}}. You can undo this.",
  ),
  "spread.disputed": joined(
    "{count, plural, one {Skips # label that is} other {Skips # labels that are}} accepted on one ",
    "photo and rejected on another of the same group.",
  ),
  "spread.apply": "Apply",
  "spread.applying": "Applying…",
} as const;
