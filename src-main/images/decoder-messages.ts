import type { RefusalCode } from "../../src-shared/refusal";
import type { DecodeTasks } from "./decode-tasks";

/** Messages between the engine and a decoder. Answers come in the order of the tasks. */
export interface ToDecoder {
  name: keyof DecodeTasks;
  args: unknown[];
}

export type FromDecoder = { ready: true } | Answer;
/**
 * @property peak the decoder's peak memory so far, in bytes
 * @property fault an error in the program, not in the image
 */
export type Answer = { peak: number } & (
  | { value: unknown }
  | { refusal: { code: RefusalCode; message: string } }
  | { fault: string }
);

/**
 * Written by a decoder that ends itself because an image uses too much memory. V8 writes the same about its own heap.
 */
export const OUT_OF_MEMORY = "out of memory";
