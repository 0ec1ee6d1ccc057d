import { expect, test } from "vitest";
import { MAX_DECODER_BYTES } from "../../src-main/images/decode-limits";
import { fuzzDecoding } from "../../tools/fuzz/decode-fuzz";
import { seedPictures } from "../../tools/fuzz/seed-pictures";
import { temporaryFolder } from "../fixtures/photo-folder";

const FILES = 200;
const REASONS = [
  "damaged",
  "decoder-died",
  "empty-file",
  "exiftool-failed",
  "no-exiftool",
  "no-preview",
  "not-an-image",
  "too-large",
  "too-slow",
  "truncated",
  "unsupported",
];

/** `npm run fuzz` does the same for as long as you like. */
// guarantee: fuzzed
test(`${FILES} malformed images each end with pixels or a reason, whatever they do to their decoders`, async () => {
  const run = await fuzzDecoding(await seedPictures(), {
    folder: temporaryFolder(),
    seed: 7,
    more: (files) => files < FILES,
  });
  expect(run.faults).toEqual([]);
  expect(run.decoded + Object.values(run.refused).reduce((a, b) => a + b, 0)).toBe(FILES);
  expect(run.decoded).toBeGreaterThan(FILES / 10); // neither all broken …
  expect(run.decoded).toBeLessThan(FILES * 0.9); // … nor all intact
  for (const code of Object.keys(run.refused)) expect(REASONS).toContain(code);
  expect(run.peaks.decoderBytes).toBeLessThan(MAX_DECODER_BYTES);
}, 240_000);
