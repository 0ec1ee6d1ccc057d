import { setTimeout as sleep } from "node:timers/promises";
import sharp from "sharp";
import { createClient } from "../../src-preload/client";
import type { Picture } from "../../src-shared/engine-messages";
import { scene } from "../../tests/fixtures/scene";
import type { BarePage } from "./bare-browser";
import { inServedWindow, type ServedWindow } from "./served-window";
import { type Frame, traceFrames } from "./trace-frames";

const GRID = "[role=grid]";
/** Thumbnails like the engine's; photos share this many. */
const PICTURES = 24;
const WIDTH = 512;
const HEIGHT = 384;
/** Frames left out at the start, while code is compiled. */
const WARM_UP = 20;
/** Milliseconds of scrolling, per way. */
const LASTING = 6000;
const ROUNDS = 3;
/** Wheel speed in pixels per second: a screen in half a second. */
const SLOWLY = 1200;
const PAUSE = 16;
/** Pixels from the grid's top edge to the middle of the scrollbar's thumb at the top. */
const THUMB = 12;

/** Events per second while learning, like the engine's: newly labelled photos and progress five times, counts twice. */
const PHOTOS_PER_EVENT = 320;
const EVENT_MS = 200;
const PROGRESS_MS = 200;
const COUNTS_MS = 500;
const STEPS_OF_A_FIT = 150;

export interface GridFrames {
  ways: { what: string; learning: boolean; /** per round */ rounds: Frame[][] }[];
  /** Heap of the page, in bytes, before and after scrolling through all photos. */ heap: {
    before: number;
    after: number;
  };
}

/** Scrolls the grid of a mock library in the built window in every way a person can; then again while learning runs. */
export async function scrollingFrames(photos: number): Promise<GridFrames | { skipped: string }> {
  const pictures = await thumbnails();
  const picture = (photo: number): Picture => ({ bytes: pictures[photo % PICTURES], type: "image/jpeg", version: "1" });
  return inServedWindow({ photos, picture }, async (window) => {
    const { page } = window;
    await page.until(`document.querySelector("${GRID} [role=gridcell]")`);
    await sleep(3000);
    const ways: GridFrames["ways"] = [];
    for (const learning of [false, true]) {
      const rest = learning ? learn(window, photos) : () => undefined;
      for (const [what, scroll] of Object.entries(WAYS)) {
        const rounds: Frame[][] = [];
        for (let round = 0; round < ROUNDS; round++) {
          await page.evaluate(`document.querySelector("${GRID}").focus()`);
          await page.press("Home");
          await sleep(1000);
          const frames = await traceFrames(page, () => scroll(page));
          if ((await page.evaluate(`document.querySelector("${GRID}").scrollTop`)) === 0)
            throw new Error(`the grid did not move: ${what}`);
          rounds.push(frames.slice(WARM_UP));
        }
        ways.push({ what, learning, rounds });
      }
      rest();
    }
    const before = await heapOf(page);
    await page.evaluate(throughAll);
    await sleep(1000);
    return { ways, heap: { before, after: await heapOf(page) } };
  });
}

const WAYS: Record<string, (page: BarePage) => Promise<void>> = {
  "wheel, slowly": (page) => turnWheel(page, SLOWLY),
  "wheel, fast": (page) => turnWheel(page, 20 * SLOWLY),
  async "scrollbar dragged"(page) {
    const { x, y, width, height } = await page.box(GRID);
    await page.pointer("mousePressed", x + width - 5, y + THUMB);
    for (let i = 0; i < LASTING / PAUSE; i++) {
      await page.pointer("mouseMoved", x + width - 5, y + THUMB + (height - 20) * (0.5 - 0.5 * Math.cos(i / 70)));
      await sleep(PAUSE);
    }
    await page.pointer("mouseReleased", x + width - 5, y + THUMB);
  },
  async "arrow keys"(page) {
    for (let i = 0; i < LASTING / 33; i++) {
      await page.press(i % 4 === 3 ? "ArrowDown" : "ArrowRight");
      await sleep(33);
    }
  },
  async pages(page) {
    for (let i = 0; i < LASTING / 100; i++) {
      await page.press("PageDown");
      await sleep(100);
    }
  },
};

/** Scrolls through the whole view in this many steps, one per frame. A string, because it runs in the page. */
const STEPS = 1200;
const throughAll = `(async () => {
  const grid = document.querySelector("[role=grid]");
  for (let i = 0; i <= ${STEPS}; i++) {
    grid.scrollTop = ((grid.scrollHeight - grid.clientHeight) * i) / ${STEPS};
    await new Promise(requestAnimationFrame);
  }
})()`;

async function heapOf(page: BarePage): Promise<number> {
  await page.send("HeapProfiler.collectGarbage");
  return (await page.send<{ usedSize: number }>("Runtime.getHeapUsage")).usedSize;
}

async function turnWheel(page: BarePage, speed: number): Promise<void> {
  const { x, y, width, height } = await page.box(GRID);
  await page.send("Input.synthesizeScrollGesture", {
    x: x + width / 2,
    y: y + height / 2,
    yDistance: -(speed * LASTING) / 1000,
    speed,
    gestureSourceType: "mouse",
    preventFling: true,
  });
}

/** Sends the window the engine's events while it learns and relabels all photos. */
function learn({ mock }: ServedWindow, photos: number): () => void {
  const engine = createClient(mock);
  let labelled = 0;
  let step = 0;
  let job = 900;
  const timers = [
    setInterval(() => {
      mock.emit("photos", {
        changed: Array.from({ length: PHOTOS_PER_EVENT }, (_, i) => photos - ((labelled + i) % photos)),
      });
      labelled += PHOTOS_PER_EVENT;
    }, EVENT_MS),
    setInterval(() => {
      mock.emit("job", {
        job,
        kind: "learn",
        state: "running",
        done: labelled,
        total: photos,
        perSecond: 1700,
        secondsLeft: 40,
        message: null,
      });
      mock.emit(
        "loss",
        Array.from({ length: 10 }, () => ({
          job,
          step: (step++ % STEPS_OF_A_FIT) + 1,
          steps: STEPS_OF_A_FIT,
          loss: 0.5,
        })),
      );
      if (step % STEPS_OF_A_FIT === 0) job++;
    }, PROGRESS_MS),
    setInterval(async () => mock.emit("library", (await engine.library())!), COUNTS_MS),
  ];
  return () => timers.forEach(clearInterval);
}

const thumbnails = (): Promise<Uint8Array[]> =>
  Promise.all(
    Array.from(
      { length: PICTURES },
      async (_, i) =>
        new Uint8Array(
          await sharp(await scene(i + 1, WIDTH, HEIGHT), { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
            .jpeg({ quality: 80 })
            .toBuffer(),
        ),
    ),
  );
