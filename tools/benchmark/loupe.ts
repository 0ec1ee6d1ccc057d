import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { createJobs } from "../../src-main/base/jobs";
import { programFolder } from "../../src-main/base/program-folder";
import { closeStore } from "../../src-main/store/database";
import { changeSettings } from "../../src-main/store/settings";
import { labelFolder } from "../../src-main/workspace/label-folder";
import { openFolder } from "../../src-main/workspace/open-folder";
import { printedAddresses } from "../../tests/fixtures/printed-addresses";
import type { Figure, Outcome } from "./figures";
import { findBrowser } from "./find-browser";
import { quantile } from "./quantiles";
import { inTemporaryFolder } from "./temporary";

const SIZE = { width: 1280, height: 800 };
/** 24 megapixels. */
const PIXELS = { width: 6000, height: 4000 };
/** Different pictures; the files differ by a few bytes after their end. */
const PICTURES = 6;
/** A held key repeats 30 times a second. */
const REPEAT_MS = 33;
const MAX_MS = 50;
const AHEAD = 5;
/** Rests, each followed by as many photos as are fetched ahead. */
const RESTS = 10;
const REST_MS = 4000;

/** Loaded on demand: not part of the program, and missing in an installation without tests. */
const load = <T>(name: string): Promise<T> => import(/* @vite-ignore */ name) as Promise<T>;

/**
 * Loupe view over photos of 24 megapixels: the time from a held arrow key to the frame with the next photo, from its
 * thumbnail or preview, and after a rest how many of the next previews are ready.
 */
export async function loupe({ photos: n }: { photos: number }): Promise<Outcome> {
  const options = await findBrowser();
  if ("skipped" in options) return { figures: [], skipped: options.skipped };
  const { held, ready, sharpened } = await inTemporaryFolder(async (scratch) => {
    const [home, folder] = [join(scratch, "home"), join(scratch, "Photos")];
    await fill(home, folder, n);
    const host = spawn(process.execPath, [join(programFolder(), "bin", "semblance.js"), "serve", folder], {
      env: { ...process.env, SEMBLANCE_HOME: home },
      stdio: ["pipe", "pipe", "inherit"],
    });
    const { chromium } = await load<typeof import("@playwright/test")>("@playwright/test");
    const browser = await chromium.launch(options);
    try {
      const page = await browser.newPage({ viewport: SIZE });
      await page.goto(await printedAddresses(host)());
      await page.getByRole("gridcell").first().click();
      await page.keyboard.press("Enter");
      await page.locator(".pane img").first().waitFor();
      await page.waitForTimeout(REST_MS);
      return await page.evaluate(walk, { n, REPEAT_MS, RESTS, REST_MS, AHEAD, MAX_MS });
    } finally {
      await browser.close();
      if (host.exitCode === null) {
        host.kill("SIGTERM");
        await once(host, "exit");
      }
    }
  });
  const figure = (what: string, value: number, unit: string, target?: Figure["target"]): Figure => ({
    benchmark: "loupe",
    what,
    value,
    unit,
    target,
  });
  return {
    figures: [
      figure(`${held.length} photos of 24 megapixels, held key: next photo painted, p95`, quantile(held, 0.95), "ms", {
        atMost: MAX_MS,
      }),
      figure("the same, p50", quantile(held, 0.5), "ms"),
      figure(
        `of ${AHEAD} photos after a rest of ${REST_MS / 1000} s, painted sharp within ${MAX_MS} ms, fewest`,
        Math.min(...ready),
        "",
        {
          atLeast: AHEAD,
        },
      ),
      figure("those photos painted sharp, p95", quantile(sharpened, 0.95), "ms", { atMost: MAX_MS }),
    ],
  };
}

async function fill(home: string, folder: string, n: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const pictures: Buffer[] = [];
  for (let i = 0; i < PICTURES; i++) {
    const noise = await sharp({
      create: {
        width: 300,
        height: 200,
        channels: 3,
        background: "grey",
        noise: { type: "gaussian", mean: 90 + 20 * i, sigma: 40 },
      },
    })
      .png()
      .toBuffer();
    pictures.push(await sharp(noise).resize(PIXELS.width, PIXELS.height).jpeg({ quality: 90 }).toBuffer());
  }
  for (let i = 0; i < n; i++)
    writeFileSync(
      join(folder, `IMG_${String(i).padStart(4, "0")}.jpg`),
      Buffer.concat([pictures[i % PICTURES]!, Buffer.from(`photo ${i}`)]),
    );
  const { library, visual, objects, dispose } = await openFolder(home, folder);
  changeSettings(library.store, { liveLearning: false });
  await labelFolder(
    library,
    createJobs(() => undefined),
    { visual, objects },
    { changed: () => undefined },
  ).finished;
  await dispose();
  closeStore(library.store);
}

/** In the page: walks through the photos, first with a held key, then resting on some on the way back. */
async function walk({
  n,
  REPEAT_MS,
  RESTS,
  REST_MS,
  AHEAD,
  MAX_MS,
}: Record<"n" | "REPEAT_MS" | "RESTS" | "REST_MS" | "AHEAD" | "MAX_MS", number>) {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const images = () => [...document.querySelectorAll<HTMLImageElement>(".pane img")];
  const photoOf = (image: HTMLImageElement) => /picture\/(\d+)\/(\w+)/.exec(image.src) ?? [];
  const current = () => photoOf(images()[0]!)[1];
  const isDrawn = (image: HTMLImageElement | undefined) => image?.complete === true && image.naturalWidth > 0;
  const press = (key: string) =>
    (document.activeElement ?? document.body).dispatchEvent(
      new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }),
    );
  /** Milliseconds until another photo is painted, by any of its pictures or by its preview. */
  async function move(key: string, picture: string | null): Promise<number> {
    const before = current();
    const begun = performance.now();
    press(key);
    for (;;) {
      const drawn = images().filter((image) => picture === null || photoOf(image)[2] === picture);
      if (images()[0] && current() !== before && drawn.some(isDrawn)) break;
      await frame();
    }
    await frame(); // that of the paint has begun
    return performance.now() - begun;
  }
  const held: number[] = [];
  for (let i = 1; i < n; i++) {
    const begun = performance.now();
    held.push(await move("ArrowRight", null));
    await pause(Math.max(0, REPEAT_MS - (performance.now() - begun)));
  }
  const [ready, sharpened]: [number[], number[]] = [[], []];
  for (let i = 0; i < RESTS; i++) {
    await pause(REST_MS);
    const times: number[] = [];
    for (let j = 0; j < AHEAD; j++) times.push(await move("ArrowLeft", "view"));
    sharpened.push(...times);
    ready.push(times.filter((time) => time <= MAX_MS).length);
  }
  return { held, ready, sharpened };
}
