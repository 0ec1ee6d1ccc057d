/**
 * The thread that watches over a decoder, also while its picture keeps all its other threads busy: it ends a decoder
 * that takes too much memory, or whose engine is gone.
 */
import { writeSync } from "node:fs";
import { workerData } from "node:worker_threads";
import { OUT_OF_MEMORY } from "./decoder-messages";

export interface DecoderStatus {
  /** `[1]` shared: 1 while there is a picture at work. */
  busy: Int32Array;
  /** Bytes */
  maxBytes: number;
  /** Process id of the engine. */
  parent: number;
}

/** Between two looks while a picture is at work, in milliseconds. */
const POLL_MS = 50;

const { busy, maxBytes, parent } = workerData as DecoderStatus;
for (;;) {
  Atomics.wait(busy, 0, 0);
  if (process.memoryUsage.rss() > maxBytes) {
    writeSync(2, `\n${OUT_OF_MEMORY}\n`);
    end();
  }
  if (process.ppid !== parent) end(); // where a picture hangs, nothing else takes note of the closed channel
  Atomics.wait(busy, 0, 1, POLL_MS);
}

function end(): void {
  process.kill(process.pid, "SIGKILL");
}
