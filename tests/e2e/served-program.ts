import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { printedAddresses } from "../fixtures/printed-addresses";
import { meetOriginals, refuseChanges } from "../fixtures/unchanged-originals";

/** The built program serving a folder's window, as on a computer without a display. */
export interface ServedProgram {
  /** An address that opens the window once. */
  newAddress(): Promise<string>;
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
    stdio: ["pipe", "pipe", "inherit"],
  });
  const newAddress = printedAddresses(host);
  await newAddress();
  return {
    newAddress,
    async stop() {
      if (host.exitCode !== null) return;
      host.kill("SIGTERM");
      await once(host, "exit");
      // guarantee: originals-untouched (checked after every browser test of the real program)
      refuseChanges();
    },
  };
}
