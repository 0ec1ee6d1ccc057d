import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import sharp from "sharp";
import type { LibraryInfo, Reply, Tile, Transport } from "../../src-shared/contract";
import { type Desktop, electronIsInstalled, launchDesktop } from "./desktop";

declare global {
  /** What the preload script exposes to the window. */
  var semblance: Transport;
}

test.describe.configure({ mode: "serial" });

const root = realpathSync(mkdtempSync(join(tmpdir(), "semblance-desktop-")));
const home = join(root, "home");
const photos = join(root, "photos");
let desktop: Desktop;

test.beforeAll(async () => {
  test
    .info()
    .annotations.push({ type: "host", description: electronIsInstalled ? "Electron" : "stand-in for Electron" });
  mkdirSync(photos);
  for (const [name, background] of [
    ["red.jpg", "#c22"],
    ["blue.jpg", "#22c"],
  ]) {
    writeFileSync(
      join(photos, name),
      await sharp({ create: { width: 320, height: 200, channels: 3, background } })
        .jpeg()
        .toBuffer(),
    );
  }
  desktop = await launchDesktop(home, photos);
});
test.afterAll(async () => {
  await desktop.close();
  rmSync(root, { recursive: true, force: true });
});

const send = <T>(name: string, ...args: unknown[]) =>
  desktop.window.evaluate((call) => globalThis.semblance.send(call as never), { name, args }) as Promise<Reply<T>>;

async function value<T>(name: string, ...args: unknown[]): Promise<T> {
  const reply = await send<T>(name, ...args);
  if (!reply.ok) throw new Error(`${name}: ${reply.error.code}, ${reply.error.message}`);
  return reply.value;
}

async function firstTile(): Promise<Tile> {
  await expect.poll(async () => (await value<LibraryInfo>("library")).photos, { timeout: 60_000 }).toBe(2);
  const { photos: shown } = await value<{ photos: number[] }>("browse", {
    sort: "name",
    descending: false,
    group: "none",
  });
  return (await value<Tile[]>("tiles", { photos: shown }))[0];
}

test("a call reaches the engine process and its answer the window", async () => {
  expect((await value<LibraryInfo>("library")).folder).toBe(photos);
  expect(await value("welcome")).toMatchObject({ folderDialog: true });
  expect(await send("photo", { photo: "one" })).toMatchObject({ ok: false, error: { code: "bad-arguments" } });
  expect(await send("format")).toMatchObject({ ok: false, error: { code: "unknown-call" } });
});

test("events reach the window", async () => {
  const job = await desktop.window.evaluate(
    () =>
      new Promise((resolve) => {
        const stop = globalThis.semblance.on("job", (told) => {
          stop();
          resolve(told);
        });
        void globalThis.semblance.send({ name: "rescan", args: [] });
      }),
  );
  expect(job).toMatchObject({ job: expect.any(Number), state: expect.any(String) });
});

test("loads an image by id, and gives 404 for an unknown id", async () => {
  const { photo, version } = await firstTile();
  const shown = (id: number, of: string) =>
    desktop.window.evaluate<number>(`new Promise((resolve) => {
    const image = new Image();
    image.onload = () => resolve(image.naturalWidth);
    image.onerror = () => resolve(0);
    image.src = semblance.picture(${id}, "thumbnail", ${JSON.stringify(of)});
  })`);
  await expect.poll(() => shown(photo, version)).toBeGreaterThan(0);
  expect(await shown(999_999, "x")).toBe(0);
});

// guarantee: desktop-sandbox
test("the window has no Node.js and runs no foreign code", async () => {
  expect(await desktop.window.evaluate("[typeof require, typeof process]")).toEqual(["undefined", "undefined"]);
  const ran = await desktop.window.evaluate(`(() => {
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.head.append(script);
    return "ran" in window;
  })()`);
  expect(ran).toBe(false);
});

