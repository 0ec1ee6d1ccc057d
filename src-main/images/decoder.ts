/**
 * A decoder: the process that decodes images for the engine, one at a time, in the order they were sent. An image that
 * crashes it, hangs it or uses too much memory harms nothing else. It ends together with its engine.
 */
import { Refusal, type RefusalCode } from "../../src-shared/refusal";
import { startWorker } from "../base/worker";
import { decodeTasks } from "./decode-tasks";
import type { FromDecoder, ToDecoder } from "./decoder-messages";
import type { DecoderStatus } from "./decoder-watch";

if (!process.send) throw new Error("decoder.js is started by the engine; don't run it directly");
// Exiting normally would wait for the current image.
process.once("disconnect", () => process.kill(process.pid, "SIGKILL"));
process.on("SIGINT", () => {}); // Ctrl-C reaches every process of a terminal; let the engine decide

const busy = new Int32Array(new SharedArrayBuffer(4));
startWorker("decoder-watch", { busy, maxBytes: Number(process.argv[2]), parent: process.ppid } satisfies DecoderStatus);
const setBusy = (is: boolean) => {
  Atomics.store(busy, 0, is ? 1 : 0);
  Atomics.notify(busy, 0);
};

let before = Promise.resolve();
process.on("message", (task: ToDecoder) => {
  before = before.then(() => answer(task));
});
post({ ready: true });

async function answer({ name, args }: ToDecoder): Promise<void> {
  setBusy(true);
  const outcome = await outcomeOf(name, args);
  setBusy(false);
  post({ ...outcome, peak: process.resourceUsage().maxRSS * 1024 });
}

async function outcomeOf(
  name: ToDecoder["name"],
  args: unknown[],
): Promise<{ value: unknown } | { refusal: { code: RefusalCode; message: string } } | { fault: string }> {
  try {
    return { value: await (decodeTasks[name] as (...args: unknown[]) => Promise<unknown>)(...args) };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: { code: error.code, message: error.message } };
    return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function post(message: FromDecoder): void {
  if (process.connected) process.send?.(message);
}
