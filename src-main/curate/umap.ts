import { random } from "../math/random";
import type { FuzzyKnnGraph } from "./fuzzy-knn-graph";

export interface LayoutSettings {
  /** Passes over the edges; large maps need fewer. */
  epochs: number;
  /** Repulsions per attraction (negative samples). */
  negatives: number;
  learningRate: number;
  seed: number;
}

/** The curve 1 / (1 + a·d^2b), fitted to the reference implementation's defaults: minimum distance 0.1 and spread 1. */
export const CURVE = { a: 1.576943460405378, b: 0.8950608781227859 };
/** Maximum length of a step, per axis. */
const MAX_STEP = 4;
/** Keeps the repulsion between coinciding points finite. */
const SOFTENING = 0.001;

/** As chosen by the authors' JavaScript implementation (umap-js). */
export function layoutSettings(n: number): LayoutSettings {
  const epochs = n <= 2500 ? 500 : n <= 5000 ? 400 : n <= 7500 ? 300 : 200;
  return { epochs, negatives: 5, learningRate: 1, seed: 1 };
}

/**
 * The forces between two points by their squared distance, from tables with 128 entries for each power of two: two
 * exponentiations for each of a billion pairs would take most of the time. Relative error below 0.5 %.
 */
interface Forces {
  /** Attraction per unit of distance, negative. */
  pull(square: number): number;
  /** Repulsion per unit of distance. */
  push(square: number): number;
}

/** Bits of a float32 below those that number the entries. */
const DROPPED_BITS = 16;
const TABLE_ENTRIES = 1 << (31 - DROPPED_BITS);

let tables: Forces | undefined;
function forces(): Forces {
  if (tables) return tables;
  const { a, b } = CURVE;
  const number = new Float32Array(1);
  const bits = new Uint32Array(number.buffer);
  const pulls = new Float32Array(TABLE_ENTRIES);
  const pushes = new Float32Array(TABLE_ENTRIES);
  for (let entry = 0; entry < TABLE_ENTRIES; entry++) {
    bits[0] = (entry << DROPPED_BITS) | (1 << (DROPPED_BITS - 1)); // the middle of the entry's distances
    const square = number[0];
    if (!Number.isFinite(square)) continue; // infinities and NaN, which no distance is
    const power = Math.pow(square, b);
    pulls[entry] = (-2 * a * b * power) / (square * (a * power + 1));
    pushes[entry] = (2 * b) / ((SOFTENING + square) * (a * power + 1));
  }
  const entryOf = (square: number): number => {
    number[0] = square;
    return bits[0] >>> DROPPED_BITS;
  };
  return (tables = { pull: (square) => pulls[entryOf(square)], push: (square) => pushes[entryOf(square)] });
}

/**
 * Optimises UMAP's layout (McInnes, Healy, Melville 2018, section 3.2): each edge attracts its ends as often as its
 * weight demands, and each time repels a few random points.
 * @param positions `[n, 2]` initial positions, changed in place
 * @param onEpoch called with the number of epochs done
 */
export function optimiseLayout(
  { from, to, weights }: FuzzyKnnGraph,
  positions: Float32Array,
  settings: LayoutSettings,
  onEpoch: (done: number) => void = () => undefined,
): void {
  const n = positions.length / 2;
  const { epochs, negatives, learningRate } = settings;
  const { pull: pullAt, push: pushAt } = forces();
  const draw = random(settings.seed);
  const heaviest = weights.reduce((most, weight) => Math.max(most, weight), 0);
  // An edge is due every `pause` epochs, a repulsion every pause / negatives.
  const pause = Float32Array.from(weights, (weight) => (weight >= heaviest / epochs ? heaviest / weight : Infinity));
  const due = pause.slice();
  const pushDue = pause.map((epochsBetween) => epochsBetween / negatives);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const rate = learningRate * (1 - epoch / epochs);
    for (let edge = 0; edge < from.length; edge++) {
      if (due[edge] > epoch) continue;
      const p = 2 * from[edge],
        q = 2 * to[edge];
      const square = squaredDistance(positions, p, q);
      if (square > 0) {
        const pull = pullAt(square);
        for (let d = 0; d < 2; d++) {
          const step = clipped(pull * (positions[p + d] - positions[q + d])) * rate;
          positions[p + d] += step;
          positions[q + d] -= step;
        }
      }
      due[edge] += pause[edge];
      const every = pause[edge] / negatives;
      const pushes = Math.floor((epoch - pushDue[edge]) / every);
      for (let push = 0; push < pushes; push++) repel(positions, p, 2 * Math.floor(draw() * n), rate, pushAt);
      if (pushes > 0) pushDue[edge] += pushes * every;
    }
    onEpoch(epoch + 1);
  }
}

function repel(positions: Float32Array, p: number, q: number, rate: number, pushAt: Forces["push"]): void {
  if (p === q) return;
  const square = squaredDistance(positions, p, q);
  const push = square > 0 ? pushAt(square) : 0;
  for (let d = 0; d < 2; d++) {
    const step = push > 0 ? clipped(push * (positions[p + d] - positions[q + d])) : MAX_STEP;
    positions[p + d] += step * rate;
  }
}

function squaredDistance(positions: Float32Array, p: number, q: number): number {
  const dx = positions[p] - positions[q],
    dy = positions[p + 1] - positions[q + 1];
  return dx * dx + dy * dy;
}

const clipped = (step: number): number => (step > MAX_STEP ? MAX_STEP : step < -MAX_STEP ? -MAX_STEP : step);
