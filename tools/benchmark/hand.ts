import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { LaunchOptions } from "@playwright/test";
import Database from "better-sqlite3";
import sharp from "sharp";
import { createJobs } from "../../src-main/base/jobs";
import { programFolder } from "../../src-main/base/program-folder";
import { closeStore } from "../../src-main/store/database";
import { libraryDirectory } from "../../src-main/store/home";
import { changeSettings } from "../../src-main/store/settings";
import { undo } from "../../src-main/store/undo";
import { annotate } from "../../src-main/store/verdicts";
import { labelFolder, rankAll } from "../../src-main/workspace/label-folder";
import { openFolder } from "../../src-main/workspace/open-folder";
import type { Job, PhotoDetails, PhotoId, Verdict } from "../../src-shared/contract";
import { exchangeCode } from "../../tests/fixtures/exchange-code";
import { printedAddresses } from "../../tests/fixtures/printed-addresses";
import type { Figure, Outcome } from "./figures";
import { findBrowser } from "./find-browser";
import { addPhotos, storeOutputs, syntheticOutputs } from "./synthetic-photos";
import { asJob, inTemporaryFolder, secondsOf, withFreshLibrary } from "./temporary";

export interface HandOptions {
  photos: number;
  annotated: number;
  bulk: number;
}

const MIN_ACTIONS = 60;
const SIZE = { width: 1280, height: 800 };
/** The order in which the window first shows photos. */
const VIEW = { sort: "taken", descending: true, group: "date" } as const;
/** Milliseconds without a new verdict after which the log counts as complete. */
const QUIET = 3000;
const quiet = { changed: () => undefined };

interface Event {
  photo: PhotoId;
  label: string;
  verdict: Verdict;
}

/** Loaded on demand: not part of the program, and missing in an installation without tests. */
const load = <T>(name: string): Promise<T> => import(/* @vite-ignore */ name) as Promise<T>;

/**
 * A session at the speed at which the browser takes keys: on each photo, reject the first label, accept the new first
 * one, go to the next photo, without waiting. The photo and label that each key must hit are computed beforehand from
 * what the window shows, and compared one by one with the verdict log afterwards. Then a verdict on many photos in one
 * step.
 */
export async function hand({ photos, annotated, bulk }: HandOptions): Promise<Outcome> {
  const figure = (what: string, value: number, unit: string, target?: Figure["target"]): Figure => ({
    benchmark: "hand",
    what,
    value,
    unit,
    target,
  });
  const browser = await findBrowser();
  if ("skipped" in browser) return { figures: [], skipped: browser.skipped };
  const { seconds, actions, expected, found, pressing } = await inTemporaryFolder((scratch) =>
    session(scratch, browser, photos, annotated),
  );
  const differs = (event: Event | undefined, i: number) => JSON.stringify(event) !== JSON.stringify(found[i]);
  const wrong = expected.filter(differs).length + Math.max(0, found.length - expected.length);
  const at = expected.findIndex(differs);
  return {
    figures: [
      figure(
        `${annotated} of ${photos.toLocaleString("en")} photos, ${actions} keys: verdicts per second until the last is on disk`,
        actions / seconds,
        "1/s",
        { atLeast: MIN_ACTIONS },
      ),
      figure("verdicts lost or on the wrong photo", wrong, `of ${expected.length}`, { atMost: 0 }),
      figure("keys per second that the browser accepted", actions / pressing, "1/s"),
      ...(await inBulk(bulk, figure)),
    ],
    notes: [
      ...(at < 0
        ? []
        : [
            `verdict ${at + 1} of ${expected.length}: expected ${JSON.stringify(expected[at])}, found ${JSON.stringify(found[at])}`,
          ]),
      "live learning was off, so that the labels of later photos were known beforehand",
    ],
  };
}

