import type { DecodeTasks } from "./decode-tasks";

/** What the engine and a decoder say to each other; answers come in the order of the tasks. */
export interface ToDecoder {
  name: keyof DecodeTasks;
  args: unknown[];
}

export type FromDecoder = { ready: true } | Answer;
/** @property peak the most that the decoder ever held, in bytes @property fault of the program, not of the picture */
export type Answer = { peak: number } & (
  { value: unknown } | { refusal: { code: string; message: string } } | { fault: string }
);

/** Said by a decoder that ends itself because a picture takes too much. V8 uses the same words for its own heap. */
export const OUT_OF_MEMORY = "out of memory";
