/** Photos side by side in Loupe view. */
export const comparingPhotos = {
  "compare.keepWinner": "Keep this photo and reject the others",
  "compare.keepWinner.also": "winner best flag cull",
  "compare.nextCandidate": "Swap for the next photo",
  "compare.previousCandidate": "Swap for the previous photo",
  "compare.candidate.also": "candidate replace exchange",
  "compare.noCandidate": "No more photos to swap in",
  "compare.link": "Zoom together or one by one",
  "compare.linked": "Photos zoom together",
  "compare.unlinked": "Photos zoom one by one",
  "compare.link.also": "link unlink lock sync pan",
  "compare.sharpest": "Sharpest",
  "compare.sharpness": "{percent}% as sharp",
  "compare.faces": "{count, plural, one {# face} other {# faces}}",
} as const;
