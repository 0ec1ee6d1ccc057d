import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { join } from "node:path";
import { Refusal } from "../../src-shared/refusal";
import { forkProgram } from "../base/fork-program";
import { programFolder } from "../base/program-folder";
import type { FromRunner, RunnerConfig, RunnerTask } from "./runner-messages";

/**
 * The processes that run networks. They start on demand, end after a while without tasks, and never outlive this
 * process.
 */
export interface RunnerPool {
  /**
   * @param behind low priority: waits until no other task does, and others overtake it until it is queued at a runner;
   * see `MAX_TASKS_PER_RUNNER`
   * @throws Refusal from the network itself; `network-failed` if two runners ended while working on the task; `closed`
   * if the pool was closed
   */
  run(task: RunnerTask, options?: { behind?: boolean }): Promise<unknown>;
  /** Ids of the processes that are ready. */
  pids(): number[];
  /** Refuses waiting tasks, ends all processes, and resolves when they are gone. */
  close(): Promise<void>;
}

/** Tasks per runner: one being processed and one queued, so that it need not wait while the engine stores and ranks. */
const MAX_TASKS_PER_RUNNER = 2;
/** Number of runners that may end over one task before it fails. The first may have been killed for another reason. */
const MAX_CRASHES_PER_TASK = 2;
/** An idle runner ends after this time to free its memory; starting another takes less than a second. */
const IDLE_MS = 5 * 60_000;
/** Characters kept of a runner's last output. */
const MAX_STDERR_CHARACTERS = 4000;

interface Waiting {
  task: RunnerTask;
  behind: boolean;
  /** Runners that ended while working on it. */
  crashes: number;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

interface Runner {
  child: ChildProcess;
  /** The first is being processed. */
  tasks: Waiting[];
  isReady: boolean;
  words: string;
  idle: NodeJS.Timeout | undefined;
  ended: Promise<void>;
}

/** @param processes maximum number */
export function createRunnerPool(processes: number, config: RunnerConfig): RunnerPool {
  const runners = new Set<Runner>();
  const waiting: Waiting[] = [];
  let isClosed = false;

  function dispatch(): void {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const seat = idleProcess(next);
      if (!seat) return;
      waiting.shift();
      assign(seat, next);
    }
  }

  /** Low-priority tasks are queued only behind their like, so that others can overtake them. */
  function idleProcess({ behind }: Waiting): Runner | null {
    const [first] = [...runners].sort((a, b) => a.tasks.length - b.tasks.length);
    if (first?.tasks.length === 0) return first;
    if (runners.size < processes) return start();
    return first && first.tasks.length < MAX_TASKS_PER_RUNNER && (!behind || first.tasks.every((task) => task.behind))
      ? first
      : null;
  }

  function start(): Runner {
    const child = forkProgram(join(programFolder(), "out", "main", "runner.js"), [], {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    const ended = Promise.withResolvers<void>();
    const runner: Runner = { child, tasks: [], isReady: false, words: "", idle: undefined, ended: ended.promise };
    const note = (words: string) => {
      runner.words = (runner.words + words).slice(-MAX_STDERR_CHARACTERS);
    };
    runners.add(runner);
    child.stderr!.setEncoding("utf8").on("data", note);
    child.on("error", (error) => note(error.message));
    child.on("message", (message: FromRunner) => {
      if ("ready" in message) runner.isReady = true;
      else settle(runner, message);
    });
    child.once("close", (code, signal) => {
      onExit(runner, signal ?? `exit code ${code}`);
      ended.resolve();
    });
    child.send(config, () => undefined); // if it fails, the runner has ended, which the exit handler deals with
    return runner;
  }

  function assign(runner: Runner, task: Waiting): void {
    clearTimeout(runner.idle);
    setReferenced(runner, true);
    runner.tasks.push(task);
    runner.child.send(task.task, () => undefined);
  }

  function settle(runner: Runner, answer: Exclude<FromRunner, { ready: true }>): void {
    const task = runner.tasks.shift();
    runner.words = "";
    if (runner.tasks.length === 0) {
      setReferenced(runner, false);
      runner.idle = setTimeout(() => end(runner), IDLE_MS).unref();
    }
    if ("value" in answer) task?.resolve(answer.value);
    else if ("refusal" in answer) task?.reject(new Refusal(answer.refusal.code, answer.refusal.message));
    else task?.reject(new Error(`a network failed: ${answer.fault}`));
    dispatch();
  }

  function onExit(runner: Runner, how: string): void {
    clearTimeout(runner.idle);
    runners.delete(runner);
    const { tasks, words } = runner;
    if (isClosed) {
      for (const { reject } of tasks) reject(closed());
      return;
    }
    const [atWork] = tasks;
    if (atWork !== undefined && ++atWork.crashes >= MAX_CRASHES_PER_TASK) {
      const why = /^\w*Error\b.*/m.exec(words)?.[0] ?? how;
      tasks.shift();
      atWork.reject(
        new Refusal(
          "network-failed",
          `The process that runs the model pack’s networks ended twice (${why}). Free some memory and scan the folder again.`,
        ),
      );
    }
    waiting.unshift(...tasks);
    dispatch();
  }

  return {
    run: (task, { behind = false } = {}) =>
      new Promise((resolve, reject) => {
        if (isClosed) throw closed();
        const at = behind ? -1 : waiting.findIndex((other) => other.behind);
        waiting.splice(at === -1 ? waiting.length : at, 0, { task, behind, crashes: 0, resolve, reject });
        dispatch();
      }),
    pids: () => [...runners].filter(({ isReady }) => isReady).map(({ child }) => child.pid!),
    async close() {
      isClosed = true;
      for (const { reject } of waiting.splice(0)) reject(closed());
      await Promise.all(
        [...runners].map((runner) => {
          setReferenced(runner, true); // keeps this process alive until the runner has ended
          end(runner);
          return runner.ended;
        }),
      );
    },
  };
}

function end({ child }: Runner): void {
  child.kill("SIGKILL");
}

const closed = () => new Refusal("closed", "The library was closed while its networks were running.");

/** Sets whether a runner keeps this process alive. */
function setReferenced({ child }: Runner, on: boolean): void {
  for (const handle of [child, child.channel, child.stderr as Socket]) {
    if (on) handle?.ref();
    else handle?.unref();
  }
}
