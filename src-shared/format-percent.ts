/** A share, 0 to 1, as a percentage: `12%`, or `12.3%` with one digit. */
export const formatPercent = (share: number, digits = 0): string => `${(100 * share).toFixed(digits)}%`;
