import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { random } from "../../src-main/math/random";
import type { Figure, Outcome } from "../benchmark/figures";
import { inTemporaryFolder } from "../benchmark/temporary";
import { expectNoVerdicts } from "./expected-verdicts";
import { cannotInject, killAtSystemCalls } from "./injected-kills";
import { exportFaults, keepNothing, libraryFaults } from "./killed-library";
import { FIRST_PHOTOS, live, paintPhoto, type Work } from "./killed-life";
import { killWhileMigrating } from "./killed-migration";

/** Kinds of work at which the engine is killed, in turn. */
const TURNS: (Work | "migration")[] = ["embed", "verdicts", "retrain", "export", "migration", "scan", "opening"];

/** What happened at the kills. */
export interface Killings {
  moments: Record<string, number>;
  /** Verdicts, undos and redos that were answered before a kill. */
  acknowledged: number;
  /** Photos embedded and versions learned, which must exist at every later check. */
  kept: number;
  /** Complete exports found. */
  exports: number;
  faults: string[];
}

/**
 * Kills the engine with SIGKILL at random moments while the folder changes, and checks the files each time: exactly the
 * acknowledged verdicts exist, the databases are intact, no finished work is repeated, and an export is complete or
 * absent.
 * @param minutes after which no new round begins
 */
export async function killAtRandomMoments({
  moments,
  minutes,
  seed,
}: {
  moments: number;
  minutes: number;
  seed: number;
}): Promise<Killings> {
  const draw = random(seed);
  const until = performance.now() + minutes * 60_000;
  const killings: Killings = {
    moments: Object.fromEntries(TURNS.map((work) => [work, 0])),
    acknowledged: 0,
    kept: 0,
    exports: 0,
    faults: [],
  };
  await inTemporaryFolder(async (root) => {
    const place = { home: join(root, "home"), folder: join(root, "photos"), exports: join(root, "exports") };
    mkdirSync(place.exports);
    for (let photo = 0; photo < FIRST_PHOTOS; photo++) await paintPhoto(place.folder, photo, photo);
    const [expected, keeps] = [expectNoVerdicts(), keepNothing()];
    for (let moment = 0; moment < moments && performance.now() < until; moment++) {
      const work = TURNS[moment % TURNS.length];
      killings.moments[work]++;
      const fault = (what: string) => killings.faults.push(`moment ${moment} (${work}): ${what}`);
      if (work === "migration") {
        (await killWhileMigrating(join(root, `migration ${moment}`), draw)).forEach(fault);
        continue;
      }
      const life = await live({ ...place, moment, work, expected, draw });
      killings.acknowledged += life.acknowledged;
      const left = libraryFaults({ ...place, expected, pending: life.pending, keeps });
      if (left.pendingStands) expected.take(life.pending!);
      const found = exportFaults(life.exports, expected, left.paths);
      killings.exports += found.whole;
      [...life.faults, ...left.faults, ...found.faults].forEach(fault);
    }
    killings.kept = keeps.made.size + keeps.versions.size;
  });
  return killings;
}

const figure = (what: string, value: number, target: Figure["target"]): Figure => ({
  benchmark: "killed",
  what,
  value,
  unit: "",
  target,
});

/**
 * The mode `killed`.
 * @param minutes after which each half, at random moments and at system calls, begins no new kill
 */
export async function killed(options: {
  moments: number;
  calls: number;
  minutes: number;
  seed: number;
}): Promise<Outcome> {
  const { moments, acknowledged, kept, exports, faults } = await killAtRandomMoments(options);
  const atCalls = await killedAtCalls(options);
  return {
    figures: [
      figure(
        "times the engine was killed",
        Object.values(moments).reduce((sum, n) => sum + n, 0),
        { atLeast: options.moments },
      ),
      figure("verdicts, undos and redos acknowledged before a kill", acknowledged, { atLeast: 1 }),
      figure("embedded photos and learned versions that survived", kept, { atLeast: 1 }),
      figure("finished exports, all complete", exports, { atLeast: 1 }),
      figure("faults found afterwards", faults.length, { atMost: 0 }),
      ...atCalls.figures,
    ],
    notes: [
      Object.entries(moments)
        .map(([work, n]) => `${work} ${n}`)
        .join(", "),
      ...faults,
      ...atCalls.notes,
    ],
  };
}

async function killedAtCalls({
  calls,
  minutes,
  seed,
}: {
  calls: number;
  minutes: number;
  seed: number;
}): Promise<{ figures: Figure[]; notes: string[] }> {
  const reason = calls === 0 ? "--calls is 0" : cannotInject();
  if (reason !== null) return { figures: [], notes: [`no kills at system calls: ${reason}`] };
  const { kills, acknowledged, lost, unsound, unfound, faults } = await inTemporaryFolder((root) =>
    killAtSystemCalls({ root, kills: calls, draw: random(seed), until: performance.now() + minutes * 60_000 }),
  );
  const count = Object.values(kills).reduce((sum, one) => sum + one.kills, 0);
  return {
    figures: [
      figure("kills at chosen system calls", count, { atLeast: calls }),
      figure("verdicts acknowledged before such a kill", acknowledged, { atLeast: 1 }),
      figure("of these, lost", lost, { atMost: 0 }),
      figure("unsound databases", unsound, { atMost: 0 }),
      figure("libraries that the next command did not find", unfound, { atMost: 0 }),
      figure("faults found after such a kill", faults.length, { atMost: 0 }),
    ],
    notes: [
      `at system calls: ${Object.entries(kills)
        .map(([operation, one]) => `${operation} ${one.kills} (${one.steps.size} different)`)
        .join(", ")}`,
      ...faults,
    ],
  };
}
