/** The desktop host: windows, menus, dialogs and pictures. It owns the engine process, which does all the work. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, realpathSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { app, BrowserWindow, dialog, ipcMain, type IpcMainInvokeEvent, Menu, protocol, screen, shell } from "electron";
import { type HostApi, isHostCall } from "../../src-shared/arguments";
import type { ExportQuery, LibraryInfo, Reply, Settings } from "../../src-shared/contract";
import { EVENT_NAMES } from "../../src-shared/engine-messages";
import { Refusal } from "../../src-shared/refusal";
import { dataFolder } from "../base/data-folder";
import { programFolder } from "../base/program-folder";
import { dispatch, failed } from "../engine/dispatch";
import { type Engine, startEngine } from "../engine/engine-process";
import { menuTemplate } from "./desktop-menu";
import { listAssets } from "./window-assets";
import { blockNetwork, forbidPermissions } from "./window-confinement";
import { servePictures, serveWindowFiles } from "./window-protocols";
import { MIN_WINDOW_SIZE, placeWindow, readWindowState, writeWindowState } from "./window-state";

const program = programFolder();
const home = dataFolder();
const stateFile = join(home, "window.json");
/** During development the bundler's server serves the window. */
const developing = app.isPackaged ? undefined : process.env.ELECTRON_RENDERER_URL;
const page = developing ?? "app://semblance/";
const given = process.argv.slice(app.isPackaged ? 1 : 2).find((argument) => !argument.startsWith("-"));
/** A copied library that was opened in the file manager, until the window handles it. macOS sends an event instead. */
let copy = given?.endsWith(".semblance") ? resolve(given) : null;
const folder = copy ? undefined : given;

let window: BrowserWindow | null = null;

protocol.registerSchemesAsPrivileged(
  ["app", "photo"].map((scheme) => ({ scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } })),
);
app.setName("Semblance");
// One program per library: the single-instance lock belongs to this folder.
const profile = join(home, "desktop", folder ? keyOf(folder) : "welcome");
mkdirSync(profile, { recursive: true, mode: 0o700 });
app.setPath("userData", profile);

if (app.requestSingleInstanceLock()) {
  app.on("second-instance", () => {
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });
  app.on("open-file", (event, file) => {
    event.preventDefault();
    copy = file;
  });
  app.on("window-all-closed", () => app.quit());
  app
    .whenReady()
    .then(start)
    .catch((error: Error) => {
      console.error(error);
      dialog.showErrorBox("Semblance can't start", error.message);
      app.exit(1);
    });
} else {
  app.quit();
}

async function start(): Promise<void> {
  const engine = await startEngine({ home, folderDialog: true });
  app.once("will-quit", (event) => {
    event.preventDefault();
    void engine.close().finally(() => app.exit());
  });
  forbidPermissions();
  blockNetwork(developing);
  serveWindowFiles(await listAssets(join(program, "out", "renderer")));
  servePictures(engine);
  const opened = folder ? await engine.send({ name: "openLibrary", args: [{ folder: resolve(folder) }] }) : null;

  window = openWindow();
  answerCalls(engine, window);
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(menuActions(engine), process.platform)));
  await window.loadURL(page);
  // For a damaged library the window asks what to do.
  if (opened && !opened.ok && opened.error.code !== "library-damaged") showMessage(opened.error.message);
  app.on("open-file", () => void openPendingCopy(engine));
  await openPendingCopy(engine);
}

/** Asks for the photos that a copied library belongs to, and opens it there unless that folder has a library. */
async function openPendingCopy(engine: Engine): Promise<void> {
  const file = copy;
  copy = null;
  if (!file || !window) return;
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    title: `Photos of ${basename(file)}`,
    message: `Choose the folder with the photos of ${basename(file)}`,
    properties: ["openDirectory"],
  });
  if (canceled) return;
  const reply = await engine.send({ name: "openCopy", args: [{ file, folder: filePaths[0], replace: false }] });
  if (reply.ok) window?.webContents.reload();
  else showMessage(reply.error.message);
}

function openWindow(): BrowserWindow {
  const state = readWindowState(stateFile);
  const displays = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map(({ workArea }) => workArea);
  const opened = new BrowserWindow({
    ...placeWindow(state, displays),
    minWidth: MIN_WINDOW_SIZE.width,
    minHeight: MIN_WINDOW_SIZE.height,
    title: "Semblance",
    icon: join(program, "resources", "icon.png"),
    webPreferences: {
      preload: join(program, "out", "preload", "preload.cjs"),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      spellcheck: false,
    },
  });
  if (state?.maximized) opened.maximize();
  opened.on("close", () =>
    writeWindowState(stateFile, { bounds: opened.getNormalBounds(), maximized: opened.isMaximized() }),
  );
  opened.on("closed", () => {
    window = null;
  });
  // Links, scripts, frames and redirects must not lead the window away from its page.
  for (const leaving of ["will-navigate", "will-frame-navigate", "will-redirect"] as const) {
    opened.webContents.on(leaving as "will-navigate", (event) => {
      if (!isOurs(event.url)) event.preventDefault();
    });
  }
  opened.webContents.on("will-attach-webview", (event) => event.preventDefault());
  opened.webContents.setWindowOpenHandler(({ url }) => {
    if (URL.parse(url)?.protocol === "https:") void shell.openExternal(url);
    return { action: "deny" };
  });
  return opened;
}

