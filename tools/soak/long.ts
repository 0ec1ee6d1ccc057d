import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { random } from "../../src-main/math/random";
import type { AnnotationCall, Api, Job, JobId, PhotoId } from "../../src-shared/contract";
import { paint } from "../../tests/fixtures/painted-photos";
import type { Figure, Outcome } from "../benchmark/figures";
import { inTemporaryFolder } from "../benchmark/temporary";
import { apiOf, openWindow, type WindowMemory } from "./open-window";
import { slopeOf } from "./slope";
import { type EngineMemory, startWatchedEngine } from "./watched-engine";

const PER_FOLDER = 500;
/** One in this many photos is a copy of its predecessor. */
const COPIED = 20;
const POLL = 50;
/** A round's corrections are undone this many rounds later, so that the number of training examples stays constant. */
const STANDING = 3;
/** Share of the rounds that count as warm-up and fill caches. */
const WARM_UP = 0.25;
/** Rounds needed after the warm-up; with fewer, single steps of the allocator look like a slope. */
const MIN_ROUNDS = 8;
/** Targets: growth that is certain, in megabytes and in objects of the page, per 1,000 corrections. */
const MAX_LEFT = { megabytes: 1, things: 100 };

export interface Round extends EngineMemory {
  minutes: number;
  corrections: number;
  window: WindowMemory | null;
}
export interface LongRun {
  photos: number;
  scanned: number;
  labelled: number;
  rounds: Round[];
}

/**
 * Uses one library for a long time: scans and labels it through the real engine process, then corrects, learns and
 * scrolls in a loop, measuring the memory of engine and window after each round.
 * @param corrections per round
 * @param minutes after which no new round begins, not counting the scan
 * @param rounds at most
 * @returns photos per second of scan and labelling, and the memory after each round
 */
export async function liveLong({
  photos: n,
  corrections,
  minutes,
  seed,
  rounds: most = Infinity,
}: {
  photos: number;
  corrections: number;
  minutes: number;
  seed: number;
  rounds?: number;
}): Promise<LongRun> {
  return inTemporaryFolder(async (place) => {
    const folder = join(place, "photos");
    await paintPhotos(folder, n, seed);
    const engine = await startWatchedEngine(join(place, "home"), place);
    const jobs = new Map<JobId, Job>();
    engine.on("job", (job) => jobs.set(job.job, job));
    const api = apiOf(engine);
    const begun = performance.now();
    await api.openLibrary({ folder });
    const scanned = n / (await secondsUntil(begun, () => ended(jobs, "scan")));
    const labelled = n / (await secondsUntil(begun, () => ended(jobs, "embed")));
    await atRest(api);
    const window = await openWindow(engine);
    try {
      const { photos } = await api.browse({ sort: "name", descending: false, group: "none" });
      const rounds: Round[] = [];
      const pending: AnnotationCall[][] = [];
      const loop = performance.now();
      const passed = () => (performance.now() - loop) / 60_000;
      for (let given = 0; rounds.length < most && passed() < minutes;) {
        const made = await correct(api, photos, given, corrections);
        pending.push(made);
        if (pending.length > STANDING)
          await api.annotateEach({ verdicts: pending.shift()!.map((judged) => ({ ...judged, verdict: "clear" })) });
        given += made.length;
        await window?.walk();
        await atRest(api);
        const { job } = await api.retrain();
        await secondsUntil(loop, () => isOver(jobs.get(job)));
        if (jobs.get(job)!.state !== "done")
          throw new Error(`learning ${jobs.get(job)!.state}: ${jobs.get(job)!.message}`);
        await atRest(api);
        rounds.push({
          minutes: passed(),
          corrections: given,
          ...(await engine.memory()),
          window: (await window?.memory()) ?? null,
        });
      }
      return { photos: photos.length, scanned, labelled, rounds };
    } finally {
      await window?.close();
      await engine.close();
    }
  });
}

/** Small photos of 2 to 4 kB, all different except for some copies. */
async function paintPhotos(folder: string, n: number, seed: number): Promise<void> {
  const draw = random(seed);
  let last = "";
  for (let i = 0; i < n; i++) {
    const file = join(folder, String(Math.floor(i / PER_FOLDER)), `IMG_${i}.jpg`);
    if (i % COPIED === COPIED - 1) {
      mkdirSync(join(file, ".."), { recursive: true });
      copyFileSync(last, file);
    } else await paint(file, draw() * 10_000, 64 + Math.floor(draw() * 96), 64 + Math.floor(draw() * 64));
    last = file;
  }
}

