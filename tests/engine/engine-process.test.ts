import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "vite";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type Engine, startEngine } from "../../src-main/engine/engine-process";
import type { LibraryInfo } from "../../src-shared/contract";
import { libraryOf, PIXEL } from "../fixtures/fake-semblance";

const folder = mkdtempSync(join(tmpdir(), "semblance-engine-"));
const entry = join(folder, "fake-engine.mjs");
const running: Engine[] = [];

beforeAll(async () => {
  await build({
    configFile: false,
    logLevel: "error",
    ssr: { noExternal: true },
    build: {
      ssr: "tests/fixtures/fake-engine.ts",
      outDir: folder,
      rollupOptions: { output: { entryFileNames: "fake-engine.mjs" } },
    },
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(running.splice(0).map((engine) => engine.close()));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function start(home = "/home") {
  const engine = await startEngine({ home, folderDialog: true, entry });
  running.push(engine);
  return engine;
}

const next = (engine: Engine, event: "library" | "job") => new Promise((resolve) => engine.on(event, resolve));
const call = (name: string, ...args: unknown[]) => ({ name, args });

test("calls, events, pictures and paths cross the process boundary", async () => {
  const engine = await start();
  expect(await engine.send(call("openLibrary", { folder: "/photos" }))).toEqual({
    ok: true,
    value: libraryOf("/photos"),
  });
  const job = next(engine, "job");
  expect(await engine.send(call("rescan"))).toEqual({ ok: true, value: { job: 1 } });
  expect(await job).toMatchObject({ kind: "scan", state: "done" });
  const picture = await engine.picture(1, "thumbnail");
  expect(picture).toMatchObject({ type: "image/gif", version: "v1" });
  expect(Buffer.from(picture.bytes)).toEqual(PIXEL);
  expect(await engine.pathOf(1)).toBe("/photos/one.jpg");
});

test("a refusal from a call, picture or path keeps its code across processes", async () => {
  const engine = await start();
  expect(await engine.send(call("openLibrary", { folder: "/missing" }))).toMatchObject({
    ok: false,
    error: { code: "no-folder" },
  });
  expect(await engine.send(call("openLibrary", {}))).toMatchObject({ ok: false, error: { code: "bad-arguments" } });
  expect(await engine.send(null)).toMatchObject({ ok: false, error: { code: "unknown-call" } });
  await expect(engine.picture(2, "view")).rejects.toMatchObject({ code: "unreadable" });
  await expect(engine.pathOf(3)).rejects.toMatchObject({ code: "no-photo" });
});

test("a removed listener receives nothing more", async () => {
  const engine = await start();
  const listener = vi.fn();
  engine.on("job", listener)();
  const received = next(engine, "job");
  await engine.send(call("rescan"));
  await received;
  expect(listener).not.toHaveBeenCalled();
});

test("an engine that fails to start gives the reason", async () => {
  await expect(start("/no-home")).rejects.toThrow("the home folder cannot be written");
});

describe("an engine that dies", () => {
  // guarantee: restart
  test("fails the pending calls, restarts, and reopens its library", async () => {
    const engine = await start();
    await engine.send(call("openLibrary", { folder: "/photos" }));
    const back = next(engine, "library");
    const unanswered = engine.send(call("redo"));
    expect(await engine.send(call("undo"))).toEqual({
      ok: false,
      error: { code: "engine-died", message: "The engine stopped (exit code 7)." },
    });
    expect(await unanswered).toMatchObject({ ok: false, error: { code: "engine-died" } });
    // A call made during the restart waits for it.
    expect(await engine.send(call("library"))).toEqual({ ok: true, value: libraryOf("/photos") });
    expect(((await back) as LibraryInfo).folder).toBe("/photos");
  });

  test("does not reopen a library that was closed", async () => {
    const engine = await start();
    await engine.send(call("openLibrary", { folder: "/photos" }));
    await engine.send(call("closeLibrary"));
    await engine.send(call("undo"));
    expect(await engine.send(call("library"))).toEqual({ ok: true, value: null });
  });

  // guarantee: restart
  test("restarts three times within a minute, then stops", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const engine = await start();
    for (let death = 1; death <= 4; death++)
      expect(await engine.send(call("undo"))).toMatchObject({
        ok: false,
        error: { message: "The engine stopped (exit code 7)." },
      });
    expect(await engine.send(call("library"))).toMatchObject({
      ok: false,
      error: { code: "engine-died", message: "The engine stopped 4 times within a minute and was not restarted." },
    });
    expect(log).toHaveBeenCalled();
  });

  test("restarts again after the minute is over", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const engine = await start();
    for (let death = 1; death <= 4; death++) await engine.send(call("undo"));
    const now = performance.now();
    vi.spyOn(performance, "now").mockReturnValue(now + 61_000);
    expect(await engine.send(call("library"))).toEqual({ ok: true, value: null });
  });
});

test("a closed engine answers calls with an error", async () => {
  const engine = await start();
  await engine.close();
  await engine.close();
  expect(await engine.send(call("library"))).toMatchObject({ ok: false, error: { code: "engine-died" } });
});
