/**
 * The smallest value that is not below a share p of all values, 0..1 (nearest rank). @throws RangeError without values
 */
export function quantile(values: readonly number[], p: number): number {
  if (values.length === 0) throw new RangeError("no values have no quantile");
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))];
}

/** The middle value; of two middle ones the mean. @throws RangeError without values */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("no values have no median");
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** Mean, and standard deviation as estimated from so few. @throws RangeError with fewer than two values */
export function meanAndDeviation(values: readonly number[]): { mean: number; deviation: number } {
  if (values.length < 2) throw new RangeError(`${values.length} values have no deviation`);
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return {
    mean,
    deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)),
  };
}
