import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { meetOriginals, refuseChanges } from "../fixtures/unchanged-originals";

/** The built program serving a folder's window, as on a computer without a display. */
export interface ServedProgram {
  address: string;
  /** @throws Error if the program changed an original */
  stop(): Promise<void>;
}

/**
 * @param home a separate data folder
 * @param env changes to the tests' environment; undefined removes a variable
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
    host.once("exit", (code) => reject(new Error(`the host exited with code ${code}`)));
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
