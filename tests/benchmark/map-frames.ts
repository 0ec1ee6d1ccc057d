import { inServedWindow } from "./served-window";
import { type Frame, traceFrames } from "./trace-frames";

/** Moves of the pointer, and milliseconds between two: about one a frame. */
const MOVES = 400;
const PAUSE = 16;
/** Frames at the beginning are left out: shaders and code are compiled in them. */
const WARM_UP = 20;

/**
 * Moves the map of an imagined library about in the built window in a browser. Where a program stands in for the graphics processor,
 * the main thread hands a frame over only when that has drawn the one before, and waits most of the time.
 */
export async function panningFrames(photos: number): Promise<{ frames: Frame[]; renderer: string } | { skipped: string }> {
  return inServedWindow({ photos }, async ({ page, browser }) => {
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
    const frames = await traceFrames(browser, page, async () => {
      for (let i = 0; i < MOVES; i++) {
        await page.mouse.move(x + width / 2 + 150 * Math.sin(i / 25), y + height / 2 + 100 * Math.sin(i / 17));
        await page.waitForTimeout(PAUSE);
      }
    });
    await page.mouse.up();
    return { frames: frames.slice(WARM_UP), renderer };
  });
}
