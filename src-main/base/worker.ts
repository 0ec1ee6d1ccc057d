import { existsSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { Refusal } from "../../src-shared/refusal";
import { programFolder } from "./program-folder";

/**
 * Starts one of the program's own threads, built beside it.
 * @param name of its file without `.js` @param workerData is copied, or shared where it is shared memory
 * @throws Refusal `not-built` where the file is missing: a program that is being built anew while it runs has none for
 *   a moment
 */
export function startWorker(
  name: "decoder-watch" | "duplicates-worker" | "fit-worker" | "hash-worker" | "map-worker" | "words-worker",
  workerData: unknown,
): Worker {
  const file = join(programFolder(), "out", "main", `${name}.js`);
  if (!existsSync(file))
    throw new Refusal(
      "not-built",
      `The program is not whole: ${file} is missing. npm run build makes it; installed programs have to be installed again.`,
    );
  return new Worker(file, { workerData });
}
