import { existsSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { Refusal } from "../../src-shared/refusal";
import { programFolder } from "./program-folder";

/**
 * Starts one of the program's worker threads.
 * @param name       of the built file, without `.js`
 * @param workerData is copied; shared memory is shared
 * @throws Refusal `not-built` if the file is missing, as it is for a moment while the program is rebuilt
 */
export function startWorker(
  name: "decoder-watch" | "duplicates-worker" | "fit-worker" | "hash-worker" | "map-worker" | "words-worker",
  workerData: unknown,
): Worker {
  const file = join(programFolder(), "out", "main", `${name}.js`);
  if (!existsSync(file))
    throw new Refusal("not-built", `${file} is missing. Run npm run build, or reinstall Semblance.`);
  return new Worker(file, { workerData });
}
