/**
 * Feeds the program with what nobody means to give it, for as long as one likes, and says what became of it.
 *
 *   npm run fuzz -- [--minutes 5] [--files 20000] [--seed 1] [--edge ../shared/photos/edge] [--json]
 *
 * It ends when both the minutes are over and so many files were tried, or with Ctrl-C. The same seed makes the same
 * files. Exit code 1 where
 * anything but a picture or a reason came back, or a bound was broken.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { MOST_MEMORY, PATIENCE_SECONDS } from "../../src-main/images/decode-limits";
import { fuzzDecoding, type FuzzRun } from "./decode-fuzz";
import { edgePictures, seedPictures } from "./seed-pictures";

const { values: options } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    files: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
    edge: { type: "string", default: "../shared/photos/edge" },
    json: { type: "boolean", default: false },
  },
});
const [minutes, files, seed] = [options.minutes, options.files, options.seed].map(Number);
if (![minutes, files, seed].every((value) => Number.isFinite(value) && value >= 0))
  throw new Error("--minutes, --files and --seed take numbers from 0");

const pictures = [...(await seedPictures()), ...edgePictures(options.edge)];
const folder = mkdtempSync(join(tmpdir(), "semblance-fuzz-"));
const begun = performance.now();
let stopped = false;
process.once("SIGINT", () => {
  stopped = true;
});
try {
  const run = await fuzzDecoding(pictures, {
    folder,
    seed,
    more: (done) => !stopped && (done < files || performance.now() - begun < minutes * 60_000),
  });
  console.log(options.json ? JSON.stringify({ pictures: pictures.length, seed, ...run }, null, 2) : report(run));
  if (run.faults.length > 0 || run.peaks.decoderBytes > 1.25 * MOST_MEMORY) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function report({ files: n, decoded, refused, faults, ended, longestSeconds, decodersEnded, peaks }: FuzzRun): string {
  const megabytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`;
  return [
    `${n} files made from ${pictures.length} pictures, seed ${seed}, in ${Math.round((performance.now() - begun) / 1000)} s`,
    `decoded  ${decoded}`,
    ...Object.entries(refused)
      .sort(([, a], [, b]) => b - a)
      .map(([code, files]) => `refused  ${files}  ${code}`),
    `longest time of a file, waiting included: ${longestSeconds.toFixed(1)} s (limit ${PATIENCE_SECONDS} s)`,
    `decoders that a file ended: ${decodersEnded}`,
    ...ended.map((file) => `  ${file}`),
    `most memory: engine ${megabytes(peaks.engineBytes)}, a decoder ${megabytes(peaks.decoderBytes)} (limit ${megabytes(MOST_MEMORY)})`,
    `faults of the program: ${faults.length}`,
    ...faults.map((fault) => `  ${fault}`),
  ].join("\n");
}
