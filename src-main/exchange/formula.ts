/**
 * A text beginning with one of these a spreadsheet may run as a formula. The apostrophe is among them so that taking it
 * off again is exact.
 */
const RUNS = /^[=+\-@\t\r\n＝＋－＠']/;

/** Puts an apostrophe before what a spreadsheet would run, so that it is shown as text. */
export function escapeFormula(text: string): string {
  return RUNS.test(text) ? `'${text}` : text;
}

/** Exact inverse of `escapeFormula`. What it never made, an apostrophe before any other letter, stays as it is. */
export function unescapeFormula(text: string): string {
  return text.startsWith("'") && RUNS.test(text.slice(1)) ? text.slice(1) : text;
}
