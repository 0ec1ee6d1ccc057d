/** Loupe view: one photo that fills the window, or several side by side. */
export const loupe = {
  "loupe.photo": "Photo",
  "loupe.position": "{position, number} of {total, number}",
  "loupe.sideBySide": "{position, number} of {total, number} side by side",
  "loupe.zoom": "Zoom: {zoom}",
  "loupe.zoomTitle": "Fit or 100% (0)",
  "loupe.fit": "Fit",
  "loupe.percent": "{percent}%",
  "loupe.compare": "Compare side by side",
  "loupe.endComparing": "Stop comparing",
  "loupe.showFilmstrip": "Show filmstrip",
  "loupe.hideFilmstrip": "Hide filmstrip",
  "loupe.filmstrip": "Filmstrip",
  "loupe.previous": "Previous photo",
  "loupe.next": "Next photo",
  "loupe.alt": "Photo of {labels}",
  "loupe.selectToCompare": "Select 2 to {most} photos to compare",
} as const;
