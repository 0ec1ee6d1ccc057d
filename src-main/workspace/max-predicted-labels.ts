/** Predicted labels per photo, at most. */
export const MAX_PREDICTED_LABELS = 12;
