import { mkdirSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { labelFolder } from "../../src-main/labelling/label-folder";
import { defaultPack } from "../../src-main/default-pack";
import { packFolder } from "../../src-main/labelling/resources";
import { countFeatures } from "../../src-main/library/features";
import { decode } from "../../src-main/library/decode";
import { scan } from "../../src-main/library/scan";
import { type Pack, readPack } from "../../src-main/vision/pack";
import { loadVisualModel, type VisualModel } from "../../src-main/vision/visual-model";
import { writeCameraPhotos } from "./camera-photos";
import type { Figure, Outcome } from "./figures";
import { median } from "./quantiles";
import { checkJobs, inTemporaryFolder, secondsOf, withFreshLibrary } from "./temporary";

export interface PipelineOptions { pack?: string; photos: number; rounds: number }

/** As many as go through the network together in the program. */
const BATCH = 16;
/** Photos for the network alone, which is far faster than decoding. */
const INFERRED = 10 * BATCH;
/** Of the pace that decoding and inference allow, each alone on all cores. */
const LEAST_SHARE = 0.8;

/** One round: photos/s of each, right after one another, so that a busy machine is busy for all of them. */
interface Round { decode: number; infer: number; whole: number; scanned: number }

/**
 * Photos/s from a folder to stored labels, held against the pace that its two heavy parts allow: 1/(1/decode + 1/infer), each
 * alone on all cores. The whole includes scanning, hashing, ranking and storing, with the network loaded and the labels readied before.
 */
export async function pipeline({ pack: name, photos: n, rounds: count }: PipelineOptions): Promise<Outcome> {
  return inTemporaryFolder(async (temporary) => {
    const folder = join(temporary, "photos");
    mkdirSync(folder);
    const bytes = await writeCameraPhotos(folder, n);
    const pack = readPack(packFolder(name ?? defaultPack()));
    const model = await loadVisualModel(pack);
    const rounds: Round[] = [];
    try {
      await round(folder, pack, model, name); // warms caches and compilers, and is not counted
      for (let i = 0; i < count; i++) rounds.push(await round(folder, pack, model, name));
    } finally {
      await model.dispose();
    }
    return { figures: figuresOf(pack.name, n, bytes, rounds) };
  });
}

async function round(folder: string, pack: Pack, model: VisualModel, name: string | undefined): Promise<Round> {
  const files = readdirSync(folder).map((file) => join(folder, file));
  const { seconds: decoding, pixels } = await decodeAll(files, pack);
  const infer = INFERRED / (await secondsOf(() => inferAll(model, pixels)));
  const whole = files.length / (await secondsOfLabelling(folder, name, false));
  const scanned = files.length / (await secondsOfLabelling(folder, name, true));
  return { decode: files.length / decoding, infer, whole, scanned };
}

/** Twice as many at a time as there are cores: none of them ever waits for the next photo. */
async function decodeAll(files: string[], pack: Pack): Promise<{ seconds: number; pixels: Uint8Array[] }> {
  const waiting = files.values();
  const pixels: Uint8Array[] = [];
  const decodeNext = async () => {
    for (const file of waiting) pixels.push((await decode(file, pack.preprocess)).pixels!);
  };
  const seconds = await secondsOf(() => Promise.all(Array.from({ length: 2 * availableParallelism() }, decodeNext)));
  return { seconds, pixels };
}

async function inferAll(model: VisualModel, pixels: Uint8Array[]): Promise<void> {
  for (let done = 0; done < INFERRED; done += BATCH) await model.embed(Array.from({ length: BATCH }, (_, i) => pixels[(done + i) % pixels.length]));
}

/** From an empty library. @param scannedBefore whether files were found and hashed before the clock starts */
async function secondsOfLabelling(folder: string, pack: string | undefined, scannedBefore: boolean): Promise<number> {
  return withFreshLibrary(folder, { pack }, async ({ bench, visual, objects, jobs }) => {
    await Promise.all([visual(), bench.labeller.index()]);
    if (scannedBefore) for await (const _batch of scan(bench.library)) continue;
    const seconds = await secondsOf(() => labelFolder(bench, jobs, { visual, objects }, { changed: () => undefined }).finished);
    checkJobs(jobs);
    const done = countFeatures(bench.library, bench.pack.visualId);
    const files = readdirSync(folder).length;
    if (done !== files) throw new Error(`${done} of ${files} photos were labelled`);
    return seconds;
  });
}

function figuresOf(pack: string, n: number, bytes: number, rounds: Round[]): Figure[] {
  const limit = ({ decode, infer }: Round) => 1 / (1 / decode + 1 / infer);
  const middle = (of: (round: Round) => number) => median(rounds.map(of));
  const figure = (what: string, value: number, unit: string, target?: Figure["target"]): Figure => ({ benchmark: "pipeline", what: `${pack}: ${what}`, value, unit, target });
  return [
    figure(`mean size of ${n} photos of 12 megapixels`, bytes / 1e6, "MB"),
    figure("decoding alone, all cores", middle(({ decode }) => decode), "photos/s"),
    figure("network alone, all cores", middle(({ infer }) => infer), "photos/s"),
    figure("what both allow together", middle(limit), "photos/s"),
    figure("folder to stored labels", middle(({ whole }) => whole), "photos/s"),
    figure("the same without finding and hashing files", middle(({ scanned }) => scanned), "photos/s"),
    figure(`share of what both allow, median of ${rounds.length} rounds`, middle((round) => round.whole / limit(round)), "", { atLeast: LEAST_SHARE }),
    figure("the same without finding and hashing files", middle((round) => round.scanned / limit(round)), ""),
  ];
}
