/** The parts of a split, in their usual order. */
export const PARTS = ["train", "validation", "test"] as const;
export type Part = (typeof PARTS)[number];
