import type { Confidence } from "./ranking-numbers";

/** For packs without calibration: the bundled pack's models. */
export const UNCALIBRATED: Confidence = {
  covered: { bias: 0.2, weights: [1.15, -0.13, -0.11] },
  uncovered: { bias: -7.6, weights: [0.83, -0.16] },
  fewShot: { bias: -3.77512, weights: [2.37258, -6.1476, 1.61369] },
};