async function session(scratch: string, options: LaunchOptions, n: number, judged: number) {
  const [home, folder] = [join(scratch, "home"), join(scratch, "Photos")];
  await fill(home, folder, n);
  const host = spawn(process.execPath, [join(programFolder(), "bin", "semblance.js"), "serve", folder], {
    env: { ...process.env, SEMBLANCE_HOME: home },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const { chromium } = await load<typeof import("@playwright/test")>("@playwright/test");
  const browser = await chromium.launch(options);
  try {
    const newAddress = printedAddresses(host);
    const call = await caller(await newAddress());
    const { photos } = await call<{ photos: PhotoId[] }>("browse", VIEW);
    // Labels are checked while known photos are walked through again.
    while ((await call<Job[]>("jobs")).some(({ state }) => state === "running"))
      await new Promise((resolve) => setTimeout(resolve, 100));
    const page = await browser.newPage({ viewport: SIZE });
    await page.goto(await newAddress());
    const first = page.getByRole("gridcell").first();
    await first.click();
    if ((await first.getAttribute("id")) !== `photo-${photos[0]}`)
      throw new Error("the window shows its photos in the wrong order");
    await page.getByRole("region", { name: "Labels of this photo" }).getByRole("meter").first().waitFor();

    const keys: string[] = [];
    const expected: Event[] = [];
    for (const photo of photos.slice(0, judged)) {
      const { labels } = await call<PhotoDetails>("photo", { photo });
      keys.push("x", "1", "ArrowRight");
      if (labels[0]) expected.push({ photo, label: labels[0].label, verdict: "reject" });
      if (labels[1]) expected.push({ photo, label: labels[1].label, verdict: "accept" });
    }
    const keyboard = await page.context().newCDPSession(page);
    const begun = Date.now();
    await Promise.all(
      keys.map((key) =>
        keyboard.send("Input.dispatchKeyEvent", {
          type: "keyDown",
          key,
          windowsVirtualKeyCode: key === "ArrowRight" ? 39 : key.toUpperCase().charCodeAt(0),
        }),
      ),
    );
    const pressing = (Date.now() - begun) / 1000;
    const log = await quietLog(join(libraryDirectory(home, folder), "library.db"), expected.length);
    return {
      seconds: (log.at(-1)!.at - begun) / 1000,
      pressing,
      actions: keys.length,
      expected,
      found: log.map(({ photo, label, verdict }): Event => ({ photo, label, verdict })),
    };
  } finally {
    await browser.close();
    if (host.exitCode === null) {
      host.kill("SIGTERM");
      await once(host, "exit");
    }
  }
}

/** A library of small photo files with visual output like that of generated photos. */
async function fill(home: string, folder: string, n: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (let i = 0; i < n; i++) {
    const background = { r: (i * 37) % 256, g: (i * 59) % 256, b: (i * 83) % 256 };
    await sharp({ create: { width: 96 + (i % 7), height: 72 + (i % 11), channels: 3, background } })
      .jpeg()
      .toFile(join(folder, `IMG_${String(i).padStart(5, "0")}.jpg`));
  }
  const { library, visual, objects, dispose } = await openFolder(home, folder);
  const jobs = createJobs(() => undefined);
  await labelFolder(library, jobs, { visual, objects }, quiet).finished;
  const photos = library.store.db
    .prepare<[], { id: PhotoId }>("SELECT id FROM photo ORDER BY id")
    .all()
    .map(({ id }) => id);
  storeOutputs(library.store, library.pack.visualId, photos, syntheticOutputs(library, photos.length, 21));
  await asJob(
    createJobs(() => undefined),
    "rank",
    (job) => rankAll(library, job, quiet),
  );
  // The visual model is sure of nothing in painted photos, but labels are needed to review.
  changeSettings(library.store, { liveLearning: false, threshold: 0 });
  await dispose();
  closeStore(library.store);
}

async function caller(address: string) {
  const { token } = await exchangeCode(address);
  const headers = { "content-type": "application/json", "x-semblance-token": token };
  return async <T>(name: string, ...args: unknown[]): Promise<T> => {
    const response = await fetch(new URL("/api", address), {
      method: "POST",
      headers,
      body: JSON.stringify({ name, args }),
    });
    const answer = (await response.json()) as { ok: true; value: T } | { ok: false; error: { message: string } };
    if (!answer.ok) throw new Error(`${name}: ${answer.error.message}`);
    return answer.value;
  };
}

/** The verdict log, once it has the expected length and stops growing. */
async function quietLog(file: string, expected: number): Promise<(Event & { at: number })[]> {
  let [length, since] = [0, Date.now()];
  for (;;) {
    const db = new Database(file, { readonly: true });
    const log = db
      .prepare<[], Event & { at: number }>(
        "SELECT e.photo, l.key AS label, e.verdict, e.at FROM verdict_event e JOIN label l ON l.id = e.label ORDER BY e.id",
      )
      .all();
    db.close();
    if (log.length !== length) [length, since] = [log.length, Date.now()];
    if (Date.now() - since > (length >= expected ? QUIET / 3 : QUIET) && length > 0) return log;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function inBulk(
  n: number,
  figure: (what: string, value: number, unit: string, target?: Figure["target"]) => Figure,
): Promise<Figure[]> {
  return inTemporaryFolder((folder) =>
    withFreshLibrary(folder, {}, async ({ library: { store } }) => {
      const photos = addPhotos(store, n);
      const accepting = await secondsOf(() =>
        annotate(store, { photos, label: "own:Holiday", verdict: "accept", name: "Holiday" }),
      );
      const undoing = await secondsOf(() => undo(store));
      return [
        figure(`${n.toLocaleString("en")} photos accepted in one step`, accepting, "s"),
        figure(`${n.toLocaleString("en")} accepted photos undone`, undoing, "s"),
      ];
    }),
  );
}
