import { normalise } from "./vectors";

/**
 * Uniform numbers in [0, 1) from a seed (mulberry32, Tommy Ettinger, public domain): training can be repeated to the
 * bit.
 */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * A label's vector in the paper's control, where words mean nothing: uniform on the unit sphere of `E` dimensions, the
 * same for the
 * same name and seed wherever it is asked for.
 */
export function randomEmbedding(name: string, E: number, seed = 1): Float32Array {
  let hash = (2166136261 ^ seed) >>> 0; // FNV-1a
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 16777619) >>> 0;
  const draw = random(hash);
  return normalise(Float32Array.from({ length: E }, () => gaussian(draw)));
}

/** A number of the standard normal distribution (Box and Muller 1958). @param draw uniform numbers in [0, 1) */
export const gaussian = (draw: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