function answerCalls(engine: Engine, { webContents }: BrowserWindow): void {
  const host: HostApi = {
    async chooseFolder() {
      const { canceled, filePaths } = await dialog.showOpenDialog(shown(), { properties: ["openDirectory"] });
      return canceled ? null : (filePaths[0] ?? null);
    },
    async chooseCopy() {
      const { canceled, filePaths } = await dialog.showOpenDialog(shown(), {
        properties: ["openFile"],
        filters: [{ name: "Copied libraries", extensions: ["semblance"] }],
      });
      return canceled ? null : (filePaths[0] ?? null);
    },
    async chooseLabelFile() {
      const { canceled, filePaths } = await dialog.showOpenDialog(shown(), {
        properties: ["openFile"],
        filters: [{ name: "Labels", extensions: ["csv", "tsv", "jsonl", "ndjson", "json"] }],
      });
      return canceled ? null : (filePaths[0] ?? null);
    },
    async chooseSaveFile({ suggested }) {
      const { canceled, filePath } = await dialog.showSaveDialog(shown(), { defaultPath: suggested });
      return canceled ? null : filePath;
    },
    async reveal({ photo }) {
      shell.showItemInFolder(await engine.pathOf(photo));
    },
    async revealExport() {
      shell.showItemInFolder(await engine.pathOf("export"));
    },
  };
  const isWindow = ({ sender, senderFrame }: IpcMainInvokeEvent) =>
    sender === webContents && senderFrame?.parent === null && isOurs(senderFrame.url);
  ipcMain.handle("call", (event, call: unknown): Promise<Reply<unknown>> | Reply<never> => {
    if (!isWindow(event)) return failed("foreign-sender", "Only Semblance's own window can make calls.");
    return isHostCall(call) ? dispatch(host, call) : engine.send(call);
  });
  for (const name of EVENT_NAMES) {
    engine.on(name, (payload) => {
      if (!webContents.isDestroyed()) webContents.send("event", name, payload);
    });
  }
}

function menuActions(engine: Engine) {
  const done = (reply: Reply<unknown>) => {
    if (reply.ok) window?.webContents.reload();
    else showMessage(reply.error.message);
  };
  return {
    async openFolder() {
      const { canceled, filePaths } = await dialog.showOpenDialog(shown(), { properties: ["openDirectory"] });
      if (!canceled) done(await engine.send({ name: "openLibrary", args: [{ folder: filePaths[0] }] }));
    },
    async closeLibrary() {
      done(await engine.send({ name: "closeLibrary", args: [] }));
    },
    async exportLabels() {
      const library = (await engine.send({ name: "library", args: [] })) as Reply<LibraryInfo | null>;
      const settings = (await engine.send({ name: "settings", args: [] })) as Reply<Settings>;
      if (!library.ok || !settings.ok || !library.value) return showMessage("Open a library first.");
      const { canceled, filePath } = await dialog.showSaveDialog(shown(), { defaultPath: `${library.value.name}.csv` });
      if (canceled) return;
      // The dialog has asked whether to replace an existing file.
      const query: ExportQuery = {
        format: "csv",
        photos: null,
        labels: "shown",
        threshold: settings.value.threshold,
        file: filePath,
        text: "name",
        escapeFormulas: true,
        overwrite: true,
      };
      const written = await engine.send({ name: "exportLabels", args: [query] });
      if (!written.ok) showMessage(written.error.message);
    },
    showDataFolder() {
      void shell.openPath(home);
    },
  };
}

/** Whether an address is the window's page. Custom schemes have no origin, so scheme and host are compared. */
function isOurs(url: string): boolean {
  const [theirs, ours] = [URL.parse(url), new URL(page)];
  return theirs?.protocol === ours.protocol && theirs.host === ours.host;
}

function shown(): BrowserWindow {
  if (!window) throw new Refusal("no-window", "The window is closed.");
  return window;
}

function showMessage(message: string): void {
  if (window) void dialog.showMessageBox(window, { type: "error", message: "Something went wrong", detail: message });
}

function keyOf(path: string): string {
  const real = existsSync(path) ? realpathSync(path) : resolve(path);
  return createHash("sha256").update(real).digest("hex").slice(0, 16);
}
