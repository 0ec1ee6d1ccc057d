import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "@playwright/test";
import type { LibraryInfo, Reply } from "../../src-shared/contract";
import { electronIsInstalled } from "./desktop";
import { type DesktopSession, openDesktop } from "./desktop-session";

test.describe.configure({ mode: "serial" });

let session: DesktopSession;

test.beforeAll(async () => {
  session = await openDesktop();
});
test.afterAll(() => session.close());

// guarantee: desktop-sandbox
test("the window has no Node.js and runs no foreign code", async () => {
  expect(await session.desktop.window.evaluate("[typeof require, typeof process]")).toEqual(["undefined", "undefined"]);
  const ran = await session.desktop.window.evaluate(`(() => {
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.head.append(script);
    return "ran" in window;
  })()`);
  expect(ran).toBe(false);
});

// guarantee: desktop-sandbox
test("the window can't navigate elsewhere", async () => {
  const before = session.desktop.window.url();
  await session.desktop.window.evaluate('location.href = "https://elsewhere.example/"');
  await session.desktop.window.waitForTimeout(500);
  expect(session.desktop.window.url()).toBe(before);
  expect(await session.value("library")).not.toBeNull();
});

// guarantee: desktop-sandbox
test("opens no second window; https links go to the browser, files do not", async () => {
  await session.desktop.evaluate(({ shell }) => {
    const opened: string[] = [];
    (globalThis as never as { opened: string[] }).opened = opened;
    shell.openExternal = async (url: string) => {
      opened.push(url);
    };
  }, null);
  await session.desktop.window.evaluate(
    'for (const url of ["https://elsewhere.example/page", "file:///etc/passwd", "http://elsewhere.example/"]) window.open(url)',
  );
  const opened = () => session.desktop.evaluate(() => (globalThis as never as { opened: string[] }).opened, null);
  await expect.poll(opened).toEqual(["https://elsewhere.example/page"]);
  expect(session.desktop.window.context().pages()).toHaveLength(1);
  expect(await session.desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length, null)).toBe(1);
});

// guarantee: desktop-sandbox
test("blocks redirects, frames and embedded pages", async () => {
  const prevented = (event: string, url: string) =>
    session.desktop.evaluate(
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
  const outcomes = await session.desktop.window.evaluate(async (host) => {
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
    session.desktop.evaluate(
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
      await session.desktop.window.evaluate(() =>
        navigator.mediaDevices.getUserMedia({ video: true }).then(
          () => "given",
          () => "refused",
        ),
      ),
    ).toBe("refused");
    expect(await session.desktop.window.evaluate(() => Notification.requestPermission())).toBe("denied");
    return;
  }
  expect(
    await session.desktop.evaluate(
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
    session.desktop.evaluate(({ BrowserWindow, ipcMain }, text) => {
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
  expect((await session.value<LibraryInfo>("library")).folder).toBe(session.photos);
});

// guarantee: desktop-sandbox
test("refuses a call from a foreign frame", async () => {
  const fromFrame = (senderFrame: { url: string; parent: object | null } | null, itself: boolean) =>
    session.desktop.evaluate(
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
