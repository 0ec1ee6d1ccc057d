/** One measured number, and its target. */
export interface Figure {
  benchmark: string;
  what: string;
  value: number;
  unit: string;
  target?: { atLeast: number } | { atMost: number };
}

/** The result of a benchmark: figures and notes, or why it was skipped. */
export interface Outcome {
  figures: Figure[];
  notes?: string[];
  skipped?: string;
}

/** Whether a figure reaches its target; null without a target. */
export function holds({ value, target }: Figure): boolean | null {
  if (!target) return null;
  return "atLeast" in target ? value >= target.atLeast : value <= target.atMost;
}

/** A table with one figure per line, columns aligned. */
export function tableOf(figures: Figure[]): string {
  const rows = figures.map((figure) => {
    const { benchmark, what, value, unit } = figure;
    const verdict = holds(figure);
    return [
      benchmark,
      what,
      readable(value),
      unit,
      goalOf(figure),
      verdict === null ? "" : verdict ? "holds" : "MISSED",
    ];
  });
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column].length))) ?? [];
  const numeric = new Set([2]);
  return rows
    .map((row) =>
      row
        .map((cell, i) => (numeric.has(i) ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** "≥ 3", "≤ 3", or empty without a target. */
export function goalOf({ target }: Figure): string {
  return !target ? "" : "atLeast" in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`;
}

/** Three significant digits; integers in full. */
export function readable(value: number): string {
  return Number.isInteger(value)
    ? String(value)
    : Math.abs(value) >= 100
      ? value.toFixed(0)
      : Math.abs(value) >= 10
        ? value.toFixed(1)
        : value.toPrecision(3);
}
