import { rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { extname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Preprocess } from "../../src-main/base/preprocess";
import { decode, decoderState, readMetadata, render } from "../../src-main/images/decode-client";
import { random } from "../../src-main/math/random";
import { Refusal } from "../../src-shared/refusal";
import { type Draw, isPng, mendChecksums, MUTATIONS } from "./mutations";
import type { SeedPicture } from "./seed-pictures";

const PREPROCESS: Preprocess = { size: 64, resize: "cover", recompress: { quality: 75 } };
/** One in this many files is also rendered for viewing, and its metadata read separately. */
const RENDERED = 4;
const VIEW = 2048;

export interface FuzzRun {
  files: number;
  decoded: number;
  /** Number of refused files by code. */
  refused: Record<string, number>;
  /** Results that are neither an image nor a refusal: bugs in the program. */
  faults: string[];
  /** Files that killed a decoder for good, how they were made, and why. */
  ended: string[];
  /** Longest time for a file, including waiting for its decoder. */
  longestSeconds: number;
  /** Number of processes that a file killed. */
  decodersEnded: number;
  peaks: { engineBytes: number; decoderBytes: number };
}

/**
 * Sends mutated images through the program's decoding and metadata, as files to its decoders.
 * @param folder for the files, one at a time each
 * @param more whether to continue after this many files
 */
export async function fuzzDecoding(
  pictures: SeedPicture[],
  { folder, seed, more }: { folder: string; seed: number; more: (files: number) => boolean },
): Promise<FuzzRun> {
  const run: FuzzRun = {
    files: 0,
    decoded: 0,
    refused: {},
    faults: [],
    ended: [],
    longestSeconds: 0,
    decodersEnded: 0,
    peaks: { engineBytes: 0, decoderBytes: 0 },
  };
  const one = async (): Promise<void> => {
    while (more(run.files)) {
      const number = run.files++;
      const { bytes, extension, how } = mutant(pictures, seed, number);
      const file = join(folder, `${number}${extension}`);
      writeFileSync(file, bytes);
      const begun = performance.now();
      await count(run, `file ${number} (${how})`, () => decode(file, PREPROCESS));
      run.longestSeconds = Math.max(run.longestSeconds, (performance.now() - begun) / 1000);
      if (number % RENDERED === 0) {
        for (const look of [() => render(file, VIEW), () => readMetadata(file)])
          await look().catch((error: unknown) => {
            if (!(error instanceof Refusal)) run.faults.push(String(error));
          });
      }
      rmSync(file);
      await setImmediate();
    }
  };
  await Promise.all(Array.from({ length: 2 * availableParallelism() }, one));
  const { ended, peak } = decoderState();
  return {
    ...run,
    decodersEnded: ended,
    peaks: { engineBytes: process.resourceUsage().maxRSS * 1024, decoderBytes: peak },
  };
}

async function count(run: FuzzRun, what: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
    run.decoded++;
  } catch (error) {
    if (!(error instanceof Refusal)) return void run.faults.push(`${what}: ${String(error)}`);
    run.refused[error.code] = (run.refused[error.code] ?? 0) + 1;
    if (error.code === "decoder-died" || error.code === "too-slow" || /memory/.test(error.message))
      run.ended.push(`${what}: ${error.message}`);
  }
}

/** Depends only on the seed and the number, not on earlier files. */
function mutant(
  pictures: SeedPicture[],
  seed: number,
  number: number,
): { bytes: Buffer; extension: string; how: string } {
  const draw: Draw = random(seed * 1_000_003 + number);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)];
  const [picture, other] = [pick(pictures), pick(pictures)];
  const name = pick(Object.keys(MUTATIONS));
  const made = MUTATIONS[name](picture.bytes, draw, other.bytes);
  const mended = isPng(made) && draw() < 0.5;
  return {
    bytes: mended ? mendChecksums(made) : made,
    extension: extname(picture.name),
    how: `${picture.name}, ${name}${mended ? ", checksums mended" : ""}`,
  };
}
