import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Refusal } from "../../src-shared/refusal";
import { forkProgram } from "../base/fork-program";
import { programFolder } from "../base/program-folder";
import { decoderCrashed, tooMuchMemory, tooSlow } from "./decode-failure";
import { MAX_DECODER_BYTES } from "./decode-limits";
import type { DecodeTasks } from "./decode-tasks";
import { type Answer, type FromDecoder, OUT_OF_MEMORY, type ToDecoder } from "./decoder-messages";

/**
 * The processes that decode images. They are started on demand, end after being idle for a while, and never outlive
 * this process.
 */
export interface DecoderPool {
  /**
   * @param limits `seconds` that the image may take; `prompt` puts it before all images that nobody is waiting for
   * @throws Refusal those of the task, `decoder-died` if it crashed two decoders, `too-slow` if it hung, `too-large` if
   *   it used too much memory
   * @throws Error if no decoder can be started
   */
  run<N extends keyof DecodeTasks>(
    name: N,
    args: Parameters<DecodeTasks[N]>,
    limits: { seconds: number; prompt: boolean },
  ): ReturnType<DecodeTasks[N]>;
  /**
   * The process ids that are ready, how many decoders were lost to an image so far, and the highest memory that one
   * reported, in bytes.
   */
  state(): { pids: number[]; ended: number; peak: number };
}

/** A decoder has its next image queued while it works on one, so that it needn't wait for a busy engine. */
const TASKS_PER_DECODER = 2;
/** A decoder times out on its own. If it hangs instead, it is killed after this many more milliseconds. */
const GRACE_MS = 2000;
/** An image that crashes this many decoders has failed. The first crash may have had another cause. */
const MAX_CRASHES = 2;
/** After this many decoders in a row ended before they were ready, none will start. */
const MAX_FAILED_STARTS = 3;
/** A decoder ends after being idle for this long. */
const IDLE_MS = 5 * 60_000;
/** Limit of V8's heap in megabytes. Pixels are stored outside it. */
const HEAP_MB = 512;
/** Characters of stderr that are kept. */
const MAX_STDERR_CHARS = 4000;

