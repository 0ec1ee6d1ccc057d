import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { LaunchOptions } from "@playwright/test";
import { programFolder } from "../../src-main/base/program-folder";
import type { Engine } from "../../src-main/engine/engine-process";
import { serveWindow } from "../../src-main/hosts/web";
import { createClient } from "../../src-preload/client";
import { ARGUMENTS, type EngineApi } from "../../src-shared/arguments";
import type { Api, Transport } from "../../src-shared/contract";
import { EVENT_NAMES } from "../../src-shared/engine-messages";

const SIZE = { width: 1280, height: 800 };
/** Pixels per turn of the wheel, turns per walk, and milliseconds between them, at the pace of a hand. */
const WHEEL = { pixels: 700, turns: 20, pause: 50 };

/** Memory of the page after garbage collection. */
export interface WindowMemory {
  megabytes: number;
  nodes: number;
  listeners: number;
}
export interface Window {
  /** Scrolls down through the photos, opens one, and goes back to the first. */
  walk(): Promise<void>;
  memory(): Promise<WindowMemory>;
  close(): Promise<void>;
}

/** Calls to the engine, as the window makes them. */
export const apiOf = (engine: Engine): Api => createClient({ send: (call: unknown) => engine.send(call) } as Transport);

/** Loaded on demand: not part of the program, and missing in an installation without tests. */
const load = <T>(name: string): Promise<T> => import(/* @vite-ignore */ name) as Promise<T>;

/** The built window in a browser, served by the browser host; null without a browser. */
export async function openWindow(engine: Engine): Promise<Window | null> {
  const launcher = join(programFolder(), "tests", "e2e", "browser.ts");
  if (!existsSync(launcher)) return null;
  const { findBrowser, launchOptions } = await load<{ findBrowser(): string | null; launchOptions(): LaunchOptions }>(
    pathToFileURL(launcher).href,
  );
  if (!findBrowser()) return null;
  const { chromium } = await load<typeof import("@playwright/test")>("@playwright/test");
  const client = apiOf(engine);
  const host = await serveWindow({
    create: async (emit) => {
      for (const name of EVENT_NAMES) engine.on(name, (payload) => emit(name, payload));
      return {
        api: Object.fromEntries(
          Object.keys(ARGUMENTS).map((name) => [name, client[name as keyof EngineApi]]),
        ) as unknown as EngineApi,
        picture: (photo, size) => engine.picture(photo, size),
        pathOf: () => {
          throw new Error("this host has no file manager");
        },
        close: async () => undefined,
      };
    },
  });
  const browser = await chromium.launch(launchOptions());
  const page = await browser.newPage({ viewport: SIZE });
  await page.goto(host.newAddress());
  const protocol = await page.context().newCDPSession(page);
  await protocol.send("Performance.enable");
  return {
    async walk() {
      const first = page.getByRole("gridcell").first();
      await first.click();
      const { x, y } = (await first.boundingBox())!;
      await page.mouse.move(x + 20, y + 20);
      for (let turn = 0; turn < WHEEL.turns; turn++) {
        await page.mouse.wheel(0, WHEEL.pixels);
        await page.waitForTimeout(WHEEL.pause);
      }
      await page.getByRole("gridcell").last().click();
      await page.getByRole("grid").press("Home");
    },
    async memory() {
      await protocol.send("HeapProfiler.collectGarbage");
      const { metrics } = await protocol.send("Performance.getMetrics");
      const metric = (name: string) => metrics.find((found) => found.name === name)!.value;
      return {
        megabytes: metric("JSHeapUsedSize") / 1e6,
        nodes: metric("Nodes"),
        listeners: metric("JSEventListeners"),
      };
    },
    async close() {
      await browser.close();
      await host.close();
    },
  };
}
