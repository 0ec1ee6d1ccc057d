import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import type { LibraryInfo } from "../../src-shared/contract";
import { type DesktopSession, openDesktop } from "./desktop-session";

test.describe.configure({ mode: "serial" });

let session: DesktopSession;

test.beforeAll(async () => {
  session = await openDesktop();
});
test.afterAll(() => session.close());

test("a call reaches the engine process and its answer the window", async () => {
  expect((await session.value<LibraryInfo>("library")).folder).toBe(session.photos);
  expect(await session.value("welcome")).toMatchObject({ folderDialog: true });
  expect(await session.send("photo", { photo: "one" })).toMatchObject({ ok: false, error: { code: "bad-arguments" } });
  expect(await session.send("format")).toMatchObject({ ok: false, error: { code: "unknown-call" } });
});

test("events reach the window", async () => {
  const job = await session.desktop.window.evaluate(
    () =>
      new Promise((resolve) => {
        const stop = globalThis.semblance.on("job", (job) => {
          stop();
          resolve(job);
        });
        void globalThis.semblance.send({ name: "rescan", args: [] });
      }),
  );
  expect(job).toMatchObject({ job: expect.any(Number), state: expect.any(String) });
});

test("loads an image by id, and gives 404 for an unknown id", async () => {
  const { photo, version } = await session.firstTile();
  const shown = (id: number, of: string) =>
    session.desktop.window.evaluate<number>(`new Promise((resolve) => {
    const image = new Image();
    image.onload = () => resolve(image.naturalWidth);
    image.onerror = () => resolve(0);
    image.src = semblance.picture(${id}, "thumbnail", ${JSON.stringify(of)});
  })`);
  await expect.poll(() => shown(photo, version)).toBeGreaterThan(0);
  expect(await shown(999_999, "x")).toBe(0);
});

test("uses the system's dialogs and file manager", async () => {
  const saved = join(session.root, "labels.csv");
  await session.desktop.evaluate(({ dialog, shell }, file) => {
    dialog.showOpenDialog = async () => ({ canceled: true, filePaths: [] });
    dialog.showSaveDialog = async () => ({ canceled: false, filePath: file });
    shell.showItemInFolder = (path: string) => {
      (globalThis as never as { shown: string }).shown = path;
    };
  }, saved);
  expect(await session.value("chooseFolder")).toBeNull();
  expect(await session.value("chooseSaveFile", { suggested: "labels.csv" })).toBe(saved);
  await session.value("reveal", { photo: (await session.firstTile()).photo });
  expect(await session.desktop.evaluate(() => (globalThis as never as { shown: string }).shown, null)).toBe(
    join(session.photos, "blue.jpg"),
  );
});

// guarantee: relocated
test("a library copy opened from the file manager asks for its photos, and replaces nothing", async () => {
  const file = join(session.root, "copied.semblance");
  await session.value("copyLibrary", { file, overwrite: false });
  const asked = await session.desktop.evaluate(
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
    [file, session.photos] as const,
  );
  expect(asked).toEqual({ prevented: true, detail: expect.stringContaining(session.photos) });
});

test("the menu exports, closes and opens libraries", async () => {
  const click = (id: string) =>
    session.desktop.evaluate(({ Menu }, item) => Menu.getApplicationMenu()!.getMenuItemById(item)!.click(), id);
  expect(
    await session.desktop.evaluate(
      ({ Menu }) => Menu.getApplicationMenu()!.items.map(({ label }) => label?.replace("&", "")),
      null,
    ),
  ).toEqual(expect.arrayContaining(["File", "Edit", "View", "Help"]));
  await click("export");
  await expect.poll(() => existsSync(join(session.root, "labels.csv"))).toBe(true);
  expect(readFileSync(join(session.root, "labels.csv"), "utf8")).toMatch(/^path,label,score,source,model\r?\n/);
  const reloaded = async (id: string) => {
    const loaded = session.desktop.window.waitForEvent("load");
    await click(id);
    await loaded;
  };
  await reloaded("close-library");
  expect(await session.value("library")).toBeNull();
  await session.desktop.evaluate(({ dialog }, folder) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [folder] });
  }, session.photos);
  await reloaded("open-folder");
  expect((await session.value<LibraryInfo>("library")).folder).toBe(session.photos);
});

test("the window reopens at its last position", async () => {
  await session.desktop.evaluate(
    ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].setBounds({ x: 40, y: 30, width: 1000, height: 700 }),
    null,
  );
  await session.restart();
  expect(
    await session.desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].getNormalBounds(), null),
  ).toEqual({ x: 40, y: 30, width: 1000, height: 700 });
});
