import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "@playwright/test";
import sharp from "sharp";
import { createJobs } from "../../src-main/base/jobs";
import { programFolder } from "../../src-main/base/program-folder";
import { browsePhotos } from "../../src-main/features/browse/browse-photos";
import { scan } from "../../src-main/folder/scan";
import { closeStore } from "../../src-main/store/database";
import { photosWithFeatures } from "../../src-main/store/features";
import { changeSettings } from "../../src-main/store/settings";
import { rankAll } from "../../src-main/workspace/label-folder";
import { openFolder } from "../../src-main/workspace/open-folder";
import type { Api, Job } from "../../src-shared/contract";
import { exchangeCode } from "../../tests/fixtures/exchange-code";
import { printedAddresses } from "../../tests/fixtures/printed-addresses";
import type { Figure, Outcome } from "./figures";
import { findBrowser } from "./find-browser";
import { median, quantile } from "./quantiles";
import { storeOutputs, syntheticOutputs } from "./synthetic-photos";
import { asJob, inTemporaryFolder } from "./temporary";

const CORRECTIONS = 20;
const MAX_SECONDS = 3;
/** Rows in view, so that photos of the corrected event are visible next to those corrected. */
const SIZE = { width: 1680, height: 1050 };
/** Milliseconds between calls made while learning runs, and timeout. */
const PAUSE = 40;
const TIMEOUT = 120_000;
/** Distinct pictures to paint; each file is one of them with a few bytes appended. */
const PICTURES = 40;
const PER_FOLDER = 500;
/** Without visible photos from the same event, there would be nothing to learn from the corrections. */
const EVENTS = { photos: 60, classes: 1 };
/** The order in which the window first shows photos. */
const VIEW = { sort: "taken", descending: true, group: "date" } as const;

/** Loaded on demand: not part of the program, and missing in an installation without tests. */
const load = <T>(name: string): Promise<T> => import(/* @vite-ignore */ name) as Promise<T>;

interface Round {
  seen: number;
  all: number;
  answers: number[];
}

/**
 * Corrects photos with the keyboard in the built window, in a browser served by the program's own host. Measures the
 * time from the twentieth key press to a changed label or confidence on a visible, uncorrected tile, and to the last
 * relabelled photo. Visual output is generated, in events like those of real libraries; everything else is the real
 * program.
 */
export async function live({ photos, rounds }: { photos: number; rounds: number }): Promise<Outcome> {
  const found = await findBrowser();
  if ("skipped" in found) return { figures: [], skipped: found.skipped };
  const { chromium } = await load<typeof import("@playwright/test")>("@playwright/test");
  return inTemporaryFolder((folder) =>
    inTemporaryFolder(async (home) => {
      await paintPhotos(folder, photos);
      await prepare(home, folder);
      const host = await serve(home, folder);
      const browser = await chromium.launch(found);
      try {
        const page = await browser.newPage({ viewport: SIZE });
        await page.goto(host.address);
        await page.getByRole("gridcell").first().locator(".caption").filter({ hasText: /./ }).waitFor();
        await until(
          async () => (await host.call("jobs")).every(({ state }) => state !== "running"),
          "the library to be idle",
        );
        const measured: Round[] = [];
        for (let round = 0; round < rounds; round++) measured.push(await correct(page, host, round));
        const figure = (what: string, value: number, unit: string, target?: Figure["target"]): Figure => ({
          benchmark: "live",
          what: `${CORRECTIONS} corrections, ${photos.toLocaleString("en")} photos: ${what}`,
          value,
          unit,
          target,
        });
        return {
          figures: [
            figure(`new labels on screen, median of ${rounds} rounds`, median(measured.map(({ seen }) => seen)), "s", {
              atMost: MAX_SECONDS,
            }),
            figure("all photos relabelled", median(measured.map(({ all }) => all)), "s"),
            figure(
              "wait for another call meanwhile, p50",
              quantile(
                measured.flatMap(({ answers }) => answers),
                0.5,
              ),
              "ms",
            ),
            figure(
              "wait for another call meanwhile, p95",
              quantile(
                measured.flatMap(({ answers }) => answers),
                0.95,
              ),
              "ms",
            ),
          ],
        };
      } finally {
        await browser.close();
        await host.end();
      }
    }),
  );
}

/** Small photo files, all different. */
async function paintPhotos(folder: string, n: number): Promise<void> {
  const pictures = await Promise.all(
    Array.from({ length: PICTURES }, (_, i) =>
      sharp({
        create: {
          width: 320,
          height: 240,
          channels: 3,
          background: { r: (i * 53) % 256, g: (i * 97) % 256, b: (i * 151) % 256 },
        },
      })
        .jpeg()
        .toBuffer(),
    ),
  );
  for (let i = 0; i < n; i++) {
    const place = join(folder, String(Math.floor(i / PER_FOLDER)));
    if (i % PER_FOLDER === 0) mkdirSync(place);
    writeFileSync(join(place, `IMG_${i}.jpg`), Buffer.concat([pictures[i % PICTURES], Buffer.from(String(i))]));
  }
}

/** Prepares a folder's library with every photo embedded and labelled. */
async function prepare(home: string, folder: string): Promise<void> {
  const { library, dispose } = await openFolder(home, folder);
  const { store, pack } = library;
  changeSettings(store, { objects: false, faces: false }); // generated photos have nothing to detect
  for await (const _ of scan(store)) {
    /* runs to the end */
  }
  const { photos } = browsePhotos(library, VIEW);
  storeOutputs(store, pack.visualId, photos, syntheticOutputs(library, photos.length, 23, EVENTS));
  if (photosWithFeatures(store, pack.visualId).length !== photos.length)
    throw new Error(`not all of ${photos.length} photos were embedded`);
  const jobs = createJobs(() => undefined);
  await asJob(jobs, "rank", (job) => rankAll(library, job, { changed: () => undefined }));
  await dispose();
  closeStore(store);
}

