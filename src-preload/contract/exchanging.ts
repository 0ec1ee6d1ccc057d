/** Labels for other programs. */
export interface ExchangingCalls {
  /** Writes the labels as CSV, by way of a temporary file. Resolves when it is on disk. */
  exportCsv(query: ExportQuery): Promise<{ file: string; rows: number }>;
}

export interface ExportQuery {
  file: string;
  /** Predictions below it are left out; verdicts never are. 0..1 */
  threshold: number;
  /** A label that a spreadsheet would run as a formula gets a leading apostrophe. */
  escapeFormulas: boolean;
  /** Replace a file that is there. */
  overwrite: boolean;
}
