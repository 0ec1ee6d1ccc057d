import { drawFrom } from "./noise";
import { randomIntegers, uniform } from "./random-integers";
import { createStep } from "./step";
import { SENTENCE_END } from "./tokens";
import { LAST_RATE, type Training } from "./training";

/** Longer sentences are split, as in word2vec. */
const SENTENCE = 1000;
/** Words between updates of the learning rate, which depends on the progress of all threads. */
const REPORT = 10_000;

/**
 * Trains on tokens `[from, to)`, all epochs, as thread number `thread`. Threads write to the shared vectors without
 * locks (Niu et al. 2011, "Hogwild!"): two rarely touch the same word, and a lost update is one of millions.
 */
export function trainShare(training: Training, thread: number, from: number, to: number): void {
  const {
    settings: { epochs, subsample, seed },
    tokens,
    keep,
  } = training;
  const random = randomIntegers(Math.imul(seed + 1, 0x9e3779b1) + Math.imul(thread, 0x85ebca6b));
  const trainSentence = sentenceTrainer(training, thread, random);
  const schedule = rateSchedule(training);
  const sentence = new Int32Array(SENTENCE);
  for (let epoch = 0; epoch < epochs; epoch++) {
    let [length, waiting] = [0, 0];
    for (let i = from; i < to; i++) {
      const token = tokens[i];
      if (token !== SENTENCE_END) {
        waiting++;
        if (subsample === 0 || uniform(random) < keep[token]) sentence[length++] = token;
      }
      if (token === SENTENCE_END || length === SENTENCE || i === to - 1) {
        trainSentence(sentence, length, schedule.rate);
        length = 0;
        if (waiting >= REPORT) {
          schedule.add(waiting);
          waiting = 0;
        }
      }
    }
    schedule.add(waiting);
  }
}

/** The learning rate falls linearly with the words processed by all threads. */
function rateSchedule({ done, size, settings: { rate, epochs } }: Training) {
  const total = size * epochs;
  const at = (words: number) => Math.max(LAST_RATE, rate - (rate - LAST_RATE) * (words / total));
  return {
    rate: at(0),
    add(words: number): void {
      this.rate = at(Number(Atomics.add(done, 0, BigInt(words))) + words);
    },
  };
}

/** Each word of a sentence is predicted from each of its neighbours. */
function sentenceTrainer(training: Training, thread: number, random: () => number) {
  const {
    memory,
    settings: { window },
    layout: { width, sigmoid, input, scratch, scratchBytes },
  } = training;
  const step = createStep(memory);
  const ownScratch = scratch + thread * scratchBytes;
  const targets = ownScratch + width;
  const writeTargets = training.noise === null ? pathWriter(training, targets) : noiseWriter(training, targets, random);
  return (sentence: Int32Array, length: number, rate: number): void => {
    for (let i = 0; i < length; i++) {
      const reach = 1 + (random() % window);
      const last = Math.min(length - 1, i + reach);
      for (let j = Math.max(0, i - reach); j <= last; j++) {
        if (j === i) continue;
        step(input + sentence[j] * width, targets, writeTargets(sentence[i]), rate, ownScratch, width, sigmoid);
      }
    }
  };
}

/**
 * Writes the rows to train a word against, with their labels: the word itself and negatives other than it. Returns
 * their number.
 */
function noiseWriter(
  { memory, noise, settings: { negative }, layout: { output, width } }: Training,
  targets: number,
  random: () => number,
) {
  const rows = new Int32Array(memory.buffer, targets, 2 * (negative + 1));
  const labels = new Float32Array(memory.buffer, targets, 2 * (negative + 1));
  return (word: number): number => {
    rows[0] = output + word * width;
    labels[1] = 1;
    let at = 2;
    for (let k = 0; k < negative; k++) {
      const drawn = drawFrom(noise!, uniform(random), uniform(random));
      if (drawn === word) continue;
      rows[at] = output + drawn * width;
      labels[at + 1] = 0;
      at += 2;
    }
    return at >> 1;
  };
}

/** The same for hierarchical softmax: the inner nodes on the word's path, labelled 1 where it takes branch 0. */
function pathWriter({ memory, tree, layout: { output, width } }: Training, targets: number) {
  const { start, nodes, bits, depth } = tree!;
  const rows = new Int32Array(memory.buffer, targets, 2 * depth);
  const labels = new Float32Array(memory.buffer, targets, 2 * depth);
  return (word: number): number => {
    const from = start[word];
    const count = start[word + 1] - from;
    for (let n = 0; n < count; n++) {
      rows[2 * n] = output + nodes[from + n] * width;
      labels[2 * n + 1] = 1 - bits[from + n];
    }
    return count;
  };
}