interface Host {
  /** Opens the window once. */
  address: string;
  call<Name extends keyof Api>(name: Name, ...args: Parameters<Api[Name]>): Promise<Awaited<ReturnType<Api[Name]>>>;
  end(): Promise<void>;
}

/** The program's browser host in a separate process. */
async function serve(home: string, folder: string): Promise<Host> {
  const child = spawn(process.execPath, [join(programFolder(), "bin", "semblance.js"), "serve", folder], {
    env: { ...process.env, SEMBLANCE_HOME: home },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const newAddress = printedAddresses(child);
  const address = await newAddress();
  const { token } = await exchangeCode(address);
  return {
    address: await newAddress(),
    async call(name, ...args) {
      const response = await fetch(new URL("/api", address), {
        method: "POST",
        headers: { "content-type": "application/json", "x-semblance-token": token },
        body: JSON.stringify({ name, args }),
      });
      const reply = (await response.json()) as { ok: boolean; value: never; error?: { message: string } };
      if (!reply.ok) throw new Error(`${name}: ${reply.error?.message}`);
      return reply.value;
    },
    async end() {
      if (child.exitCode !== null) return;
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + TIMEOUT; !(await holds()); await sleep(PAUSE))
    if (Date.now() > end) throw new Error(`timed out waiting for ${what}`);
}

async function typeLabel(page: Page, name: string): Promise<void> {
  await page.keyboard.press("t");
  await page.locator("input:focus").waitFor();
  await page.keyboard.type(name);
  await page.getByRole("option").filter({ hasText: name }).first().waitFor();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await page.getByRole("grid").focus();
}

/** Gives an own label to the last photos of the next event: typed once, then repeated with its key. */
async function correct(page: Page, host: Host, round: number): Promise<Round> {
  const learnt = async () => (await host.call("jobs")).filter(({ kind }) => kind === "learn").length;
  const [verdicts, before] = [(await host.call("library"))!.verdicts, await learnt()];
  await page.getByRole("grid").focus();
  // The last photos of the next event, below others of it. The first key press goes to the first photo.
  for (let i = 0; i <= EVENTS.photos - CORRECTIONS; i++) await page.keyboard.press("ArrowRight");
  const corrected: string[] = [];
  for (let i = 1; i <= CORRECTIONS; i++) {
    corrected.push((await page.locator("[data-photo][aria-selected=true]").getAttribute("data-photo")) ?? "");
    await page.locator(".panel, [aria-label='Labels of this photo']").first().waitFor();
    if (i === CORRECTIONS) {
      if ((await learnt()) !== before)
        throw new Error(
          `learning started before ${CORRECTIONS} corrections were given: this computer is too slow for the pauses between them`,
        );
      await page.evaluate(watchTiles(corrected));
    }
    if (i === 1) await typeLabel(page, `outing ${round + 1}`);
    else await page.keyboard.press(".");
    await until(async () => (await host.call("library"))!.verdicts >= verdicts + i, `verdict ${i} of round ${round}`);
    if (i < CORRECTIONS) await page.keyboard.press("ArrowRight");
  }
  const begun = performance.now();
  const {
    photos: [photo],
  } = await host.call("browse", { sort: "name", descending: true, group: "none" });
  const answers: number[] = [];
  const running = (job: Job) => job.kind === "learn" && job.state === "running";
  let all = 0;
  for (let turn = 0; ; turn++) {
    const asked = performance.now();
    if (turn % 2 === 0) await host.call("photo", { photo });
    else await host.call("annotate", { photos: [photo], label: "own:nothing", verdict: "clear" });
    answers.push(performance.now() - asked);
    const jobs = (await host.call("jobs")).filter(({ kind }) => kind === "learn");
    const job = jobs.at(-1);
    if (job && all === 0 && job.total > 1000 && job.done === job.total) all = (performance.now() - begun) / 1000;
    if (job && !jobs.some(running)) break;
    if (performance.now() - begun > TIMEOUT) throw new Error("learning did not end");
    await sleep(PAUSE);
  }
  const seen = await page.evaluate<number | null>("globalThis.seenAfter ?? null");
  const ended = (await host.call("jobs")).findLast(({ kind }) => kind === "learn")!;
  if (seen === null) throw new Error(`no visible label changed; learning: ${ended.state}, ${ended.message}`);
  return { seen: seen / 1000, all, answers };
}

/** In the page: milliseconds from the next key press until the first visible, uncorrected tile changes. */
const watchTiles = (corrected: string[]) => `(() => {
  const corrected = new Set(${JSON.stringify(corrected)});
  const captions = () => new Map([...document.querySelectorAll("[data-photo]")]
    .filter((tile) => !corrected.has(tile.dataset.photo) && !tile.querySelector(".caption svg"))
    .filter((tile) => tile.getBoundingClientRect().top < innerHeight && tile.getAttribute("aria-selected") !== "true")
    .map((tile) => [tile.dataset.photo, tile.querySelector(".caption").textContent]));
  const before = captions();
  globalThis.seenAfter = undefined;
  addEventListener("keydown", () => {
    const pressed = performance.now();
    const look = () => {
      const now = captions();
      for (const [photo, text] of before)
        if (now.has(photo) && now.get(photo) !== text)
          return void (globalThis.seenAfter = performance.now() - pressed);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, { capture: true, once: true });
})()`;
