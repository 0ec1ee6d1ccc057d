import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { meetOriginals, refuseChanges } from "../fixtures/unchanged-originals";

/** The built program serving a folder's window, as a person starts it without a display. */
export interface ServedProgram {
  address: string;
  /** @throws Error where the program changed an original */
  stop(): Promise<void>;
}

/**
 * @param home the data folder, apart from the person's own
 * @param env what differs from the environment of the tests; undefined takes a variable away
 */
export async function serveFolder(folder: string, home: string, env: NodeJS.ProcessEnv = {}): Promise<ServedProgram> {
  meetOriginals(folder, home);
  const host: ChildProcess = spawn(process.execPath, ["bin/semblance.js", "serve", folder], {
    env: { ...process.env, SEMBLANCE_HOME: home, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const address = await new Promise<string>((resolve, reject) => {
    host.stdout!.on("data", (chunk: Buffer) => {
      const found = /http:\S+/.exec(chunk.toString());
      if (found) resolve(found[0]);
    });
    host.once("exit", (code) => reject(new Error(`the host ended with ${code}`)));
  });
  return {
    address,
    async stop() {
      if (host.exitCode !== null) return;
      host.kill("SIGTERM");
      await once(host, "exit");
      // guarantee: originals-untouched (checked after every browser test of the real program)
      refuseChanges();
    },
  };
}
