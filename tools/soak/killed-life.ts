import { utimesSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Events, Job, LabelId, PhotoId } from "../../src-shared/contract";
import { paint } from "../../tests/fixtures/painted-photos";
import { type DoomedEngine, Killed, startDoomed } from "./doomed-engine";
import type { ExpectedVerdicts, Step } from "./expected-verdicts";

export type Work = "opening" | "scan" | "embed" | "verdicts" | "retrain" | "export";

/** What to wait for, answers or job reports, before the engine is killed, and how many milliseconds later at most. */
const REACH: Record<Work, { jobs: Job["kind"][]; heard: number; milliseconds: number }> = {
  opening: { jobs: [], heard: 0, milliseconds: 1500 },
  scan: { jobs: ["scan"], heard: 3, milliseconds: 100 },
  embed: { jobs: ["embed"], heard: 6, milliseconds: 250 },
  verdicts: { jobs: [], heard: 200, milliseconds: 5 },
  retrain: { jobs: ["retrain", "learn"], heard: 10, milliseconds: 250 },
  export: { jobs: [], heard: 12, milliseconds: 15 },
};
/** If the moment does not come within this many milliseconds, kill now. */
const TIMEOUT = 20_000;
export const FIRST_PHOTOS = 24;
const LABELS: LabelId[] = ["own:Rex", "own:our garden", "own:<b>bold</b>", "own:blue, and deep"];

export interface Birth {
  home: string;
  folder: string;
  exports: string;
  moment: number;
  work: Work;
  expected: ExpectedVerdicts;
  draw: () => number;
}

export interface Life {
  acknowledged: number;
  /** The action that the engine did not live to answer; it may have taken effect or not. */
  pending: Step | null;
  exports: { file: string; acknowledged: boolean }[];
  faults: string[];
}

/** One run of the engine: it starts on a changed folder and is killed. */
export async function live({ home, folder, exports, moment, work, expected, draw }: Birth): Promise<Life> {
  const life: Life = { acknowledged: 0, pending: null, exports: [], faults: [] };
  await changeFolder(folder, moment, work, draw);
  const engine = await startDoomed(home);
  const { jobs, heard, milliseconds } = REACH[work];
  const { hear, due } = momentToDie(Math.ceil(heard * draw()), milliseconds * draw());
  engine.on((event, payload) => {
    if (event === "job" && jobs.includes((payload as Events["job"]).kind)) hear();
  });

  const take = async (step: Step) => {
    life.pending = step;
    if (step.do === "annotate")
      await engine.call("annotate", { photos: step.photos, label: step.label, verdict: step.verdict });
    else await engine.call(step.do);
    expected.take(step);
    life.pending = null;
    life.acknowledged++;
    if (jobs.length === 0) hear();
    else await pause(10); // the work must make progress too
  };
  const write = async (file: string) => {
    const one = { file, acknowledged: false };
    life.exports.push(one);
    if (file.endsWith(".csv"))
      await engine.call("exportLabels", {
        format: "csv",
        photos: null,
        labels: "shown",
        threshold: 0,
        file,
        overwrite: false,
        text: "name",
        escapeFormulas: false,
      });
    else await engine.call("copyLibrary", { file, overwrite: false });
    one.acknowledged = true;
    hear();
  };
  const working = async () => {
    await engine.call("openLibrary", { folder });
    const photos = await firstPhotos(engine);
    if (work === "retrain") {
      while ((await engine.call("library"))!.embedded < FIRST_PHOTOS) await pause(50);
      for (let n = 0; n < 6; n++) await take(judgement(photos, draw));
      await engine.call("retrain");
    }
    for (let n = 0; ; n++) {
      if (work === "export" && n > 0) await write(join(exports, `${moment}-${n}.${n % 2 === 0 ? "csv" : "semblance"}`));
      else await take(draw() < 0.75 ? judgement(photos, draw) : { do: draw() < 0.6 ? "undo" : "redo" });
    }
  };
  const worked = working().catch((error: unknown) => error);
  await Promise.race([due, worked]);
  await engine.kill();
  const end = await worked;
  if (!(end instanceof Killed)) life.faults.push(`the engine refused its work: ${String(end)}`);
  return life;
}

/** A photo of the folder; the same path with another seed is an edit of it. */
export async function paintPhoto(folder: string, photo: number, seed: number): Promise<string> {
  const path = `${photo % 3}/${photo}.jpg`;
  await paint(join(folder, path), seed, 64, 64);
  return path;
}

/** Adds photos, and edits one in place. */
async function changeFolder(folder: string, moment: number, work: Work, draw: () => number): Promise<void> {
  const added = work === "scan" || work === "embed" ? 6 : 1;
  for (let n = 0; n < added; n++) await paint(join(folder, `later/${moment}-${n}.jpg`), 1000 + 10 * moment + n, 64, 64);
  const edited = await paintPhoto(folder, Math.floor(draw() * FIRST_PHOTOS), 5000 + moment);
  const time = 1_700_000_000 + 60 * moment; // must differ from before, however coarse the disk's clock is
  utimesSync(join(folder, edited), time, time);
}

function momentToDie(enough: number, delay: number): { hear: () => void; due: Promise<void> } {
  let heard = 0;
  let die: () => void;
  const due = new Promise<void>((resolve) => {
    die = resolve;
  });
  setTimeout(() => die(), TIMEOUT).unref();
  const hear = () => {
    if (heard++ === enough) setTimeout(() => die(), delay);
  };
  hear();
  return { hear, due };
}

/** The photos in the library, once those of the first scan are among them. */
async function firstPhotos(engine: DoomedEngine): Promise<PhotoId[]> {
  for (;;) {
    const { photos } = await engine.call("browse", { sort: "name", descending: false, group: "none" });
    if (photos.length >= FIRST_PHOTOS) return photos;
    await pause(20);
  }
}

function judgement(photos: PhotoId[], draw: () => number): Step {
  const one = () => photos[Math.floor(draw() * photos.length)];
  const many = draw() < 0.2 ? Array.from({ length: 12 }, one) : [one()];
  return {
    do: "annotate",
    photos: many,
    label: LABELS[Math.floor(draw() * LABELS.length)],
    verdict: (["accept", "accept", "reject", "clear"] as const)[Math.floor(draw() * 4)],
  };
}
