import { expect, test } from "vitest";
import { liveLong } from "../../tools/soak/long";

// `npm run soak -- --only long` does the same with a hundred thousand photos, for a given time.
// guarantee: memory-flat
test("scans, labels, corrects, learns and scrolls through a library, and reports the memory used", async () => {
  const { photos, rounds, scanned, labelled } = await liveLong({
    photos: 60,
    corrections: 5,
    minutes: 5,
    seed: 3,
    rounds: 1,
  });
  expect(photos).toBe(57); // three of sixty are exact duplicates
  expect(rounds.map(({ corrections }) => corrections)).toEqual([5]);
  expect(scanned).toBeGreaterThanOrEqual(labelled);
  for (const { resident, heap } of rounds) expect(resident).toBeGreaterThan(heap);
}, 300_000);
