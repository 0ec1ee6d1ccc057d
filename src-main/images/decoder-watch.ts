/**
 * The thread that watches a decoder, even while an image blocks all other threads. It ends the process if it uses too
 * much memory or the engine is gone.
 */
import { writeSync } from "node:fs";
import { workerData } from "node:worker_threads";
import { OUT_OF_MEMORY } from "./decoder-messages";

export interface DecoderStatus {
  /** `[1]`, shared: 1 while an image is being worked on. */
  busy: Int32Array;
  /** Bytes */
  maxBytes: number;
  /** Process id of the engine. */
  parent: number;
}

/** Interval between checks while an image is being worked on, in milliseconds. */
const POLL_MS = 50;

const { busy, maxBytes, parent } = workerData as DecoderStatus;
for (;;) {
  Atomics.wait(busy, 0, 0);
  if (process.memoryUsage.rss() > maxBytes) {
    writeSync(2, `\n${OUT_OF_MEMORY}\n`);
    end();
  }
  if (process.ppid !== parent) end(); // while an image hangs, nothing else notices that the channel is closed
  Atomics.wait(busy, 0, 1, POLL_MS);
}

function end(): void {
  process.kill(process.pid, "SIGKILL");
}
