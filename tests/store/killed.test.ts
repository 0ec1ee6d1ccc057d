import { expect, test } from "vitest";
import { killAtRandomMoments } from "../../tools/soak/killed";

// `npm run soak -- --only killed` does this 100 times.
// guarantee: export-whole
// guarantee: annotations-durable
test("killed at random moments, the engine leaves intact databases, every confirmed verdict, and no partial export", async () => {
  const { moments, faults, acknowledged } = await killAtRandomMoments({ moments: 6, minutes: 5, seed: 7 });
  expect(faults).toEqual([]);
  expect(Object.values(moments).reduce((sum, n) => sum + n, 0)).toBe(6);
  expect(acknowledged).toBeGreaterThan(0);
}, 300_000);
