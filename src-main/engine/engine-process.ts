import type { ChildProcess } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { join } from "node:path";
import type { EventName, Events, LibraryInfo, PhotoId, Reply } from "../../src-shared/contract";
import type { FromEngine, Picture, Question } from "../../src-shared/engine-messages";
import type { PictureSize } from "../../src-shared/picture-size";
import { Refusal } from "../../src-shared/refusal";
import { forkProgram } from "../base/fork-program";
import { outsideArchive, programFolder } from "../base/program-folder";
import { failed } from "./dispatch";

export interface Engine {
  /** Never rejects: if the engine dies, the reply is `engine-died`. */
  send(call: unknown): Promise<Reply<unknown>>;
  on<E extends EventName>(event: E, listener: (payload: Events[E]) => void): () => void;
  /** @throws Refusal `no-photo`, `engine-died`, or why the photo can't be read */
  picture(photo: PhotoId, size: PictureSize): Promise<Picture>;
  /** @throws Refusal `no-photo`, `no-export`, `engine-died` */
  pathOf(what: PhotoId | "export"): Promise<string>;
  close(): Promise<void>;
}

/** Exits within a minute after which the engine is not restarted: a photo that kills it must not do so forever. */
const MAX_RESTARTS = 3;
const RESTART_WINDOW_MS = 60_000;
/** How long a closing engine may take before it is killed, in milliseconds. */
const SHUTDOWN_TIMEOUT_MS = 20_000;

/**
 * V8's limit for each half of the young generation. Its own limit lets that grow to 130 MB in steps over the first
 * thousand corrections, which looks like a leak.
 */
const YOUNG_GENERATION_MB = 16;

/**
 * Forks the engine, which exits with its host. If it dies, it is restarted and its library reopened.
 * @param entry    the engine's bundle
 * @param execArgv more options of Node for it
 * @throws Error if the first start fails
 */
export async function startEngine({
  home,
  folderDialog,
  entry = outsideArchive(join(programFolder(), "out", "main", "engine.js")),
  execArgv = [],
}: {
  home: string;
  folderDialog: boolean;
  entry?: string;
  execArgv?: string[];
}): Promise<Engine> {
  const events = new EventEmitter();
  const waiting = new Map<number, { child: ChildProcess; answer: (reply: Reply<unknown>) => void }>();
  let exits: number[] = [];
  let lastQuestion = 0;
  let closing = false;
  /** The call that opens the library again after a restart; null if none is open. */
  let opened: unknown = null;

  function launch(): Promise<ChildProcess> {
    const child = forkProgram(entry, [JSON.stringify({ home, folderDialog })], {
      execArgv: [`--max-semi-space-size=${YOUNG_GENERATION_MB}`, ...execArgv],
    });
    let ready = false;
    return new Promise((resolve, reject) => {
      child.on("message", (message: FromEngine) => {
        if ("ready" in message) {
          ready = true;
          resolve(child);
        } else if ("failed" in message) reject(new Error(message.failed));
        else if ("id" in message) settle(message.id, message.reply);
        else events.emit(message.event, message.payload);
      });
      child.on("error", reject);
      child.once("exit", (code, signal) => {
        const reason = `The engine stopped (${signal ?? `exit code ${code}`}).`;
        exits.push(performance.now());
        for (const [id, { child: asked }] of waiting) if (asked === child) settle(id, failed("engine-died", reason));
        reject(new Error(reason));
        if (ready && !closing) engine = restarted();
      });
    });
  }

  function settle(id: number, reply: Reply<unknown>) {
    waiting.get(id)?.answer(reply);
    waiting.delete(id);
  }

  function ask(child: ChildProcess, question: Question): Promise<Reply<unknown>> {
    const id = ++lastQuestion;
    return new Promise((answer) => {
      waiting.set(id, { child, answer });
      child.send({ id, ...question }, (error) => {
        if (error) settle(id, failed("engine-died", error.message));
      });
    });
  }

  async function restart(): Promise<ChildProcess> {
    for (;;) {
      exits = exits.filter((time) => performance.now() - time < RESTART_WINDOW_MS);
      if (exits.length > MAX_RESTARTS)
        throw new Error(`The engine stopped ${exits.length} times within a minute and was not restarted.`);
      try {
        const child = await launch();
        if (!opened) return child;
        const reply = await ask(child, { call: opened });
        if (reply.ok) {
          events.emit("library", reply.value as LibraryInfo);
          events.emit("photos", { changed: null });
        } else console.error(`Can't reopen the library: ${reply.error.message}`);
        return child;
      } catch (error) {
        console.error(error);
        if (closing) throw error;
      }
    }
  }

  /** If it fails, the next question gets the error, and later ones try again, within `MAX_RESTARTS`. */
  function restarted(): Promise<ChildProcess> {
    const attempt = restart();
    attempt.catch((error: Error) => {
      console.error(error.message);
      if (engine === attempt) engine = null;
    });
    return attempt;
  }

  async function answered(question: Question): Promise<Reply<unknown>> {
    if (closing) return failed("engine-died", "The engine is closing.");
    try {
      engine ??= restarted();
      return await ask(await engine, question);
    } catch (error) {
      return failed("engine-died", (error as Error).message);
    }
  }

  async function value<T>(question: Question): Promise<T> {
    const reply = await answered(question);
    if (!reply.ok) throw new Refusal(reply.error.code, reply.error.message);
    return reply.value as T;
  }

  const first = launch();
  let engine: Promise<ChildProcess> | null = first;
  await first;

  return {
    async send(call) {
      const reply = await answered({ call });
      const name = (call as { name?: unknown } | null)?.name;
      if (reply.ok && (name === "openLibrary" || name === "openSamples" || name === "openCopy"))
        opened = { name: "openLibrary", args: [{ folder: (reply.value as LibraryInfo).folder }] };
      if (reply.ok && name === "closeLibrary") opened = null;
      return reply;
    },
    on(event, listener) {
      events.on(event, listener);
      return () => events.off(event, listener);
    },
    picture: (photo, size) => value({ picture: { photo, size } }),
    pathOf: (what) => value({ pathOf: what }),
    async close() {
      if (closing) return;
      closing = true;
      const child = await engine?.catch(() => null);
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      const killer = setTimeout(() => child.kill("SIGKILL"), SHUTDOWN_TIMEOUT_MS);
      child.disconnect();
      await gone;
      clearTimeout(killer);
    },
  };
}
