import { mkdirSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import sharp from "sharp";
import { defaultPack } from "../../src-main/base/default-pack";
import type { Pixels } from "../../src-main/base/detections";
import { mapInOrder } from "../../src-main/base/in-order";
import type { DetectorInput } from "../../src-main/base/preprocess";
import { packFolder } from "../../src-main/base/resources";
import { decode } from "../../src-main/images/decode-client";
import { countToDetect } from "../../src-main/store/detections";
import { countFeatures } from "../../src-main/store/features";
import { type Networks, openNetworks } from "../../src-main/vision/networks";
import { type Pack, readPack } from "../../src-main/vision/pack";
import type { PackDetector } from "../../src-main/vision/pack-detectors";
import { createDetectionScheduler } from "../../src-main/workspace/detection-scheduler";
import { labelFolder } from "../../src-main/workspace/label-folder";
import { writeCameraPhotos } from "./camera-photos";
import type { Figure, Outcome } from "./figures";
import { openingAgain } from "./opening-again";
import { processorSeconds } from "./processor-time";
import { median } from "./quantiles";
import { checkJobs, inTemporaryFolder, withFreshLibrary } from "./temporary";

export interface PipelineOptions {
  pack?: string;
  photos: number;
  rounds: number;
}

/** The program's batch size for the network. */
const BATCH = 16;
/** Target share of the speed that decoding and inference allow, each alone on all cores. */
const MIN_SHARE = 0.9;
/** Long side of the small photos, as in messengers and web pages. */
const SMALL = 640;
/**
 * Small photos made from each large one by changing exposure: they are quick to process, and fixed costs would dominate
 * a few.
 */
const SMALL_ONES = 5;

type Kind = PackDetector["kind"];
/** Detectors that run after the classifier. */
const SECOND_LOOKS: readonly (readonly Kind[])[] = [[], ["objects"], ["objects", "faces"]];

/** Seconds per photo: wall-clock time with all cores at work, and CPU time, which is NaN where unknown. */
interface Cost {
  clock: number;
  processor: number;
}

/** One round: each part's cost per photo, measured one after another so that other load affects all alike. */
interface Round {
  /** For the classifier alone, and with detectors. */
  decoding: { classifier: Cost; both: Cost };
  classifier: Cost;
  detectors: Partial<Record<Kind, Cost>>;
  /** From a folder to stored labels, for each set of detectors that the pack has. */
  whole: { kinds: readonly Kind[]; cost: Cost }[];
}

/** A folder of photos, with running processes to decode and embed it. */
interface PipelineLibrary {
  folder: string;
  files: string[];
  pack: Pack;
  name: string | undefined;
  networks: Networks;
}

/**
 * Photos/s from a folder to stored labels, compared with the speed that its heavy parts allow together: 1 ÷ the summed
 * time per photo of decoding and each network, each alone on all cores in the program's own processes. The whole
 * includes scanning, hashing, ranking and storing; processes are started, networks loaded and labels prepared
 * beforehand.
 */
export async function pipeline({ pack: name, photos: n, rounds: count }: PipelineOptions): Promise<Outcome> {
  return inTemporaryFolder(async (temporary) => {
    const [large, small] = [join(temporary, "large"), join(temporary, "small")];
    mkdirSync(large);
    mkdirSync(small);
    const bytes = await writeCameraPhotos(large, n);
    for (const file of readdirSync(large)) await makeSmallOnes(join(large, file), small);
    const pack = readPack(packFolder(name ?? defaultPack()));
    const networks = openNetworks(pack);
    try {
      const of = async (folder: string) =>
        measure({ folder, files: readdirSync(folder).map((file) => join(folder, file)), pack, name, networks }, count);
      return {
        figures: [
          ...figuresOf(`${pack.name}, 12 megapixels (${(bytes / 1e6).toFixed(1)} MB)`, await of(large)),
          ...figuresOf(`${pack.name}, ${SMALL} pixels`, await of(small)),
          ...(await openingAgain(small, name)),
        ],
      };
    } finally {
      await networks.close();
    }
  });
}

async function makeSmallOnes(file: string, folder: string): Promise<void> {
  const { data, info } = await sharp(file)
    .resize(SMALL, SMALL, { fit: "inside" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  for (let i = 0; i < SMALL_ONES; i++) {
    await sharp(data, { raw: info })
      .linear(1 - 0.1 * i)
      .jpeg({ quality: 90 })
      .toFile(join(folder, `${basename(file, ".jpg")}-${i}.jpg`));
  }
}

async function measure(library: PipelineLibrary, count: number): Promise<Round[]> {
  const rounds: Round[] = [];
  await round(library); // warm-up: starts processes and fills caches; not counted
  for (let i = 0; i < count; i++) rounds.push(await round(library));
  return rounds;
}

async function round(library: PipelineLibrary): Promise<Round> {
  const { files, pack, networks } = library;
  const { cost: forClassifier } = await decodeAll(library, null);
  const { cost: forBoth, decoded } = await decodeAll(library, pack.detection);
  const model = await networks.visual();
  const batches = Array.from({ length: Math.ceil(files.length / BATCH) }, (_, b) =>
    decoded.slice(b * BATCH, (b + 1) * BATCH).map(({ pixels }) => pixels),
  );
  const classifier = await costOf(files.length, () => Promise.all(batches.map((batch) => model.embed(batch))));
  const detectors: Round["detectors"] = {};
  for (const each of pack.detection?.detectors ?? []) {
    const detector = await networks.detector(each);
    detectors[each.kind] = await costOf(files.length, () =>
      Promise.all(decoded.map(({ detectorPixels }) => detector.detect(detectorPixels!))),
    );
  }
  const whole: Round["whole"] = [];
  for (const kinds of SECOND_LOOKS) {
    if (kinds.every((kind) => detectors[kind])) whole.push({ kinds, cost: await costOfLabelling(library, kinds) });
  }
  return { decoding: { classifier: forClassifier, both: forBoth }, classifier, detectors, whole };
}

interface DecodedPixels {
  pixels: Uint8Array;
  detectorPixels: Pixels | null;
}

/** With the program's number of photos in flight, so that no decoder waits for the next photo. */
async function decodeAll(
  { files, pack }: PipelineLibrary,
  detection: DetectorInput | null,
): Promise<{ cost: Cost; decoded: DecodedPixels[] }> {
  const decoded: DecodedPixels[] = [];
  const cost = await costOf(files.length, async () => {
    for await (const { pixels, detectorPixels } of mapInOrder(files, 2 * availableParallelism(), (file) =>
      decode(file, pack.preprocess, detection),
    )) {
      decoded.push({ pixels: pixels!, detectorPixels });
    }
  });
  return { cost, decoded };
}

/**
 * Starts from an empty library.
 * @param kinds detectors to run too
 */
async function costOfLabelling(
  { folder, files, name, networks }: PipelineLibrary,
  kinds: readonly Kind[],
): Promise<Cost> {
  const settings = { pack: name, objects: kinds.includes("objects"), faces: kinds.includes("faces") };
  return withFreshLibrary(folder, settings, async ({ library, jobs }) => {
    await library.ranker.index();
    const eyes = { visual: networks.visual, objects: createDetectionScheduler(library, networks.detector) };
    const cost = await costOf(
      files.length,
      () => labelFolder(library, jobs, eyes, { changed: () => undefined }).finished,
    );
    checkJobs(jobs);
    const { store, pack } = library;
    const looked = pack.detection?.detectors.filter(({ kind }) => kinds.includes(kind)).map(({ id }) => id) ?? [];
    const done = countFeatures(store, pack.visualId) - countToDetect(store, pack.visualId, looked);
    if (done !== files.length) throw new Error(`${done} of ${files.length} photos were labelled`);
    return cost;
  });
}

/** @param n number of photos processed */
async function costOf(n: number, work: () => Promise<unknown>): Promise<Cost> {
  const [begun, before] = [performance.now(), processorSeconds()];
  await work();
  const [ended, after] = [performance.now(), processorSeconds()];
  return {
    clock: (ended - begun) / 1000 / n,
    processor: before === null || after === null ? NaN : (after - before) / n,
  };
}

/** The summed cost of several parts. */
function partsOf({ decoding, classifier, detectors }: Round, kinds: readonly Kind[]): Cost {
  const parts = [
    kinds.length > 0 ? decoding.both : decoding.classifier,
    classifier,
    ...kinds.map((kind) => detectors[kind]!),
  ];
  const sum = (of: keyof Cost) => parts.reduce((total, part) => total + part[of], 0);
  return { clock: sum("clock"), processor: sum("processor") };
}

function figuresOf(about: string, rounds: Round[]): Figure[] {
  const middle = (of: (round: Round) => number) => median(rounds.map(of));
  const figure = (what: string, value: number, unit: string, target?: Figure["target"]): Figure => ({
    benchmark: "pipeline",
    what: `${about}: ${what}`,
    value,
    unit,
    target,
  });
  const both = (what: string, costOf: (round: Round) => Cost): Figure[] => [
    figure(what, 1 / middle((round) => costOf(round).clock), "photos/s"),
    ...processorTime(
      `${what}: CPU time per photo`,
      middle((round) => costOf(round).processor),
    ),
  ];
  const processorTime = (what: string, seconds: number) =>
    Number.isNaN(seconds) ? [] : [figure(what, 1000 * seconds, "ms")];
  const share = (what: string, of: number) =>
    Number.isNaN(of) ? [] : [figure(`${what}: CPU time of the parts ÷ of the whole`, of, "")];
  const kinds = Object.keys(rounds[0].detectors) as Kind[];
  return [
    ...both("decoding alone, all cores", ({ decoding }) => decoding.classifier),
    ...(kinds.length > 0 ? both("decoding at the detectors' size too", ({ decoding }) => decoding.both) : []),
    ...both("classifier alone, all cores", ({ classifier }) => classifier),
    ...kinds.flatMap((kind) => both(`${kind} alone, all cores`, ({ detectors }) => detectors[kind]!)),
    ...rounds[0].whole.flatMap(({ kinds: wanted }, w) => {
      const what = `folder to stored labels, ${["classifier", ...wanted].join(" + ")}`;
      return [
        ...both(what, ({ whole }) => whole[w].cost),
        ...processorTime(
          `${what}: CPU time of the parts alone`,
          middle((round) => partsOf(round, wanted).processor),
        ),
        ...share(
          what,
          middle((round) => partsOf(round, wanted).processor / round.whole[w].cost.processor),
        ),
        figure(
          `${what}: share of the speed that the parts allow, median of ${rounds.length} rounds`,
          middle((round) => partsOf(round, wanted).clock / round.whole[w].cost.clock),
          "",
          { atLeast: MIN_SHARE },
        ),
      ];
    }),
  ];
}