// guarantee: desktop-sandbox
test("the window can't navigate elsewhere", async () => {
  const before = desktop.window.url();
  await desktop.window.evaluate('location.href = "https://elsewhere.example/"');
  await desktop.window.waitForTimeout(500);
  expect(desktop.window.url()).toBe(before);
  expect(await value("library")).not.toBeNull();
});

// guarantee: desktop-sandbox
test("opens no second window; https links go to the browser, files do not", async () => {
  await desktop.evaluate(({ shell }) => {
    const opened: string[] = [];
    (globalThis as never as { opened: string[] }).opened = opened;
    shell.openExternal = async (url: string) => {
      opened.push(url);
    };
  }, null);
  await desktop.window.evaluate(
    'for (const url of ["https://elsewhere.example/page", "file:///etc/passwd", "http://elsewhere.example/"]) window.open(url)',
  );
  const opened = () => desktop.evaluate(() => (globalThis as never as { opened: string[] }).opened, null);
  await expect.poll(opened).toEqual(["https://elsewhere.example/page"]);
  expect(desktop.window.context().pages()).toHaveLength(1);
  expect(await desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length, null)).toBe(1);
});

// guarantee: desktop-sandbox
test("blocks redirects, frames and embedded pages", async () => {
  const prevented = (event: string, url: string) =>
    desktop.evaluate(
      ({ BrowserWindow }, [name, address]) => {
        const { webContents } = BrowserWindow.getAllWindows()[0] as never as {
          webContents: { emit(event: string, details: object): void };
        };
        let stopped = false;
        webContents.emit(name, {
          url: address,
          preventDefault: () => {
            stopped = true;
          },
        });
        return stopped;
      },
      [event, url] as const,
    );
  for (const event of ["will-navigate", "will-frame-navigate", "will-redirect"]) {
    for (const url of [
      "https://elsewhere.example/",
      "file:///etc/passwd",
      "app://other/",
      "javascript:alert(1)",
      "data:text/html,hello",
      "no address",
    ])
      expect(await prevented(event, url), `${event} to ${url}`).toBe(true);
    expect(await prevented(event, "app://semblance/")).toBe(false);
  }
  expect(await prevented("will-attach-webview", "app://semblance/")).toBe(true);
});

