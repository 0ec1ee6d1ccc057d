/** The welcome screen and the window's own folder chooser. */
export const welcome = {
  "welcome.promise": "Search and label your photos with any word.",
  "welcome.privacy": "Learns from your corrections. Nothing leaves this computer.",
  "welcome.openFolder": "Open folder",
  "welcome.trySamples": "Try sample photos",
  "welcome.opening": "Opening {name}…",
  "welcome.drop": "or drop a folder anywhere in this window",
  "welcome.openCopy": "Open a library from another computer…",
  "welcome.version": "Version {version}",
  "welcome.about": "About and licences",
  "welcome.starting": "Starting…",

  "recent.title": "Recent",
  "recent.opened": "Opened {time}",
  "recent.locateHint": "Choose where the folder is now to get its labels and verdicts back",
  "recent.missing": "Missing · Locate…",
  "recent.remove": "Remove {name} from recent libraries",

  "chooser.openFolder": "Open folder",
  "chooser.chooseDataset": "Choose dataset",
  "chooser.path": "Folder path",
  "chooser.parents": "Parent folders",
  "chooser.folders": "Folders",
  "chooser.up": "Up to {folder}",
  "chooser.empty": "No subfolders",
  "chooser.photos": "{count, plural, one {# photo} other {# photos}} directly in this folder",
  "chooser.noPhotos": "No photos directly in this folder; subfolders are included",
} as const;
