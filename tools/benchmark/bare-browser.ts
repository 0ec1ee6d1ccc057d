import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { findBrowser } from "./find-browser";
import { inTemporaryFolder } from "./temporary";

const TIMEOUT = 120_000;
const KEYS = { Home: 36, PageDown: 34, ArrowRight: 39, ArrowDown: 40 };

/** An event of a Chromium trace; times in microseconds. */
export interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  /** CPU time. */ tdur?: number;
}
interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A browser page without a test driver, which would listen to every request and so burden the page's main thread. */
export interface BarePage {
  send<T>(method: string, params?: object): Promise<T>;
  /**
   * Evaluates a JavaScript expression in the page.
   * @throws what the expression throws
   */
  evaluate<T>(expression: string): Promise<T>;
  /**
   * Waits for an expression to become true.
   * @throws after two minutes
   */
  until(expression: string): Promise<void>;
  press(key: keyof typeof KEYS): Promise<void>;
  pointer(type: "mouseMoved" | "mousePressed" | "mouseReleased", x: number, y: number): Promise<void>;
  box(selector: string): Promise<Box>;
  /** The browser's trace while `work` runs. */
  trace(categories: string[], work: () => Promise<void>): Promise<TraceEvent[]>;
}

/** Opens an address in a separate headless browser. */
export async function inBareBrowser<T>(
  address: string,
  size: { width: number; height: number },
  work: (page: BarePage) => Promise<T>,
): Promise<T | { skipped: string }> {
  const found = await findBrowser();
  if ("skipped" in found) return found;
  const { executablePath, args = [] } = found;
  if (!executablePath) return { skipped: "no browser found" };
  return inTemporaryFolder(async (profile) => {
    const child = spawn(
      executablePath,
      [
        "--headless",
        "--enable-unsafe-swiftshader",
        "--remote-debugging-port=0",
        `--user-data-dir=${profile}`,
        ...args,
        "about:blank",
      ],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    try {
      const browser = await connect(await addressOf(child));
      const { targetInfos } = await browser.send<{ targetInfos: { type: string; targetId: string }[] }>(
        "Target.getTargets",
      );
      const { sessionId } = await browser.send<{ sessionId: string }>("Target.attachToTarget", {
        targetId: targetInfos.find(({ type }) => type === "page")!.targetId,
        flatten: true,
      });
      const page = pageOf(browser, sessionId);
      await page.send("Emulation.setDeviceMetricsOverride", { ...size, deviceScaleFactor: 1, mobile: false });
      await page.send("Page.navigate", { url: address });
      return await work(page);
    } finally {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    }
  });
}

async function addressOf(child: ChildProcess): Promise<string> {
  for await (const line of createInterface(child.stderr!)) {
    const found = /^DevTools listening on (ws:\S+)/.exec(line);
    if (found) return found[1];
  }
  throw new Error("the browser exited before it listened");
}

interface Connection {
  send<T>(method: string, params?: object, sessionId?: string): Promise<T>;
  on(method: string, heard: (params: never) => void): void;
}

/** The DevTools protocol's calls and events. */
async function connect(address: string): Promise<Connection> {
  const socket = new WebSocket(address);
  await once(socket, "open");
  const waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>();
  const listeners = new Map<string, (params: never) => void>();
  let calls = 0;
  socket.addEventListener("message", ({ data }) => {
    const { id, error, result, method, params } = JSON.parse(data as string) as {
      id?: number;
      error?: { message: string };
      result: never;
      method: string;
      params: never;
    };
    if (id === undefined) return listeners.get(method)?.(params);
    if (error) waiting.get(id)?.reject(new Error(error.message));
    else waiting.get(id)?.resolve(result);
    waiting.delete(id);
  });
  return {
    send: (method, params = {}, sessionId) =>
      new Promise((resolve, reject) => {
        waiting.set(++calls, { resolve, reject });
        socket.send(JSON.stringify({ id: calls, method, params, sessionId }));
      }),
    on: (method, heard) => listeners.set(method, heard),
  };
}

function pageOf(browser: Connection, sessionId: string): BarePage {
  const page: BarePage = {
    send: (method, params) => browser.send(method, params, sessionId),
    async evaluate<T>(expression: string) {
      const { result, exceptionDetails } = await page.send<{
        result: { value: T };
        exceptionDetails?: { text: string };
      }>("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
      if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.text}`);
      return result.value;
    },
    async until(expression) {
      for (
        const end = Date.now() + TIMEOUT;
        !(await page.evaluate<boolean>(`Boolean(${expression})`));
        await sleep(100)
      )
        if (Date.now() > end) throw new Error(`timed out waiting for ${expression}`);
    },
    async press(key) {
      for (const type of ["rawKeyDown", "keyUp"])
        await page.send("Input.dispatchKeyEvent", { type, key, code: key, windowsVirtualKeyCode: KEYS[key] });
    },
    pointer: (type, x, y) =>
      page.send("Input.dispatchMouseEvent", {
        type,
        x,
        y,
        button: "left",
        buttons: 1,
        clickCount: type === "mouseMoved" ? 0 : 1,
      }),
    box: (selector) =>
      page.evaluate(
        "(({ x, y, width, height }) => ({ x, y, width, height " +
          `}))(document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect())`,
      ),
    async trace(categories, work) {
      const events: TraceEvent[] = [];
      browser.on("Tracing.dataCollected", ({ value }: { value: TraceEvent[] }) => {
        for (const event of value) events.push(event);
      });
      const complete = new Promise<void>((resolve) => browser.on("Tracing.tracingComplete", () => resolve()));
      await browser.send("Tracing.start", {
        traceConfig: { includedCategories: categories },
        transferMode: "ReportEvents",
      });
      await work();
      await browser.send("Tracing.end");
      await complete;
      return events;
    },
  };
  return page;
}