// guarantee: nothing-leaves
test("neither the window nor its session makes a network request", async () => {
  let asked = 0;
  const server = createServer((_, response) => {
    asked++;
    response.end("hello");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const address = `127.0.0.1:${port}`;
  const outcomes = await desktop.window.evaluate(async (host) => {
    const failed = (attempt: Promise<unknown>) =>
      attempt.then(
        () => "answered",
        () => "failed",
      );
    const settled = (target: EventTarget) =>
      new Promise((resolve, reject) => {
        target.addEventListener("load", resolve);
        target.addEventListener("open", resolve);
        target.addEventListener("error", reject);
      });
    const image = new Image();
    image.src = `http://${host}/image`;
    const script = Object.assign(document.createElement("script"), { src: `http://${host}/script` });
    document.head.append(script);
    navigator.sendBeacon(`http://${host}/beacon`, "a photo");
    return Promise.all([
      failed(fetch(`http://${host}/fetch`, { method: "POST", mode: "no-cors", body: "a photo" })),
      failed(settled(image)),
      failed(settled(script)),
      failed(settled(new EventSource(`http://${host}/events`))),
      failed((async () => settled(new WebSocket(`ws://${host}/socket`)))()),
    ]);
  }, address);
  expect(outcomes).toEqual(["failed", "failed", "failed", "failed", "failed"]);
  // Requests blocked by the page's own policy never reach the session's filter, so that is tested separately.
  const blocked = (url: string) =>
    desktop.evaluate(
      ({ session }, to) =>
        session.defaultSession.fetch(to).then(
          () => "answered",
          (error: Error) => error.message,
        ),
      url,
    );
  for (const url of [
    `http://${address}/`,
    "https://elsewhere.example/",
    `http://localhost:${port}/`,
    "file:///etc/passwd",
    "ftp://elsewhere.example/",
  ])
    expect(await blocked(url), url).toContain("ERR_BLOCKED_BY_CLIENT");
  expect(asked).toBe(0);
  server.close();
});

// guarantee: desktop-sandbox
test("grants no permission, for cameras, devices or anything else, to anyone", async () => {
  if (electronIsInstalled) {
    expect(
      await desktop.window.evaluate(() =>
        navigator.mediaDevices.getUserMedia({ video: true }).then(
          () => "given",
          () => "refused",
        ),
      ),
    ).toBe("refused");
    expect(await desktop.window.evaluate(() => Notification.requestPermission())).toBe("denied");
    return;
  }
  expect(
    await desktop.evaluate(
      ({
        session: {
          defaultSession: { permissions },
        },
      }) => {
        let asked: unknown = "nothing";
        permissions!.get("request")!(null, "media", (given: unknown) => {
          asked = given;
        });
        return [
          asked,
          permissions!.get("check")!(null, "geolocation"),
          permissions!.get("device")!({ deviceType: "usb" }),
        ];
      },
      null,
    ),
  ).toEqual([false, false, false]);
});

// guarantee: every-call-checked
test("refuses malformed calls with an error reply, and the engine keeps running", async () => {
  const inMain = (source: string) =>
    desktop.evaluate(({ BrowserWindow, ipcMain }, text) => {
      const { webContents } = BrowserWindow.getAllWindows()[0] as never as { webContents: object };
      const event = { sender: webContents, senderFrame: { url: "app://semblance/", parent: null } };
      return ipcMain._invokeHandlers.get("call")!(event, (0, eval)(`(${text})`));
    }, source) as Promise<Reply<unknown>>;
  for (const [call, code] of [
    ["undefined", "unknown-call"],
    ["null", "unknown-call"],
    ["'library'", "unknown-call"],
    ["{name: '__proto__', args: []}", "unknown-call"],
    ["{name: 'constructor', args: []}", "unknown-call"],
    ["{name: ['library'], args: []}", "unknown-call"],
    ["{name: 'library'}", "bad-arguments"],
    ["{name: 'library', args: {length: 0}}", "bad-arguments"],
    ["{name: 'photo', args: [{photo: NaN}]}", "bad-arguments"],
    ["{name: 'photo', args: [{photo: -0}]}", "bad-arguments"],
    ["{name: 'photo', args: [new Map([['photo', 1]])]}", "bad-arguments"],
    ["(() => { const a = []; a.push(a); return {name: 'tiles', args: a}; })()", "bad-arguments"],
    ["{name: 'tiles', args: [{photos: Array(2e6).fill(1)}]}", "bad-arguments"],
    ["{name: 'countPhotos', args: [{query: 'x'.repeat(1e7)}]}", "bad-arguments"],
    ["{name: 'reveal', args: [{photo: '../..'}]}", "bad-arguments"],
    ["{name: 'chooseSaveFile', args: []}", "bad-arguments"],
  ])
    expect(await inMain(call), call).toMatchObject({ ok: false, error: { code, message: expect.any(String) } });
  expect((await value<LibraryInfo>("library")).folder).toBe(photos);
});

// guarantee: desktop-sandbox
test("refuses a call from a foreign frame", async () => {
  const fromFrame = (senderFrame: { url: string; parent: object | null } | null, itself: boolean) =>
    desktop.evaluate(
      ({ BrowserWindow, ipcMain }, [frame, own]) => {
        const { webContents } = BrowserWindow.getAllWindows()[0] as never as { webContents: object };
        return ipcMain._invokeHandlers.get("call")!(
          { sender: own ? webContents : {}, senderFrame: frame },
          { name: "library", args: [] },
        );
      },
      [senderFrame, itself] as const,
    );
  const page = "app://semblance/";
  expect(await fromFrame({ url: page, parent: null }, true)).toMatchObject({ ok: true });
  for (const foreign of [
    fromFrame({ url: "https://elsewhere.example/", parent: null }, true),
    fromFrame({ url: "app://other/", parent: null }, true),
    fromFrame({ url: "file:///etc/passwd", parent: null }, true),
    fromFrame({ url: page, parent: {} }, true),
    fromFrame({ url: page, parent: null }, false),
    fromFrame(null, true),
  ])
    expect(await foreign).toMatchObject({ ok: false, error: { code: "foreign-sender" } });
});

test("uses the system's dialogs and file manager", async () => {
  const saved = join(root, "labels.csv");
  await desktop.evaluate(({ dialog, shell }, file) => {
    dialog.showOpenDialog = async () => ({ canceled: true, filePaths: [] });
    dialog.showSaveDialog = async () => ({ canceled: false, filePath: file });
    shell.showItemInFolder = (path: string) => {
      (globalThis as never as { shown: string }).shown = path;
    };
  }, saved);
  expect(await value("chooseFolder")).toBeNull();
  expect(await value("chooseSaveFile", { suggested: "labels.csv" })).toBe(saved);
  await value("reveal", { photo: (await firstTile()).photo });
  expect(await desktop.evaluate(() => (globalThis as never as { shown: string }).shown, null)).toBe(
    join(photos, "blue.jpg"),
  );
});

// guarantee: relocated
test("a library copy opened from the file manager asks for its photos, and replaces nothing", async () => {
  const file = join(root, "copied.semblance");
  await value("copyLibrary", { file, overwrite: false });
  const asked = await desktop.evaluate(
    ({ app, dialog }, [copy, folder]) => {
      let prevented = false;
      dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [folder] });
      return new Promise<{ prevented: boolean; detail: string }>((done) => {
        dialog.showMessageBox = async (...args: unknown[]) => {
          done({ prevented, detail: (args.at(-1) as { detail: string }).detail });
          return undefined as never;
        };
        app.emit(
          "open-file",
          {
            preventDefault: () => {
              prevented = true;
            },
          },
          copy,
        );
      });
    },
    [file, photos] as const,
  );
  expect(asked).toEqual({ prevented: true, detail: expect.stringContaining(photos) });
});

