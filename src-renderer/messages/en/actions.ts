/** Buttons that mean the same wherever they stand. */
export const actions = {
  "action.backToPhotos": "Back to photos",
  "action.cancel": "Cancel",
  "action.clear": "Clear",
  "action.close": "Close",
  "action.delete": "Delete",
  "action.dismiss": "Dismiss",
  "action.pause": "Pause",
  "action.redo": "Redo",
  "action.rename": "Rename…",
  "action.resume": "Resume",
  "action.showAllPhotos": "Show all photos",
  "action.tryAgain": "Try again",
  "action.undo": "Undo",
} as const;
