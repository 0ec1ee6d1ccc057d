import { spawn } from "node:child_process";
import { once } from "node:events";
import openInBrowser from "open";
import { dataFolder } from "../base/data-folder";
import { hasDisplay } from "../base/display";
import { childEnvironment } from "../base/fork-program";
import { programFolder } from "../base/program-folder";
import { createSemblance } from "../engine/semblance";
import { announce } from "./announce";
import { electronBinary } from "./electron-binary";
import { type ServedWindow, serveWindow } from "./web";

/** An Electron that fails within this time never showed a window, for want of a system library, say. Milliseconds. */
const MIN_UPTIME_MS = 10_000;
/**
 * How long the code in the browser's address is good for, in milliseconds. Until the browser has used it, every user of
 * this computer can read it in the list of processes; a slow computer takes most of this to start a browser.
 */
const BROWSER_CODE_MS = 60_000;

/**
 * Shows the window in Electron or, failing that, in the browser. Resolves when it is closed, or on Ctrl-C.
 * @throws Refusal of `openLibrary`, in the browser
 */
export async function openWindow(folder?: string): Promise<void> {
  if (hasDisplay()) {
    const electron = await electronBinary(dataFolder(), (line) => console.error(line));
    if (electron && (await runElectron(electron, folder))) return;
  }
  await serveUntilStopped(folder);
}

/** False if it ended before it showed a window. */
async function runElectron(binary: string, folder?: string): Promise<boolean> {
  const began = performance.now();
  // A shell that runs this inside Electron sets this variable, which would turn Electron into plain Node.
  const { ELECTRON_RUN_AS_NODE: _, ...env } = childEnvironment();
  const child = spawn(binary, [programFolder(), ...(folder === undefined ? [] : [folder])], { stdio: "inherit", env });
  const wait = () => {};
  const passOn = () => child.kill("SIGTERM");
  process.on("SIGINT", wait).on("SIGTERM", passOn);
  try {
    const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    const stopped = code === 0 || signal === "SIGINT" || signal === "SIGTERM";
    if (stopped || performance.now() - began > MIN_UPTIME_MS) return true;
    console.error(
      `Electron stopped with ${signal ?? `exit code ${code}`} before it showed a window. Opening the browser instead.`,
    );
  } catch (error) {
    console.error(`Electron can't start (${(error as Error).message}). Opening the browser instead.`);
  } finally {
    process.off("SIGINT", wait).off("SIGTERM", passOn);
  }
  return false;
}

async function serveUntilStopped(folder?: string): Promise<void> {
  const served = await serveWindow({
    create: (emit) => createSemblance({ home: dataFolder(), folderDialog: false, emit }),
    folder,
  });
  const endAnnouncing = announce(served);
  await showInBrowser(served);
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  endAnnouncing();
  await served.close();
}

/** If no browser opens, the printed address, which has a code of its own, still works. */
async function showInBrowser({ newAddress }: ServedWindow): Promise<void> {
  if (process.env.SEMBLANCE_NO_BROWSER || !hasDisplay()) return;
  try {
    await openInBrowser(newAddress(BROWSER_CODE_MS));
  } catch (error) {
    console.error(`Can't open a browser (${(error as Error).message}). Open the address above.`);
  }
}
