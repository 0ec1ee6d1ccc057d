import { parentPort } from "node:worker_threads";
import { hashFile, type HashRequest } from "./file-hash";

/** Reads files away from the thread that answers windows. Started by `look-in-threads` only. */
parentPort!.on("message", (files: HashRequest[]) => parentPort!.postMessage(files.map(hashFile)));
