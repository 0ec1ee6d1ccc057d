/** Labels for other programs. */
export interface ExchangingCalls {
  /** Writes the labels as CSV, by way of a temporary file. Resolves when it is on disk. */
  exportCsv(query: ExportQuery): Promise<{ file: string; rows: number }>;
  /** Writes what labels the library now as one ONNX file, which labels photos alike wherever there is an ONNX runtime. Resolves when it is on disk. */
  exportLabeller(query: LabellerQuery): Promise<WrittenLabeller>;
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

export interface LabellerQuery {
  file: string;
  /** Replace a file that is there. */
  overwrite: boolean;
  /** Labels a photo, at most; 1..12, which is what the app keeps. */
  top: number;
  /** Labels less sure are left out whatever their own thresholds; 0..1 */
  threshold: number;
}

export interface WrittenLabeller {
  file: string;
  /** The fingerprint that its results carry. */
  labeller: string;
  /** How many it knows. */
  labels: number;
  bytes: number;
}
