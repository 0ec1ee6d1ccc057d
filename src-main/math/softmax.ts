/**
 * Computes `exp(sharpness·score) / Σ` for scores `[C]`; a score of −∞ gives 0.
 * @param into `[C]` receives the probabilities; may be the scores themselves
 */
export function softmax<T extends Float32Array | Float64Array>(
  scores: ArrayLike<number>,
  sharpness: number,
  into: T,
): T {
  let highest = -Infinity;
  for (let c = 0; c < scores.length; c++) highest = Math.max(highest, scores[c]);
  let sum = 0;
  for (let c = 0; c < scores.length; c++) sum += into[c] = Math.exp(sharpness * (scores[c] - highest));
  for (let c = 0; c < scores.length; c++) into[c] /= sum;
  return into;
}
