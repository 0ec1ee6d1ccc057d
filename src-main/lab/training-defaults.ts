/** Settings that the command line shows in its help; in a file of their own, so that help loads no TensorFlow.js. */
import type { FineTuneSettings } from "./fine-tune";
import type { HeadSettings } from "./softmax-head";
import type { TrainSettings } from "./words/training";

/** Of the softmax classifier. */
export const HEAD: HeadSettings = { epochs: 100, patience: 8, batch: 128, learningRate: 0.01, decay: 1e-3 };

/** Hyperparameters for the whole network, which needs a GPU to finish in reasonable time. */
export const WHOLE: Omit<FineTuneSettings, "layers"> = {
  steps: 1000,
  batch: 32,
  learningRate: 0.003,
  rateAlong: 0.01,
  seed: 1,
};

/** The defaults of word2vec's program for skip-gram. */
export const DEFAULT_TRAINING: TrainSettings = {
  dimensions: 100,
  window: 5,
  negative: 5,
  epochs: 5,
  subsample: 1e-3,
  rate: 0.025,
  threads: 1,
  seed: 1,
};
