/** `npm run fuzz`: feeds damaged images to the decoders and reports what happens. See `--help`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DECODE_TIMEOUT_SECONDS, MAX_DECODER_BYTES } from "../../src-main/images/decode-limits";
import { developerCommand, numberFrom0, wholeNumber } from "../command-line";
import { fuzzDecoding, type FuzzRun } from "./decode-fuzz";
import { edgePictures, seedPictures } from "./seed-pictures";

const { minutes, files, seed, edge, json } = developerCommand(
  "fuzz",
  "Feeds damaged images to the decoders. Ends once both --minutes and --files are " +
    "reached, or with Ctrl-C. Exit code 1 if a file gave neither an image nor a refusal, or a limit was exceeded.",
)
  .option("--minutes <n>", "run for at least this many minutes", numberFrom0, 5)
  .option("--files <n>", "try at least this many files", wholeNumber, 20_000)
  .option("--seed <n>", "the same seed makes the same files", wholeNumber, 1)
  .option("--edge <folder>", "awkward image files to damage in addition to the generated ones", "../shared/photos/edge")
  .option("--json", "print JSON instead of text")
  .parse()
  .opts<{ minutes: number; files: number; seed: number; edge: string; json?: boolean }>();

const pictures = [...(await seedPictures()), ...edgePictures(edge)];
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
  console.log(json ? JSON.stringify({ pictures: pictures.length, seed, ...run }, null, 2) : report(run));
  if (run.faults.length > 0 || run.peaks.decoderBytes > 1.25 * MAX_DECODER_BYTES) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function report({ files: n, decoded, refused, faults, ended, longestSeconds, decodersEnded, peaks }: FuzzRun): string {
  const megabytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`;
  return [
    `${n} files made from ${pictures.length} images, seed ${seed}, in ${Math.round((performance.now() - begun) / 1000)} s`,
    `decoded  ${decoded}`,
    ...Object.entries(refused)
      .sort(([, a], [, b]) => b - a)
      .map(([code, files]) => `refused  ${files}  ${code}`),
    `longest time for a file, including waiting: ${longestSeconds.toFixed(1)} s (limit ${DECODE_TIMEOUT_SECONDS} s)`,
    `decoders killed by a file: ${decodersEnded}`,
    ...ended.map((file) => `  ${file}`),
    `peak memory: engine ${megabytes(peaks.engineBytes)}, a decoder ${megabytes(peaks.decoderBytes)} ` +
      `(limit ${megabytes(MAX_DECODER_BYTES)})`,
    `bugs found: ${faults.length}`,
    ...faults.map((fault) => `  ${fault}`),
  ].join("\n");
}
