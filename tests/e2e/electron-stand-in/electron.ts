/**
 * A stand-in for the `electron` module, covering what the desktop host uses, for computers without Electron's binary.
 * Its BrowserWindow is a Playwright page in Chromium; preload, protocols, IPC and navigation follow the same paths.
 * Runs in plain Node, forked by the test, and evaluates for the test like Playwright's `_electron`.
 */
import { EventEmitter } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Frame, type Page, type Route } from "playwright";
import { dialog, Menu, shell } from "./dialogs";
import { preloadScript } from "./preload-script";
import { isCancelled, session } from "./session";

interface Bounds {
  x: number;
  y: number;
  width: number;
  height: number;
}
interface Options extends Partial<Bounds> {
  webPreferences: { preload: string; contextIsolation: boolean; sandbox: boolean; nodeIntegration: boolean };
}
type Answer = (request: Request) => Response | Promise<Response>;

/**
 * Chromium can't navigate to custom schemes; requests to this address go to the stand-in, which calls the `app`
 * handler.
 */
const PAGE_HOST = "https://semblance.app";
const toChromium = (url: string) => url.replace(/^app:\/\/semblance/, PAGE_HOST);
const fromChromium = (url: string) => url.replace(PAGE_HOST, "app://semblance");

const DISPLAY = { workArea: { x: 0, y: 0, width: 1920, height: 1080 } };
const windows: BrowserWindow[] = [];
const schemes = new Map<string, Answer>();
const registered: { scheme: string; privileges: object }[] = [];
let launched: Promise<BrowserContext> | null = null;
const profile = mkdtempSync(join(tmpdir(), "semblance-chromium-"));

class App extends EventEmitter {
  isPackaged = false;
  readonly paths = new Map<string, string>();
  #leaving = false;

  setName() {}
  setPath(name: string, path: string) {
    if (!existsSync(path)) throw new Error(`Electron refuses a missing path: ${path}`);
    this.paths.set(name, path);
  }
  getPath(name: string) {
    return this.paths.get(name);
  }
  requestSingleInstanceLock() {
    return true;
  }

  async whenReady(): Promise<void> {
    launched ??= chromium.launchPersistentContext(profile, {
      executablePath: process.env.SEMBLANCE_TEST_BROWSER,
      args: ["--remote-debugging-port=0", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
      viewport: null,
    });
    await launched;
  }

  quit() {
    if (this.#leaving) return;
    this.#leaving = true;
    for (const window of [...windows]) window.close();
    let prevented = false;
    this.emit("will-quit", {
      preventDefault: () => {
        prevented = true;
      },
    });
    if (!prevented) this.exit();
  }

  exit(code = 0) {
    void Promise.resolve(launched)
      .then((context) => context?.close())
      .finally(() => {
        rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
        process.exit(code);
      });
  }
}
export const app = new App();

class WebContents extends EventEmitter {
  page: Promise<Page>;
  openHandler: (details: { url: string }) => { action: string } = () => ({ action: "allow" });

  constructor(page: Promise<Page>) {
    super();
    this.page = page;
  }
  isDestroyed() {
    return !windows.some(({ webContents }) => webContents === this);
  }
  setWindowOpenHandler(handler: WebContents["openHandler"]) {
    this.openHandler = handler;
  }
  // Does not wait, as in Electron: closing the page meanwhile ends this too.
  reload() {
    void this.page.then((page) => page.reload()).catch(() => {});
  }
  send(channel: string, ...args: unknown[]) {
    // As in Electron, a page that is being reloaded receives nothing.
    void this.page
      .then((page) =>
        page.evaluate(
          ([name, list]) =>
            (globalThis as never as { __deliver?(n: unknown, l: unknown): void }).__deliver?.(name, list),
          [channel, args],
        ),
      )
      .catch(() => {});
  }
}

export class BrowserWindow extends EventEmitter {
  static getAllWindows() {
    return windows;
  }
  readonly webContents: WebContents;
  readonly options: Options;
  #bounds: Bounds;
  #maximized = false;

  constructor(options: Options) {
    super();
    this.options = options;
    this.#bounds = {
      x: 0,
      y: 0,
      width: 800,
      height: 600,
      ...Object.fromEntries(
        ["x", "y", "width", "height"].flatMap((side) =>
          options[side as keyof Bounds] === undefined ? [] : [[side, options[side as keyof Bounds]]],
        ),
      ),
    };
    this.webContents = new WebContents(this.#furnish());
    windows.push(this);
  }

  async loadURL(url: string) {
    await (await this.webContents.page).goto(toChromium(url));
  }
  getNormalBounds() {
    return this.#bounds;
  }
  setBounds(bounds: Partial<Bounds>) {
    this.#bounds = { ...this.#bounds, ...bounds };
  }
  isMaximized() {
    return this.#maximized;
  }
  maximize() {
    this.#maximized = true;
  }
  isMinimized() {
    return false;
  }
  restore() {}
  focus() {}

  close() {
    this.emit("close");
    windows.splice(windows.indexOf(this), 1);
    this.emit("closed");
    if (windows.length === 0) app.emit("window-all-closed");
  }

  async #furnish(): Promise<Page> {
    if (!launched) throw new Error("Electron makes no window before the app is ready");
    const context = await launched;
    const page = context.pages()[0] ?? (await context.newPage());
    context.on("page", (popup) => void popup.close());
    await page.exposeBinding("__invoke", ({ frame }, channel: string, args: unknown[]) =>
      invoke(channel, args, this.webContents, frame),
    );
    await page.exposeBinding("__open", (_, url: string) => {
      this.webContents.openHandler({ url });
    });
    await page.addInitScript({ content: preloadScript(readFileSync(this.options.webPreferences.preload, "utf8")) });
    await page.route(
      () => true,
      (route) => this.#answer(route, page),
    );
    return page;
  }

  async #answer(route: Route, page: Page) {
    const url = fromChromium(route.request().url());
    if (
      route.request().isNavigationRequest() &&
      route.request().frame() === page.mainFrame() &&
      !url.startsWith("app://")
    ) {
      let prevented = false;
      this.webContents.emit("will-navigate", {
        url,
        preventDefault: () => {
          prevented = true;
        },
      });
      if (prevented) return route.abort("aborted");
    }
    if (isCancelled(url)) return route.abort("blockedbyclient");
    const handler = schemes.get(new URL(url).protocol.slice(0, -1));
    if (!handler) return route.abort("blockedbyclient");
    const response = await handler(new Request(url));
    return route.fulfill({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    });
  }
}

