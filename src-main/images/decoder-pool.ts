import { type ChildProcess, fork } from "node:child_process";
import type { Socket } from "node:net";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Refusal } from "../../src-shared/refusal";
import { nodeBinary } from "../base/node-binary";
import { programFolder } from "../base/program-folder";
import { decoderCrashed, tooMuchMemory, tooSlow } from "./decode-failure";
import { MAX_DECODER_BYTES } from "./decode-limits";
import type { DecodeTasks } from "./decode-tasks";
import { type Answer, type FromDecoder, OUT_OF_MEMORY, type ToDecoder } from "./decoder-messages";

/**
 * The processes that read pictures. They are started when they are needed, end when there was nothing to do for a
 * while, and never outlive this process.
 */
export interface DecoderPool {
  /**
   * @param seconds the picture may take, on its own @param prompt it is next, and behind no other picture: somebody
   *   waits for it
   * @throws Refusal what the task itself throws, `decoder-died` where it ended two decoders, `too-slow` where it hung
   *   one, `too-large` where it took too much memory
   * @throws Error where no decoder starts
   */
  run<N extends keyof DecodeTasks>(
    name: N,
    args: Parameters<DecodeTasks[N]>,
    limits: { seconds: number; prompt: boolean },
  ): ReturnType<DecodeTasks[N]>;
  /**
   * The processes that are ready, how many a picture ended so far, and the most that one which answered ever held, in
   * bytes.
   */
  state(): { pids: number[]; ended: number; peak: number };
}

/** A decoder has one picture at work and the next at hand: it needn't wait for an engine that is busy itself. */
const TASKS_PER_DECODER = 2;
/**
 * A decoder tells by itself that a picture takes too long. One that doesn't hangs, and is ended so much later, in
 * milliseconds.
 */
const GRACE_MS = 2000;
/** A picture that ended so many decoders is a failure; the first may have been killed for something else. */
const MAX_CRASHES = 2;
/** So many in a row that end before they are ready: none will ever start. */
const MAX_FAILED_STARTS = 3;
/** A decoder that has nothing to do waits so long for the next picture. */
const IDLE_MS = 5 * 60_000;
/** Of V8, in megabytes; pixels lie outside it. */
const HEAP_MB = 512;
/** Of what a decoder says before it ends so much is kept, in characters. */
const MAX_STDERR_CHARS = 4000;

interface Task extends ToDecoder {
  seconds: number;
  prompt: boolean;
  /** Decoders that it ended. */
  crashes: number;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

interface Decoder {
  child: ChildProcess;
  /** The first is at work. */
  tasks: Task[];
  ready: boolean;
  /** Why it was told to end; null while it was not. */
  ended: "too-slow" | "retired" | null;
  words: string;
  timer: NodeJS.Timeout | undefined;
}

/** @param mostMemory of each process, in bytes */
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
    const child = fork(join(programFolder(), "out", "main", "decoder.js"), [String(maxBytes)], {
      execPath: nodeBinary(),
      execArgv: [`--max-old-space-size=${HEAP_MB}`],
      serialization: "advanced",
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
    // one that can't be told any more has ended, and that is told below
    decoder.child.send({ name: task.name, args: task.args } satisfies ToDecoder, () => undefined);
  }

  function onReady(decoder: Decoder): void {
    decoder.ready = true;
    failedStarts = 0;
    if (decoder.tasks.length > 0) startTimeout(decoder); // starting was not the picture's time
  }

  /** Looks to it that the picture at work comes to an end; without one the decoder keeps no program from ending. */
  function startTimeout(decoder: Decoder): void {
    const [task] = decoder.tasks;
    clearTimeout(decoder.timer);
    setReferenced(decoder, task !== undefined);
    if (task === undefined) decoder.timer = setTimeout(() => end(decoder, "retired"), IDLE_MS).unref();
    // In two steps: an engine that was busy itself must read its post before it takes a decoder for hung.
    else
      decoder.timer = setTimeout(
        () => {
          decoder.timer = setTimeout(() => end(decoder, "too-slow"), GRACE_MS / 2);
        },
        task.seconds * 1000 + GRACE_MS / 2,
      );
  }

  function settle(decoder: Decoder, answer: Answer): void {
    if (decoder.ended !== null) return; // its tasks are others' already
    const task = decoder.tasks.shift()!;
    decoder.words = "";
    peak = Math.max(peak, answer.peak);
    if ("value" in answer) task.resolve(answer.value);
    else if ("refusal" in answer) task.reject(new Refusal(answer.refusal.code, answer.refusal.message));
    else task.reject(new Error(`a decoder failed: ${answer.fault}`));
    const mayStillBeAtIt = "refusal" in answer && answer.refusal.code === "too-slow";
    // One that grew large does not give all of it back, and the next picture would be blamed for it.
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

  /** What becomes of the pictures of a decoder that ended: the first of them is to blame. */
  function onExit(decoder: Decoder, how: string): void {
    clearTimeout(decoder.timer);
    decoders.delete(decoder);
    const { tasks, ready, words } = decoder;
    if (!ready && tasks.length > 0 && ++failedStarts >= MAX_FAILED_STARTS) {
      failedStarts = 0;
      const why = /^\w*Error\b.*/m.exec(words)?.[0] ?? how;
      for (const task of [...tasks, ...waiting.splice(0)]) task.reject(new Error(`no decoder starts: ${why}`));
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

/** Whether this process goes on for a decoder. */
function setReferenced({ child }: Decoder, on: boolean): void {
  for (const handle of [child, child.channel, child.stderr as Socket]) {
    if (on) handle?.ref();
    else handle?.unref();
  }
}
