import { normalise } from "./vectors";

/**
 * Uniform random numbers in [0, 1) from a seed (mulberry32, Tommy Ettinger, public domain), so that training is
 * reproducible to the bit.
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
 * A random unit vector for a label, uniform on the sphere in E dimensions: the paper's control in which word vectors
 * mean nothing. The same name and seed always give the same vector.
 */
export function randomEmbedding(name: string, E: number, seed = 1): Float32Array {
  let hash = (2166136261 ^ seed) >>> 0; // FNV-1a
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 16777619) >>> 0;
  const draw = random(hash);
  return normalise(Float32Array.from({ length: E }, () => gaussian(draw)));
}

/** A standard normal random number (Box & Muller 1958). @param draw uniform numbers in [0, 1) */
export const gaussian = (draw: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