class IpcMain {
  /** Electron's own name for it: a test calls handlers like a foreign frame would. */
  readonly _invokeHandlers = new Map<string, (event: unknown, ...args: unknown[]) => unknown>();
  handle(channel: string, handler: (event: unknown, ...args: unknown[]) => unknown) {
    this._invokeHandlers.set(channel, handler);
  }
}
export const ipcMain = new IpcMain();

async function invoke(channel: string, args: unknown[], sender: WebContents, frame: Frame) {
  const handler = ipcMain._invokeHandlers.get(channel);
  if (!handler) throw new Error(`No handler registered for '${channel}'`);
  return handler({ sender, senderFrame: { url: fromChromium(frame.url()), parent: frame.parentFrame() } }, ...args);
}

export const protocol = {
  registerSchemesAsPrivileged: (list: { scheme: string; privileges: object }[]) => {
    registered.push(...list);
  },
  handle(scheme: string, handler: Answer) {
    if (!registered.some((known) => known.scheme === scheme)) throw new Error(`${scheme} is not a privileged scheme`);
    schemes.set(scheme, handler);
  },
};

export { dialog, Menu, session, shell };
export const screen = { getPrimaryDisplay: () => DISPLAY, getAllDisplays: () => [DISPLAY] };
/** The test's side of `electronApplication.evaluate`. */
process.on("message", async ({ id, source, argument }: { id: number; source: string; argument: unknown }) => {
  const electron = { app, BrowserWindow, Menu, dialog, ipcMain, protocol, screen, session, shell };
  try {
    const run = (0, eval)(`(${source})`) as (module: typeof electron, given: unknown) => unknown;
    process.send?.({ id, value: await run(electron, argument) });
  } catch (error) {
    process.send?.({ id, error: (error as Error).message });
  }
});
process.on("SIGTERM", () => app.quit());
process.on("disconnect", () => app.quit());
void app.whenReady().then(() => {
  const [port] = readFileSync(join(profile, "DevToolsActivePort"), "utf8").split("\n");
  process.send?.({ devtools: `http://127.0.0.1:${port}` });
});
