/**
 * Quantile by nearest rank: the smallest value not below a share p of all values, 0..1.
 * @throws RangeError without values
 */
export function quantile(values: readonly number[], p: number): number {
  if (values.length === 0) throw new RangeError("no values have no quantile");
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))];
}

/**
 * Median; the mean of the middle two for an even number.
 * @throws RangeError without values
 */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("no values have no median");
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/**
 * Mean and sample standard deviation.
 * @throws RangeError with fewer than two values
 */
export function meanAndDeviation(values: readonly number[]): { mean: number; deviation: number } {
  if (values.length < 2) throw new RangeError(`${values.length} values have no deviation`);
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return {
    mean,
    deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)),
  };
}
