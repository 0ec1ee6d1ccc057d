import type { FitSettings } from "./fit";

/** Settings of a first fit, apart from fit.ts so that opening a library loads no TensorFlow.js. */
export const FIRST_FIT: FitSettings = {
  loss: "hinge",
  margin: 0.1,
  violations: "first",
  steps: 2000,
  batch: 256,
  learningRate: 0.1,
  decay: 0,
  seed: 1,
};