/** For the next photos, in rotation, accepts the best label of every second one and rejects that of the others. */
async function correct(api: Api, photos: PhotoId[], from: number, n: number): Promise<AnnotationCall[]> {
  const verdicts: AnnotationCall[] = [];
  for (let i = 0; i < n; i++) {
    const photo = photos[(from + i) % photos.length];
    const { labels } = await api.photo({ photo });
    verdicts.push({
      photos: [photo],
      label: labels[0]?.label ?? "own:nothing",
      verdict: i % 2 === 0 && labels.length > 0 ? "accept" : "reject",
    });
  }
  await api.annotateEach({ verdicts });
  return verdicts;
}

const isOver = (job: Job | undefined) => job !== undefined && job.state !== "running" && job.state !== "paused";
const ended = (jobs: Map<JobId, Job>, kind: Job["kind"]) =>
  [...jobs.values()].some((job) => job.kind === kind && isOver(job));

/** Seconds since `begun` until the condition holds. */
async function secondsUntil(then: number, holds: () => boolean): Promise<number> {
  while (!holds()) await sleep(POLL);
  return (performance.now() - then) / 1000;
}

async function atRest(api: Api): Promise<void> {
  while ((await api.jobs()).some((job) => !isOver(job))) await sleep(POLL);
}

/** The mode `long`. */
export async function long({
  photos,
  minutes,
  seed,
  corrections = 200,
}: {
  photos: number;
  minutes: number;
  seed: number;
  corrections?: number;
}): Promise<Outcome> {
  const run = await liveLong({ photos, corrections, minutes, seed });
  const warm = run.rounds.slice(Math.ceil(run.rounds.length * WARM_UP));
  const figure = (what: string, value: number, unit: string, target?: Figure["target"]): Figure => ({
    benchmark: "long",
    what,
    value,
    unit,
    target,
  });
  const figures = [
    figure("photos scanned per second", run.scanned, ""),
    figure("photos labelled per second, scan included", run.labelled, ""),
    figure("rounds of corrections, learning and scrolling", run.rounds.length, "", { atLeast: 1 }),
  ];
  const notes = tableOf(run.rounds);
  if (warm.length < MIN_ROUNDS)
    return {
      figures,
      notes: [...notes, `${warm.length} rounds after the warm-up are too few to measure growth: increase --minutes`],
    };
  const grows = (what: string, of: (round: Round) => number, unit: string, most: number) => {
    const [byWork, byHour] = [
      slopeOf(warm.map((round) => ({ x: round.corrections / 1000, y: of(round) }))),
      slopeOf(warm.map((round) => ({ x: round.minutes / 60, y: of(round) }))),
    ];
    notes.push(
      `${what}: ${signed(byWork.perUnit)} ± ${byWork.within.toFixed(2)} ${unit} per 1,000 ` +
        `corrections, ${signed(byHour.perUnit)} ± ${byHour.within.toFixed(2)} per hour`,
    );
    figures.push(
      figure(
        `${what}: growth per 1,000 corrections (lower end of the 95% interval)`,
        byWork.perUnit - byWork.within,
        unit,
        { atMost: most },
      ),
    );
  };
  grows("engine, resident", ({ resident }) => resident, "MB", MAX_LEFT.megabytes);
  grows("engine, heap", ({ heap }) => heap, "MB", MAX_LEFT.megabytes);
  grows("engine, external", ({ external }) => external, "MB", MAX_LEFT.megabytes);
  if (warm.every(({ window }) => window !== null)) {
    grows("window, heap", ({ window }) => window!.megabytes, "MB", MAX_LEFT.megabytes);
    grows("window, nodes", ({ window }) => window!.nodes, "nodes", MAX_LEFT.things);
    grows("window, listeners", ({ window }) => window!.listeners, "listeners", MAX_LEFT.things);
  } else notes.push("no browser found: the window was not measured");
  return { figures, notes };
}

const signed = (value: number) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;

function tableOf(rounds: Round[]): string[] {
  const row = (cells: (string | number)[]) => cells.map((cell) => String(cell).padStart(11)).join("");
  return [
    row(["minute", "corrections", "resident MB", "heap MB", "external MB", "window MB", "nodes", "listeners"]),
    ...rounds.map(({ minutes, corrections, resident, heap, external, window }) =>
      row([
        minutes.toFixed(1),
        corrections,
        resident.toFixed(0),
        heap.toFixed(1),
        external.toFixed(1),
        window?.megabytes.toFixed(1) ?? "",
        window?.nodes ?? "",
        window?.listeners ?? "",
      ]),
    ),
  ];
}
