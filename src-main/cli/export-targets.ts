/** What can be written; the option's value is the file or folder. */
export const TARGETS = ["csv", "wide", "jsonl", "coco", "yolo", "voc", "parquet", "folders", "xmp"] as const;
export type Target = (typeof TARGETS)[number];

/** Minimum confidence for folders and sidecars. */
export const LIKELY = 0.5;

/**
 * Default thresholds. Tables hold every label that photos show, with its score; folders and sidecars have no scores, so
 * they hold probable labels only, even if the library's own threshold is lower.
 */
export const DEFAULT_THRESHOLDS: Record<Target, number> = {
  csv: 0,
  wide: 0,
  jsonl: 0,
  coco: 0,
  yolo: 0,
  voc: 0,
  parquet: 0,
  folders: LIKELY,
  xmp: LIKELY,
};
