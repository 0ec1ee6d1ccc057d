import { once } from "node:events";
import { join } from "node:path";
import { forkProgram } from "../../src-main/base/fork-program";
import { programFolder } from "../../src-main/base/program-folder";
import type { Api, CallName, EventName, Events } from "../../src-shared/contract";
import type { FromEngine } from "../../src-shared/engine-messages";

/** Rejection of a call when the engine was killed before it answered. */
export class Killed extends Error {}

/** The real engine process, to be killed as by a power cut or the out-of-memory killer. */
export interface DoomedEngine {
  /** @throws Killed, or Error with the refusal */
  call<Name extends CallName>(name: Name, ...args: Parameters<Api[Name]>): Promise<Awaited<ReturnType<Api[Name]>>>;
  on(listener: <E extends EventName>(event: E, payload: Events[E]) => void): void;
  /** Resolves once the process is gone. */
  kill(): Promise<void>;
}

export async function startDoomed(home: string): Promise<DoomedEngine> {
  const entry = join(programFolder(), "out", "main", "engine.js");
  const child = forkProgram(entry, [JSON.stringify({ home, folderDialog: false })]);
  const gone = once(child, "exit");
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const listeners: ((event: EventName, payload: never) => void)[] = [];
  let last = 0;
  void gone.then(() => {
    for (const { reject } of waiting.values()) reject(new Killed("the engine was killed"));
    waiting.clear();
  });
  const ready = new Promise<void>((resolve, reject) => {
    child.on("message", (message: FromEngine) => {
      if ("ready" in message) resolve();
      else if ("failed" in message) reject(new Error(message.failed));
      else if ("event" in message) for (const listener of listeners) listener(message.event, message.payload as never);
      else {
        const { resolve: answer, reject: refuse } = waiting.get(message.id)!;
        waiting.delete(message.id);
        if (message.reply.ok) answer(message.reply.value);
        else refuse(new Error(`${message.reply.error.code}: ${message.reply.error.message}`));
      }
    });
    void gone.then(() => reject(new Killed("the engine was killed")));
  });
  await ready;
  return {
    call: (name, ...args) =>
      new Promise((resolve, reject) => {
        if (!child.connected) return reject(new Killed("the engine was killed"));
        waiting.set(++last, { resolve: resolve as (value: unknown) => void, reject });
        child.send({ id: last, call: { name, args } }, () => undefined); // reported by the exit event
      }),
    on: (listener) => void listeners.push(listener as (event: EventName, payload: never) => void),
    async kill() {
      child.kill("SIGKILL");
      await gone;
    },
  };
}
