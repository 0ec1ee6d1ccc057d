/**
 * Measures what Semblance promises, and says of each figure whether it holds.
 *
 *   npm run bench -- [--only accuracy,pipeline,search,retrain] [--pack NAME|DIR] [--labels SET] [--million] [--json]
 *   npm run bench -- --only review [--pack tests/fixtures/packs/seed] [--features ../shared/seed-pack]
 *   npm run bench -- --only few-shot,mislabels [--features ../shared/features/caltech-101]
 *   npm run bench -- --only words --corpus FILE [--python /usr/bin/python3] [--seeds 3] [--epochs 5] [--threads 1]
 * [--objective negative sampling]
 *   npm run bench -- --only duplicates [--photos FOLDER]
 *   npm run bench -- --only map
 *   npm run bench -- --only live
 *   npm run bench -- --only grid
 *   npm run bench -- --only query
 *   npm run bench -- --only hand
 *   npm run bench -- --only formats [--edge ../shared/photos/edge]
 *   npm run bench -- --only labeller [--photos FOLDER] [--pack NAME|DIR] [--labels SET]
 *   npm run bench -- --only watch
 *
 * accuracy (zero-shot figures too) takes photos with known truths from --photos (a folder with a CSV of its name beside
 * it) and --synsets,
 * and photos with captions from --captioned, and is left out where they are absent; all other photos are made here.
 * Times are of this machine in this hour: ratios say more.
 */
import { availableParallelism, loadavg, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { countPixelsAsHeap } from "../../src-main/base/pixels-as-heap";
import { accuracy } from "./accuracy";
import { duplicates } from "./duplicates";
import { everyday } from "./everyday";
import { fewShot } from "./few-shot";
import { holds, type Outcome, tableOf } from "./figures";
import { formats } from "./formats";
import { grid } from "./grid";
import { hand } from "./hand";
import { labeller } from "./labeller";
import { live } from "./live";
import { map } from "./map";
import { mislabels } from "./mislabels";
import { pipeline } from "./pipeline";
import { query } from "./query";
import { retrain } from "./retrain";
import { review } from "./review";
import { reviewQueueTime } from "./review-time";
import { search } from "./search";
import { watch } from "./watch";
import { type Objective, words } from "./words";
import { zeroShot } from "./zero-shot";

const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: "accuracy,pipeline,search,retrain" },
    pack: { type: "string" },
    labels: { type: "string" },
    photos: { type: "string", default: "../shared/photos/imagenet-200" },
    synsets: { type: "string", default: "../shared/imagenet/synsets.tsv" },
    captioned: { type: "string", default: "../shared/photos/coco" },
    edge: { type: "string", default: "../shared/photos/edge" },
    features: { type: "string" },
    corpus: { type: "string", default: "corpus.txt" },
    python: { type: "string", default: "/usr/bin/python3" },
    seeds: { type: "string", default: "3" },
    epochs: { type: "string", default: "5" },
    threads: { type: "string", default: "1" },
    objective: { type: "string" },
    million: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const { pack, labels: labelSet, photos, synsets } = options;
/** Features by the bundled pack's network. */
const CALTECH = "../shared/features/caltech-101";

countPixelsAsHeap(); // as the program does
const benchmarks: Record<string, () => Promise<Outcome>> = {
  accuracy: async () => {
    const parts = [
      await accuracy({ photos, synsets, pack, labelSet }),
      await everyday(options.captioned, pack),
      await zeroShot({ photos, synsets, pack }),
    ];
    return {
      figures: parts.flatMap((part) => part.figures),
      notes: parts.flatMap((part) => part.notes ?? []),
      skipped:
        parts
          .map((part) => part.skipped)
          .filter((each) => each !== undefined)
          .join("; ") || undefined,
    };
  },
  pipeline: () => pipeline({ pack, photos: 96, rounds: 3 }),
  search: () => search({ photos: options.million ? 1_000_000 : 100_000, words: 300 }),
  query: () => query({ photos: options.million ? 1_000_000 : 100_000, rounds: 200 }),
  retrain: async () => {
    const [few, many] = [
      await retrain({ pack, photos: 600, corrections: 80, rounds: 3, atMost: 4 }),
      await retrain({ pack, photos: 10_000, corrections: 200, rounds: 3, atMost: 10 }),
    ];
    return { figures: [...few.figures, ...many.figures] };
  },
  "few-shot": async () => fewShot({ pack, features: options.features ?? CALTECH }),
  formats: () => formats(options.edge),
  live: () => live({ photos: 10_000, rounds: 3 }),
  grid: () => grid({ photos: 100_000 }),
  labeller: () => labeller({ pack, labelSet, photos }),
  map: () => map({ sizes: [10_000, 100_000], shown: 100_000 }),
  duplicates: () => duplicates({ pack, photos, library: 100_000 }),
  review: () => review({ pack, features: options.features ?? "../shared/seed-pack" }),
  "review-time": () => reviewQueueTime({ pack, photos: 10_000, verdicts: 200, rounds: 5 }),
  mislabels: () => mislabels({ pack, features: options.features ?? CALTECH }),
  hand: () => hand({ photos: 1000, judged: 100, bulk: 100_000 }),
  watch: () => watch({ rounds: 10, many: 10_000 }),
  words: () =>
    words({
      corpus: options.corpus,
      python: options.python,
      seeds: Number(options.seeds),
      epochs: Number(options.epochs),
      threads: Number(options.threads),
      objectives: options.objective === undefined ? undefined : [options.objective as Objective],
    }),
};
const wanted = options.only.split(",").map((name) => name.trim());
const unknown = wanted.filter((name) => !(name in benchmarks));
if (unknown.length > 0)
  throw new Error(`there is no benchmark ${unknown.join(", ")}; there are ${Object.keys(benchmarks).join(", ")}`);

const machine = {
  cores: availableParallelism(),
  gigabytes: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  load: Math.round(10 * loadavg()[0]) / 10,
};
if (!options.json)
  console.log(
    `${machine.cores} cores, ${machine.gigabytes} GB, Node ${machine.node}, ${machine.platform}; load before: ${machine.load}\n`,
  );

const outcomes: (Outcome & { benchmark: string })[] = [];
for (const benchmark of wanted) {
  const outcome = await benchmarks[benchmark]();
  outcomes.push({ benchmark, ...outcome });
  if (!options.json && outcome.figures.length > 0) console.log(`${tableOf(outcome.figures)}\n`);
  if (!options.json && outcome.skipped !== undefined) console.log(`${benchmark}  skipped: ${outcome.skipped}\n`);
  if (!options.json && outcome.notes && outcome.notes.length > 0) console.log(`${outcome.notes.join("\n")}\n`);
}
if (options.json) {
  const figures = outcomes.flatMap((outcome) => outcome.figures.map((figure) => ({ ...figure, holds: holds(figure) })));
  const skipped = outcomes
    .filter((outcome) => outcome.skipped !== undefined)
    .map(({ benchmark, skipped: why }) => ({ benchmark, why }));
  console.log(JSON.stringify({ machine, figures, skipped }, null, 2));
}
