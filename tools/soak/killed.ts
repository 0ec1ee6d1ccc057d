import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { random } from "../../src-main/math/random";
import type { Figure, Outcome } from "../benchmark/figures";
import { inTemporaryFolder } from "../benchmark/temporary";
import { expectNoVerdicts } from "./expected-verdicts";
import { exportFaults, keepNothing, libraryFaults } from "./killed-library";
import { FIRST_PHOTOS, live, paintPhoto, type Work } from "./killed-life";
import { killWhileMigrating } from "./killed-migration";

/** What the engine is at when it is killed; each of them in its turn. */
const TURNS: (Work | "migration")[] = ["embed", "verdicts", "retrain", "export", "migration", "scan", "opening"];

/** What became of the moments. */
export interface Killings {
  moments: Record<string, number>;
  /** Verdicts, undos and redos that were answered before the engine was killed. */
  acknowledged: number;
  /** Photos that were looked at and versions that were learned, which had to be there at every later moment. */
  kept: number;
  /** Exports that were found, whole. */
  exports: number;
  faults: string[];
}

/**
 * Kills the engine with SIGKILL at random moments of its work on a folder that changes meanwhile, and looks each time
 * at what lies on
 * disk: every acknowledged verdict stands and no other, the databases are whole, nothing that was finished is done
 * again, and an export is
 * there whole or not at all.
 * @param minutes after which no further moment is begun
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

/** The mode `killed`. */
export async function killed(options: { moments: number; minutes: number; seed: number }): Promise<Outcome> {
  const { moments, acknowledged, kept, exports, faults } = await killAtRandomMoments(options);
  const figure = (what: string, value: number, target: Figure["target"]): Figure => ({
    benchmark: "killed",
    what,
    value,
    unit: "",
    target,
  });
  return {
    figures: [
      figure(
        "times the engine was killed",
        Object.values(moments).reduce((sum, n) => sum + n, 0),
        { atLeast: options.moments },
      ),
      figure("verdicts, undos and redos acknowledged before a kill", acknowledged, { atLeast: 1 }),
      figure("embedded photos and learned versions that survived", kept, { atLeast: 1 }),
      figure("finished exports, all whole", exports, { atLeast: 1 }),
      figure("faults found afterwards", faults.length, { atMost: 0 }),
    ],
    notes: [
      Object.entries(moments)
        .map(([work, n]) => `${work} ${n}`)
        .join(", "),
      ...faults,
    ],
  };
}
