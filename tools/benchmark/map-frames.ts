import { setTimeout as sleep } from "node:timers/promises";
import { inServedWindow } from "./served-window";
import { type Frame, traceFrames } from "./trace-frames";

/** Pointer moves, and milliseconds between them: about one per frame. */
const MOVES = 400;
const PAUSE = 16;
/** Frames left out at the start, while shaders and code are compiled. */
const WARM_UP = 20;

/**
 * Drags the map of a mock library in the built window in a browser. With a software renderer, the main thread waits for
 * each frame to be drawn before it submits the next, and most of the time is waiting.
 */
export async function panningFrames(
  photos: number,
): Promise<{ frames: Frame[]; renderer: string } | { skipped: string }> {
  return inServedWindow({ photos }, async ({ page }) => {
    await page.until(`document.querySelector("[role=grid] [role=gridcell]")`);
    await page.evaluate(
      `[...document.querySelectorAll("button")].find(({ textContent }) => textContent.trim() === "Map").click()`,
    );
    await page.until(`document.querySelector("[role=application]") && document.querySelector(".words span")`);
    await sleep(3000);
    const { x, y, width, height } = await page.box("[role=application]");
    const renderer = await page.evaluate<string>(`(() => {
      const gl = document.createElement("canvas").getContext("webgl2");
      const named = gl?.getExtension("WEBGL_debug_renderer_info");
      return gl ? String(gl.getParameter(named ? named.UNMASKED_RENDERER_WEBGL : gl.RENDERER)) : "nothing: there is no WebGL";
    })()`);
    const [middle, centre] = [x + width / 2, y + height / 2];
    await page.pointer("mousePressed", middle, centre);
    const frames = await traceFrames(page, async () => {
      for (let i = 0; i < MOVES; i++) {
        await page.pointer("mouseMoved", middle + 150 * Math.sin(i / 25), centre + 100 * Math.sin(i / 17));
        await sleep(PAUSE);
      }
    });
    await page.pointer("mouseReleased", middle, centre);
    return { frames: frames.slice(WARM_UP), renderer };
  });
}
