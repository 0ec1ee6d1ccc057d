import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { programFolder } from "../../src-main/program-folder";

/** An event of a Chromium trace; times in microseconds. */
interface TraceEvent { name: string; ph: string; pid: number; tid: number; ts: number; dur?: number; /** Time on the processor. */ tdur?: number }

const ADDRESS = "http://imagined.test/";
const TYPES: Record<string, string> = { html: "text/html", js: "text/javascript", css: "text/css" };
const SIZE = { width: 1280, height: 800 };
/** Moves of the pointer, and milliseconds between two: about one a frame. */
const MOVES = 400;
const PAUSE = 16;
/** Frames at the beginning are left out: shaders and code are compiled in them. */
const WARM_UP = 20;

/** Loaded when it is wanted: no part of the program, and not there where only that is installed. */
const load = <T>(name: string): Promise<T> => import(/* @vite-ignore */ name) as Promise<T>;

/**
 * Moves the map of an imagined library about in the built window in a browser, and reads from the browser's own trace what its main
 * thread ran between each frame and the next: its time on the processor, and its time with all waiting. Where a program stands in for
 * the graphics processor, the main thread hands a frame over only when that has drawn the one before, and waits most of the time.
 */
export async function panningFrames(photos: number): Promise<{ working: number[]; passing: number[]; renderer: string } | { skipped: string }> {
  const root = programFolder();
  if (!existsSync(join(root, "tests", "fixtures", "imagined-library.ts"))) return { skipped: "the tests' fixtures are not there" };
  const { chromium } = await load<typeof import("@playwright/test")>("@playwright/test");
  const { launchOptions } = await load<{ launchOptions(): import("@playwright/test").LaunchOptions }>(pathToFileURL(join(root, "tests", "e2e", "browser.ts")).href);
  const fixture = await fixtureOf(root);
  const browser = await chromium.launch(launchOptions());
  try {
    const page = await browser.newPage({ viewport: SIZE });
    await page.route(`${ADDRESS}**`, async (route) => {
      const name = new URL(route.request().url()).pathname.slice(1) || "index.html";
      const file = join(root, "out", "renderer", name);
      if (!existsSync(file)) return route.abort();
      await route.fulfill({ contentType: TYPES[name.split(".").at(-1) ?? ""] ?? "application/octet-stream", body: readFileSync(file) });
    });
    await page.addInitScript({ content: `${fixture}; globalThis.semblance = fixture.imagineLibrary(${JSON.stringify({ photos })});` });
    await page.goto(ADDRESS);
    await page.getByRole("button", { name: "Map", exact: true }).click();
    const map = page.getByRole("application");
    await map.waitFor({ timeout: 120_000 });
    await page.locator(".words span").first().waitFor();
    await page.waitForTimeout(3000);
    const { x, y, width, height } = (await map.boundingBox())!;
    const renderer = await page.evaluate<string>(`(() => {
      const gl = document.createElement("canvas").getContext("webgl2");
      const named = gl?.getExtension("WEBGL_debug_renderer_info");
      return gl ? String(gl.getParameter(named ? named.UNMASKED_RENDERER_WEBGL : gl.RENDERER)) : "nothing: there is no WebGL";
    })()`);
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down();
    await browser.startTracing(page, { categories: ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"] });
    for (let i = 0; i < MOVES; i++) {
      await page.mouse.move(x + width / 2 + 150 * Math.sin(i / 25), y + height / 2 + 100 * Math.sin(i / 17));
      await page.waitForTimeout(PAUSE);
    }
    const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
    await page.mouse.up();
    const frames = framesOf(traceEvents).slice(WARM_UP);
    return { working: frames.map(({ working }) => working), passing: frames.map(({ passing }) => passing), renderer };
  } finally {
    await browser.close();
  }
}

async function fixtureOf(root: string): Promise<string> {
  const { build } = await load<typeof import("vite")>("vite");
  const built = await build({
    configFile: false, logLevel: "warn",
    build: { write: false, minify: false, lib: { entry: join(root, "tests", "fixtures", "imagined-library.ts"), formats: ["iife"], name: "fixture" } },
  }) as { output: { code: string }[] }[];
  return built[0].output[0].code;
}

/** Milliseconds of all tasks of the page's main thread from each animation frame to the next. */
function framesOf(events: TraceEvent[]): { working: number; passing: number }[] {
  const frames = events.filter(({ name, ph }) => name === "FireAnimationFrame" && (ph === "X" || ph === "B"));
  if (frames.length < WARM_UP * 2) throw new Error(`${frames.length} frames were drawn while the map was moved`);
  const { pid, tid } = frames[0];
  const begins = frames.filter((event) => event.pid === pid && event.tid === tid).map(({ ts }) => ts).sort((a, b) => a - b);
  const tasks = events.filter((event) => event.pid === pid && event.tid === tid && event.ph === "X" && event.name === "ThreadControllerImpl::RunTask")
    .sort((a, b) => a.ts - b.ts);
  const work = begins.map(() => ({ working: 0, passing: 0 }));
  // A frame begins with the task that its callback runs in; a task within another one is part of it.
  let frame = -1;
  let until = 0;
  for (const { ts, dur = 0, tdur } of tasks) {
    if (ts < until) continue;
    until = ts + dur;
    while (frame + 1 < begins.length && begins[frame + 1] < until) frame++;
    if (frame < 0) continue;
    work[frame].working += (tdur ?? dur) / 1000; // not told of a task that was too short to be measured
    work[frame].passing += dur / 1000;
  }
  return work.slice(0, -1);
}
