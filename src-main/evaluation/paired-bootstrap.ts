import { setImmediate } from "node:timers/promises";
import type { MeasuredDifference } from "../../src-shared/contract";
import { random } from "../math/random";
import type { Measure } from "./verdict-measures";

const ROUNDS = 1000;
/** Rounds between yields (about 10 ms for 2,000 photos and 200 labels). */
const ROUNDS_PER_YIELD = 5;

/**
 * Paired bootstrap of the difference between two packs (Efron 1979, percentile method): units of photos are resampled
 * with replacement, and both packs are measured on the same resample.
 * @param measures by name, of pack a and pack b on the same photos
 * @param units rows of photos that are near-duplicates of each other, and single photos; each row in one unit
 * @returns for each measure both values and b − a, with 95 % intervals; null for what can't be measured
 */
export async function pairedBootstrap<Name extends string>(
  measures: Record<Name, { a: Measure; b: Measure }>,
  units: readonly (readonly number[])[],
  {
    seed = 1,
    signal,
    onProgress,
  }: { seed?: number; signal?: AbortSignal; onProgress?: (done: number, of: number) => void } = {},
): Promise<Record<Name, MeasuredDifference | null>> {
  const names = Object.keys(measures) as Name[];
  const n = units.reduce((sum, unit) => sum + unit.length, 0);
  const once = new Uint16Array(n).fill(1);
  const drawn = names.map(() => ({ a: [] as number[], b: [] as number[], difference: [] as number[] }));
  const draw = random(seed);
  const weights = new Uint16Array(n);
  for (let round = 0; round < ROUNDS; round++) {
    weights.fill(0);
    for (let i = 0; i < units.length; i++)
      for (const row of units[Math.floor(draw() * units.length)]!) weights[row] = weights[row]! + 1;
    names.forEach((name, m) => {
      const [a, b] = [measures[name].a.value(weights), measures[name].b.value(weights)];
      if (a === null || b === null) return;
      drawn[m]!.a.push(a);
      drawn[m]!.b.push(b);
      drawn[m]!.difference.push(b - a);
    });
    if (round % ROUNDS_PER_YIELD !== 0) continue;
    onProgress?.(round, ROUNDS);
    await setImmediate();
    signal?.throwIfAborted();
  }
  return Object.fromEntries(
    names.map((name, m) => {
      const { a: one, b: other } = measures[name];
      const [a, b] = [one.value(once), other.value(once)];
      if (a === null || b === null) return [name, null];
      const { a: as, b: bs, difference } = drawn[m]!;
      return [
        name,
        {
          n: Math.max(one.n, other.n),
          a: { value: a, interval: intervalOf(as) },
          b: { value: b, interval: intervalOf(bs) },
          difference: { value: b - a, interval: intervalOf(difference) },
        },
      ];
    }),
  ) as Record<Name, MeasuredDifference | null>;
}

/** The middle 95 %. */
function intervalOf(values: number[]): [number, number] {
  const sorted = Float64Array.from(values).sort();
  return [sorted[Math.floor(0.025 * (sorted.length - 1))]!, sorted[Math.ceil(0.975 * (sorted.length - 1))]!];
}
