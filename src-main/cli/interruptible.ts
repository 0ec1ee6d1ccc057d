import { Refusal } from "../../src-shared/refusal";

/**
 * Does work that Ctrl-C cancels; a second Ctrl-C ends the program at once.
 * @param sentence what is left of the work then
 * @throws what the work throws; the signal's reason is a Refusal `cancelled`
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  sentence = "Cancelled. What was done so far is kept.",
): Promise<T> {
  const abort = new AbortController();
  const interrupt = () => abort.abort(new Refusal("cancelled", sentence));
  process.once("SIGINT", interrupt);
  try {
    return await work(abort.signal);
  } finally {
    process.off("SIGINT", interrupt);
  }
}
