import { parentPort } from "node:worker_threads";
import { type FileToLookAt, lookAtFile } from "./look-at-file";

/** Reads files away from the thread that answers windows. Started by `look-in-threads` only. */
parentPort!.on("message", (files: FileToLookAt[]) => parentPort!.postMessage(files.map(lookAtFile)));