interface Task extends ToDecoder {
  seconds: number;
  prompt: boolean;
  /** Number of decoders that it crashed. */
  crashes: number;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

interface Decoder {
  child: ChildProcess;
  /** The first one is being worked on. */
  tasks: Task[];
  ready: boolean;
  /** Why the pool ended it; null if it hasn't. */
  ended: "too-slow" | "retired" | null;
  words: string;
  timer: NodeJS.Timeout | undefined;
}

/** @param maxBytes memory limit of each process */
export function createDecoderPool({
  processes = availableParallelism(),
  maxBytes = MAX_DECODER_BYTES,
}: { processes?: number; maxBytes?: number } = {}): DecoderPool {
  const waiting: Task[] = [];
  const decoders = new Set<Decoder>();
  let failedStarts = 0;
  let [ended, peak] = [0, 0];

  function dispatch(): void {
    for (let task = waiting[0]; task !== undefined; task = waiting[0]) {
      const decoder = idleProcess(task);
      if (!decoder) return;
      waiting.shift();
      assign(decoder, task);
    }
  }

  function idleProcess({ prompt }: Task): Decoder | null {
    const [first] = [...decoders].filter(({ ended }) => ended === null).sort((a, b) => a.tasks.length - b.tasks.length);
    if (first?.tasks.length === 0) return first;
    if (decoders.size < processes) return start();
    return !prompt && first && first.tasks.length < TASKS_PER_DECODER ? first : null;
  }

  function start(): Decoder {
    const child = forkProgram(join(programFolder(), "out", "main", "decoder.js"), [String(maxBytes)], {
      execArgv: [`--max-old-space-size=${HEAP_MB}`],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    const decoder: Decoder = { child, tasks: [], ready: false, ended: null, words: "", timer: undefined };
    const note = (words: string) => {
      decoder.words = (decoder.words + words).slice(-MAX_STDERR_CHARS);
    };
    decoders.add(decoder);
    child.stderr!.setEncoding("utf8").on("data", note);
    child.on("error", (error) => note(error.message));
    child.on("message", (message: FromDecoder) => {
      if ("ready" in message) onReady(decoder);
      else settle(decoder, message);
    });
    child.once("close", (code, signal) => onExit(decoder, signal ?? `exit code ${code}`));
    return decoder;
  }

  function assign(decoder: Decoder, task: Task): void {
    decoder.tasks.push(task);
    if (decoder.tasks.length === 1) startTimeout(decoder);
    // if sending fails, the process has ended, and `onExit` handles that
    decoder.child.send({ name: task.name, args: task.args } satisfies ToDecoder, () => undefined);
  }

  function onReady(decoder: Decoder): void {
    decoder.ready = true;
    failedStarts = 0;
    if (decoder.tasks.length > 0) startTimeout(decoder); // the start-up time doesn't count
  }

  /** Starts the timeout of the current image. An idle decoder gets one too, and doesn't keep this process alive. */
  function startTimeout(decoder: Decoder): void {
    const [task] = decoder.tasks;
    clearTimeout(decoder.timer);
    setReferenced(decoder, task !== undefined);
    if (task === undefined) decoder.timer = setTimeout(() => end(decoder, "retired"), IDLE_MS).unref();
    // In two steps: an engine that was busy must read its messages before it concludes that a decoder hangs.
    else
      decoder.timer = setTimeout(
        () => {
          decoder.timer = setTimeout(() => end(decoder, "too-slow"), GRACE_MS / 2);
        },
        task.seconds * 1000 + GRACE_MS / 2,
      );
  }

  function settle(decoder: Decoder, answer: Answer): void {
    if (decoder.ended !== null) return; // its tasks have been passed on
    const task = decoder.tasks.shift()!;
    decoder.words = "";
    peak = Math.max(peak, answer.peak);
    if ("value" in answer) task.resolve(answer.value);
    else if ("refusal" in answer) task.reject(new Refusal(answer.refusal.code, answer.refusal.message));
    else task.reject(new Error(`the decoder failed: ${answer.fault}`));
    const mayStillBeAtIt = "refusal" in answer && answer.refusal.code === "too-slow";
    // A process that has grown doesn't return all of the memory, and the next image would get the blame.
    if (mayStillBeAtIt || answer.peak > maxBytes / 2) retire(decoder);
    else startTimeout(decoder);
    dispatch();
  }

  function retire(decoder: Decoder): void {
    waiting.unshift(...decoder.tasks.splice(0));
    end(decoder, "retired");
  }

  function end(decoder: Decoder, why: "too-slow" | "retired"): void {
    clearTimeout(decoder.timer);
    decoder.ended = why;
    decoder.child.kill("SIGKILL");
  }

  /** Reassigns the tasks of a decoder that ended. The first one is to blame. */
  function onExit(decoder: Decoder, how: string): void {
    clearTimeout(decoder.timer);
    decoders.delete(decoder);
    const { tasks, ready, words } = decoder;
    if (!ready && tasks.length > 0 && ++failedStarts >= MAX_FAILED_STARTS) {
      failedStarts = 0;
      const why = /^\w*Error\b.*/m.exec(words)?.[0] ?? how;
      for (const task of [...tasks, ...waiting.splice(0)]) task.reject(new Error(`can't start a decoder: ${why}`));
      return;
    }
    const [task] = tasks;
    if (ready && task) {
      ended++;
      const reason =
        decoder.ended === "too-slow"
          ? tooSlow(task.seconds)
          : words.includes(OUT_OF_MEMORY)
            ? tooMuchMemory(maxBytes)
            : ++task.crashes >= MAX_CRASHES
              ? decoderCrashed(how)
              : null;
      if (reason) tasks.shift()!.reject(reason);
    }
    waiting.unshift(...tasks);
    dispatch();
  }

  return {
    run: (name, args, { seconds, prompt }) =>
      new Promise<unknown>((resolve, reject) => {
        const task: Task = { name, args, seconds, prompt, crashes: 0, resolve, reject };
        const behind = prompt ? waiting.findIndex((other) => !other.prompt) : -1;
        waiting.splice(behind === -1 ? waiting.length : behind, 0, task);
        dispatch();
      }) as ReturnType<DecodeTasks[typeof name]>,
    state: () => ({ pids: [...decoders].filter(({ ready }) => ready).map(({ child }) => child.pid!), ended, peak }),
  };
}

/** Whether the decoder keeps this process alive. */
function setReferenced({ child }: Decoder, on: boolean): void {
  for (const handle of [child, child.channel, child.stderr as Socket]) {
    if (on) handle?.ref();
    else handle?.unref();
  }
}
