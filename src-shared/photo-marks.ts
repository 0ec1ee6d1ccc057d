/** The marks of culling: what a photographer gives a photo while choosing among many. */

export const FLAGS = ["pick", "none", "reject"] as const;
export type Flag = (typeof FLAGS)[number];

/** The colour labels of Lightroom, in its order. */
export const COLOUR_LABELS = ["red", "yellow", "green", "blue", "purple"] as const;
export type ColourLabel = (typeof COLOUR_LABELS)[number];

export const MAX_RATING = 5;
/** Longest text of a colour label, in characters. Other programs let people name them. */
export const MAX_LABEL_TEXT = 100;

export interface PhotoMarks {
  flag: Flag;
  /** Stars, 0 to 5. */
  rating: number;
  /** One of `COLOUR_LABELS`, or the text that another program wrote instead; "" for none. */
  colour: string;
}
export type Mark = keyof PhotoMarks;
export const MARKS = ["flag", "rating", "colour"] as const satisfies readonly Mark[];

export const NO_MARKS: PhotoMarks = { flag: "none", rating: 0, colour: "" };

export const isFlag = (value: unknown): value is Flag => FLAGS.includes(value as Flag);
export const isColourLabel = (value: unknown): value is ColourLabel => COLOUR_LABELS.includes(value as ColourLabel);
