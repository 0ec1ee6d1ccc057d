/** The parts of a split, in the order they are spoken of. */
export const PARTS = ["train", "validation", "test"] as const;
export type Part = (typeof PARTS)[number];
