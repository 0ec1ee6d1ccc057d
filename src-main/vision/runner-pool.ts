import { type ChildProcess, fork } from "node:child_process";
import type { Socket } from "node:net";
import { join } from "node:path";
import { Refusal } from "../../src-shared/refusal";
import { nodeBinary } from "../base/node-binary";
import { programFolder } from "../base/program-folder";
import type { FromRunner, RunnerConfig, RunnerTask } from "./runner-messages";

/**
 * The processes that run networks. They are started when they are needed, end when there was nothing to do for a while,
 * and never outlive this process.
 */
export interface RunnerPool {
  /**
   * @param behind it waits until no other task does; other tasks overtake it until it is at hand, see `AT_HAND`
   * @throws Refusal what the network itself throws, `network-failed` where two runners ended over it, `closed` where
   *   the pool was
   */
  run(task: RunnerTask, options?: { behind?: boolean }): Promise<unknown>;
  /** Ids of the processes that are ready. */
  pids(): number[];
  /** Refuses what waits, ends all processes, and resolves when they are gone. */
  close(): Promise<void>;
}

/** A runner has one task at work and the next at hand: it needn't wait for an engine that stores and ranks. */
const AT_HAND = 2;
/** A task that ended so many runners is a failure; the first may have been killed for something else. */
const DEATHS = 2;
/**
 * A runner that has nothing to do gives its memory back after so long: starting another one takes less than a second.
 */
const IDLE_MS = 5 * 60_000;
/** Of what a runner says before it ends so much is kept, in characters. */
const LAST_WORDS = 4000;

interface Waiting {
  task: RunnerTask;
  behind: boolean;
  /** Runners that ended over it. */
  crashes: number;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

interface Runner {
  child: ChildProcess;
  /** The first is at work. */
  tasks: Waiting[];
  isReady: boolean;
  words: string;
  idle: NodeJS.Timeout | undefined;
  ended: Promise<void>;
}

/** @param processes at most */
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

  /** What waits behind is at hand behind its like only: others may come before its turn. */
  function idleProcess({ behind }: Waiting): Runner | null {
    const [first] = [...runners].sort((a, b) => a.tasks.length - b.tasks.length);
    if (first?.tasks.length === 0) return first;
    if (runners.size < processes) return start();
    return first && first.tasks.length < AT_HAND && (!behind || first.tasks.every((task) => task.behind))
      ? first
      : null;
  }

  function start(): Runner {
    const child = fork(join(programFolder(), "out", "main", "runner.js"), [], {
      execPath: nodeBinary(),
      execArgv: [],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    const ended = Promise.withResolvers<void>();
    const runner: Runner = { child, tasks: [], isReady: false, words: "", idle: undefined, ended: ended.promise };
    const note = (words: string) => {
      runner.words = (runner.words + words).slice(-LAST_WORDS);
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
    child.send(config, () => undefined); // one that can't be told has ended, and that is told below
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
    if (atWork !== undefined && ++atWork.crashes >= DEATHS) {
      const why = /^\w*Error\b.*/m.exec(words)?.[0] ?? how;
      tasks.shift();
      atWork.reject(
        new Refusal(
          "network-failed",
          `The process that runs the model pack's networks ended twice (${why}). Free some memory and look through the folder again.`,
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
          setReferenced(runner, true); // this process waits for its end
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

const closed = () => new Refusal("closed", "The library was closed while its networks ran");

/** Whether this process goes on for a runner. */
function setReferenced({ child }: Runner, on: boolean): void {
  for (const handle of [child, child.channel, child.stderr as Socket]) {
    if (on) handle?.ref();
    else handle?.unref();
  }
}