test("the menu exports, closes and opens libraries", async () => {
  const click = (id: string) =>
    desktop.evaluate(({ Menu }, item) => Menu.getApplicationMenu()!.getMenuItemById(item)!.click(), id);
  expect(
    await desktop.evaluate(
      ({ Menu }) => Menu.getApplicationMenu()!.items.map(({ label }) => label?.replace("&", "")),
      null,
    ),
  ).toEqual(expect.arrayContaining(["File", "Edit", "View", "Help"]));
  await click("export");
  await expect.poll(() => existsSync(join(root, "labels.csv"))).toBe(true);
  expect(readFileSync(join(root, "labels.csv"), "utf8")).toMatch(/^path,label,score,source,model\r?\n/);
  const reloaded = async (id: string) => {
    const loaded = desktop.window.waitForEvent("load");
    await click(id);
    await loaded;
  };
  await reloaded("close-library");
  expect(await value("library")).toBeNull();
  await desktop.evaluate(({ dialog }, folder) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [folder] });
  }, photos);
  await reloaded("open-folder");
  expect((await value<LibraryInfo>("library")).folder).toBe(photos);
});

test("the window reopens at its last position", async () => {
  await desktop.evaluate(
    ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].setBounds({ x: 40, y: 30, width: 1000, height: 700 }),
    null,
  );
  await desktop.close();
  desktop = await launchDesktop(home, photos);
  expect(
    await desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].getNormalBounds(), null),
  ).toEqual({ x: 40, y: 30, width: 1000, height: 700 });
});
