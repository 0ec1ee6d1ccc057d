import { parentPort } from "node:worker_threads";
import { hashFile, type HashRequest } from "./file-hash";

/** Hashes files off the engine's main thread. Started only by hash-pool.ts. */
parentPort!.on("message", (files: HashRequest[]) => parentPort!.postMessage(files.map(hashFile)));
