import sharp from "sharp";
import type { Picture } from "../../src-main/engine-messages";
import { scene } from "../fixtures/scene";
import { createClient } from "../../src-preload/client";
import { inServedWindow, type ServedWindow } from "./served-window";
import { type Frame, traceFrames } from "./trace-frames";

/** Thumbnails as the engine makes them; every photo has one of so many. */
const PICTURES = 24;
const WIDTH = 512;
const HEIGHT = 384;
/** Frames at the beginning are left out: code is compiled in them. */
const WARM_UP = 20;
/** Milliseconds that one way of scrolling goes on for. */
const LASTING = 6000;
/** Pixels a second that a turning wheel scrolls: a screen in half a second. */
const SLOWLY = 1200;
const PAUSE = 16;

/** As the engine tells of learning: a chunk of newly labelled photos at a time, progress five times a second, counts twice. */
const CHUNK = 64;
const CHUNK_MS = 40;
const PROGRESS_MS = 200;
const COUNTS_MS = 500;
const STEPS_OF_A_FIT = 150;

export interface GridFrames { ways: { what: string; learning: boolean; frames: Frame[] }[]; /** Bytes of the page's own objects before and after all photos were scrolled through. */ heap: { before: number; after: number } }

/** Scrolls the grid of an imagined library in the built window, by each way that a person has; then all of that again while learning runs. */
export async function scrollingFrames(photos: number): Promise<GridFrames | { skipped: string }> {
  const pictures = await thumbnails();
  const picture = (photo: number): Picture => ({ bytes: pictures[photo % PICTURES], type: "image/jpeg", version: "1" });
  return inServedWindow({ photos, picture }, async (window) => {
    const { page, browser } = window;
    const grid = page.getByRole("grid", { name: "Photos" });
    await grid.getByRole("gridcell").first().waitFor();
    await page.waitForTimeout(3000);
    const ways: GridFrames["ways"] = [];
    for (const learning of [false, true]) {
      const rest = learning ? learn(window, photos) : () => undefined;
      for (const [what, scroll] of Object.entries(WAYS)) {
        await grid.focus();
        await page.keyboard.press("Home");
        await page.waitForTimeout(1000);
        const frames = await traceFrames(browser, page, () => scroll(window));
        if ((await grid.evaluate((scroller: { scrollTop: number }) => scroller.scrollTop)) === 0) throw new Error(`the grid did not move: ${what}`);
        ways.push({ what, learning, frames: frames.slice(WARM_UP) });
      }
      rest();
    }
    const before = await heapOf(window);
    await page.evaluate(throughAll);
    await page.waitForTimeout(1000);
    return { ways, heap: { before, after: await heapOf(window) } };
  });
}

const WAYS: Record<string, (window: ServedWindow) => Promise<void>> = {
  "wheel, slowly": ({ protocol, page }) => turnWheel(page, protocol, SLOWLY),
  "wheel, fast": ({ protocol, page }) => turnWheel(page, protocol, 20 * SLOWLY),
  async "scrollbar dragged"({ page }) {
    const { x, y, width, height } = (await page.getByRole("grid", { name: "Photos" }).boundingBox())!;
    await page.mouse.move(x + width - 5, y + 8);
    await page.mouse.down();
    for (let i = 0; i < LASTING / PAUSE; i++) {
      await page.mouse.move(x + width - 5, y + 8 + (height - 20) * (0.5 - 0.5 * Math.cos(i / 60)));
      await page.waitForTimeout(PAUSE);
    }
    await page.mouse.up();
  },
  async "arrow keys"({ page }) {
    for (let i = 0; i < LASTING / 33; i++) {
      await page.keyboard.press(i % 4 === 3 ? "ArrowDown" : "ArrowRight");
      await page.waitForTimeout(33);
    }
  },
  async "pages"({ page }) {
    for (let i = 0; i < LASTING / 100; i++) {
      await page.keyboard.press("PageDown");
      await page.waitForTimeout(100);
    }
  },
};

/** The whole view in so many steps, one a frame. A text, since it runs in the page. */
const STEPS = 1200;
const throughAll = `(async () => {
  const grid = document.querySelector("[role=grid]");
  for (let i = 0; i <= ${STEPS}; i++) {
    grid.scrollTop = ((grid.scrollHeight - grid.clientHeight) * i) / ${STEPS};
    await new Promise(requestAnimationFrame);
  }
})()`;

async function heapOf({ protocol }: ServedWindow): Promise<number> {
  await protocol.send("HeapProfiler.collectGarbage");
  return (await protocol.send("Runtime.getHeapUsage")).usedSize;
}

async function turnWheel(page: ServedWindow["page"], protocol: ServedWindow["protocol"], speed: number): Promise<void> {
  const { x, y, width, height } = (await page.getByRole("grid", { name: "Photos" }).boundingBox())!;
  await protocol.send("Input.synthesizeScrollGesture", {
    x: x + width / 2, y: y + height / 2, yDistance: -(speed * LASTING) / 1000, speed, gestureSourceType: "mouse", preventFling: true,
  });
}

/** Tells the window what the engine tells while it learns and labels all photos anew. */
function learn({ imagined }: ServedWindow, photos: number): () => void {
  const engine = createClient(imagined);
  let labelled = 0;
  let step = 0;
  let job = 900;
  const timers = [
    setInterval(() => {
      imagined.emit("photos", { changed: Array.from({ length: CHUNK }, (_, i) => photos - ((labelled + i) % photos)) });
      labelled += CHUNK;
    }, CHUNK_MS),
    setInterval(() => {
      imagined.emit("job", { job, kind: "learn", state: "running", done: labelled, total: photos, perSecond: 1700, secondsLeft: 40, message: null });
      for (let i = 0; i < 10; i++) imagined.emit("loss", { job, step: (step++ % STEPS_OF_A_FIT) + 1, steps: STEPS_OF_A_FIT, loss: 0.5 });
      if (step % STEPS_OF_A_FIT === 0) job++;
    }, PROGRESS_MS),
    setInterval(async () => imagined.emit("library", (await engine.library())!), COUNTS_MS),
  ];
  return () => timers.forEach(clearInterval);
}

const thumbnails = (): Promise<Uint8Array[]> => Promise.all(Array.from({ length: PICTURES }, async (_, i) =>
  new Uint8Array(await sharp(await scene(i + 1, WIDTH, HEIGHT), { raw: { width: WIDTH, height: HEIGHT, channels: 3 } }).jpeg({ quality: 80 }).toBuffer())));
