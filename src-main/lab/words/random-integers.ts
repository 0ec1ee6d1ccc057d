/**
 * Uniform 32-bit integers from a seed (mulberry32, Tommy Ettinger, public domain); fast enough for the inner loop of
 * training.
 */
export type RandomIntegers = () => number;

/** @returns a function giving an integer per call, `0 ≤ n < 2³²` */
export function randomIntegers(seed: number): RandomIntegers {
  const state = Uint32Array.of(seed); // as a plain variable, a value above 2³⁰ would be a new heap object each time
  return () => {
    const s = (state[0] += 0x6d2b79f5);
    let t = Math.imul(s ^ (s >>> 15), 1 | s);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}

/** `0 ≤ u < 1` */
export const uniform = (random: RandomIntegers): number => random() / 4294967296;
