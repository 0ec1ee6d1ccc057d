/**
 * Spreadsheets may run text that begins with one of these as a formula. The apostrophe is included so that unescaping
 * is exact.
 */
const RUNS = /^[=+\-@\t\r\n＝＋－＠']/;

/** Puts an apostrophe before text that a spreadsheet would run, so that it is shown as text. */
export function escapeFormula(text: string): string {
  return RUNS.test(text) ? `'${text}` : text;
}

/**
 * Exact inverse of `escapeFormula`. Keeps an apostrophe before any other character, which `escapeFormula` never writes.
 */
export function unescapeFormula(text: string): string {
  return text.startsWith("'") && RUNS.test(text.slice(1)) ? text.slice(1) : text;
}
