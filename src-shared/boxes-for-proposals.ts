/** Accepted boxes that a label needs before other boxes are proposed for it. */
export const BOXES_FOR_PROPOSALS = 10;
