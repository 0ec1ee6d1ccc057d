import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { _electron, chromium, type Page } from "@playwright/test";
import { meetOriginals, refuseChanges } from "../fixtures/unchanged-originals";
import { findBrowser } from "./browser";

export const program = fileURLToPath(new URL("../..", import.meta.url));

/** The parts of Electron that the tests use; the stand-in has the same names. */
export interface ElectronParts {
  app: { emit(event: string, ...args: unknown[]): boolean };
  BrowserWindow: {
    getAllWindows(): {
      setBounds(bounds: { x: number; y: number; width: number; height: number }): void;
      getNormalBounds(): object;
    }[];
  };
  Menu: {
    getApplicationMenu(): {
      getMenuItemById(id: string): { click(): void } | null;
      items: { label?: string; role?: string }[];
    } | null;
  };
  dialog: Record<"showOpenDialog" | "showSaveDialog" | "showMessageBox", unknown>;
  session: {
    defaultSession: {
      fetch(url: string): Promise<unknown>;
      permissions?: Map<"request" | "check" | "device", (...given: unknown[]) => unknown>;
    };
  };
  ipcMain: { _invokeHandlers: Map<string, (event: unknown, ...args: unknown[]) => unknown> };
  shell: Record<"openExternal" | "showItemInFolder", unknown>;
}

export interface Desktop {
  window: Page;
  evaluate<T, Argument>(
    inMain: (electron: ElectronParts, argument: Argument) => T | Promise<T>,
    argument: Argument,
  ): Promise<T>;
  /** @throws Error if the program changed an original */
  close(): Promise<void>;
}

export const electronIsInstalled = existsSync(
  join(dirname(createRequire(import.meta.url).resolve("electron/package.json")), "path.txt"),
);

/**
 * The built desktop host on a folder whose files must not change: in Electron if its binary is installed, else with the
 * stand-in.
 */
export async function launchDesktop(home: string, folder: string): Promise<Desktop> {
  const env = { ...process.env, SEMBLANCE_HOME: home } as Record<string, string>;
  meetOriginals(folder, home);
  const desktop = await (electronIsInstalled ? inElectron(env, [folder]) : inStandIn(env, [folder]));
  return { ...desktop, close: () => desktop.close().then(refuseChanges) };
}

async function inElectron(env: Record<string, string>, args: string[]): Promise<Desktop> {
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const app = await _electron.launch({ args: [...sandbox, program, ...args], env });
  return {
    window: await app.firstWindow(),
    evaluate: (inMain, argument) => app.evaluate(inMain as never, argument as never),
    close: () => app.close(),
  };
}

async function inStandIn(env: Record<string, string>, args: string[]): Promise<Desktop> {
  const register = new URL("./electron-stand-in/register.mjs", import.meta.url).href;
  const browserPath = findBrowser();
  const child = fork(join(program, "out", "main", "electron.js"), args, {
    execArgv: ["--import", register],
    env: { ...env, ...(browserPath ? { SEMBLANCE_TEST_BROWSER: browserPath } : {}) },
  });
  const gone = once(child, "exit");
  const [{ devtools }] = (await Promise.race([
    once(child, "message"),
    gone.then(([code]) => {
      throw new Error(`the desktop host exited with code ${code}`);
    }),
  ])) as [{ devtools: string }];
  const browser = await chromium.connectOverCDP(devtools);
  const [window] = browser.contexts()[0].pages();
  await window.waitForURL((url) => url.protocol !== "about:");
  await window.waitForLoadState();

  let last = 0;
  return {
    window,
    evaluate: (inMain, argument) =>
      new Promise((resolve, reject) => {
        const id = ++last;
        const receive = (message: { id?: number; value?: never; error?: string }) => {
          if (message.id !== id) return;
          child.off("message", receive);
          if (message.error === undefined) resolve(message.value as never);
          else reject(new Error(message.error));
        };
        child.on("message", receive);
        child.send({ id, source: inMain.toString(), argument });
      }),
    async close() {
      child.kill("SIGTERM");
      await gone;
    },
  };
}
