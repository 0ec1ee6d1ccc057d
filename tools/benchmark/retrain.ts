import { random } from "../../src-main/math/random";
import { currentModelInfo } from "../../src-main/store/models";
import { countLabelled, predictionsOf } from "../../src-main/store/predictions";
import { recordAll, type VerdictChange } from "../../src-main/store/verdicts";
import { rankAll } from "../../src-main/workspace/label-folder";
import type { OpenLibrary } from "../../src-main/workspace/open-library";
import { retrain as learn } from "../../src-main/workspace/retrain";
import type { Figure, Outcome } from "./figures";
import { median } from "./quantiles";
import { addPhotos, storeOutputs, syntheticOutputs } from "./synthetic-photos";
import { asJob, inTemporaryFolder, secondsOf, withFreshLibrary } from "./temporary";

export interface RetrainOptions {
  pack?: string;
  photos: number;
  corrections: number;
  rounds: number;
  /** Seconds. */ atMost: number;
}

const quiet = { changed: () => undefined };

/**
 * Seconds from starting to retrain on corrections until all photos are relabelled, in a library of generated photos.
 */
export async function retrain({ pack, photos: n, corrections, rounds, atMost }: RetrainOptions): Promise<Outcome> {
  return inTemporaryFolder((folder) =>
    withFreshLibrary(folder, { pack }, async ({ library, jobs }) => {
      const photos = addPhotos(library.store, n);
      storeOutputs(library.store, library.pack.visualId, photos, syntheticOutputs(library, n, 18));
      await asJob(jobs, "rank", (job) => rankAll(library, job, quiet));
      const annotated = recordAll(library.store, corrected(library, photos, corrections), {
        source: "person",
        describe: (count) => `Correct ${count} labels`,
      });
      if (annotated !== corrections) throw new Error(`${annotated} of ${corrections} corrections were recorded`);
      const times: Record<"fit" | "learn" | "rank" | "total", number>[] = [];
      for (let round = 0; round < rounds; round++) {
        let [learning, ranking] = [0, 0];
        await asJob(jobs, "retrain", async (job) => {
          learning = await secondsOf(() => learn(library, job, () => undefined));
          ranking = await secondsOf(() => rankAll(library, job, quiet));
        });
        times.push({
          fit: currentModelInfo(library.store)!.seconds,
          learn: learning,
          rank: ranking,
          total: learning + ranking,
        });
      }
      const figure = (what: string, of: keyof (typeof times)[number], target?: Figure["target"]): Figure => ({
        benchmark: "retrain",
        what: `${corrections} corrections, ${n.toLocaleString("en")} photos: ${what}`,
        value: median(times.map((time) => time[of])),
        unit: "s",
        target,
      });
      return {
        figures: [
          figure("fitting, in its thread", "fit"),
          figure("fitting, and switching to the new model", "learn"),
          figure("relabelling all photos", "rank"),
          figure(`everything, median of ${rounds} rounds`, "total", { atMost }),
          {
            benchmark: "retrain",
            what: `${corrections} corrections, ${n.toLocaleString("en")} photos: photos with labels afterwards`,
            value: countLabelled(library.store),
            unit: "photos",
          },
        ],
      };
    }),
  );
}

/** Alternates between accepting a label that a photo did not have and rejecting the best label of a photo. */
function corrected({ store, ranker, lexicon }: OpenLibrary, photos: number[], n: number): VerdictChange[] {
  const draw = random(19);
  const named = ranker.labels.filter((label) => lexicon.vectorOf(label) !== null);
  const withLabels = photos.filter((photo) => predictionsOf(store, photo).length > 0);
  return Array.from({ length: n }, (_, i): VerdictChange => {
    const photo = withLabels[Math.floor((i * withLabels.length) / n)];
    const carried = predictionsOf(store, photo).map(({ label }) => label);
    if (i % 2 === 1) return { photo, label: carried[0], verdict: "reject" };
    let label = carried[0];
    while (carried.includes(label)) label = named[Math.floor(draw() * named.length)];
    return { photo, label, verdict: "accept" };
  });
}
