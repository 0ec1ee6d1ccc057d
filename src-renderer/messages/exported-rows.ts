import type { ExportFormat } from "../../src-shared/contract";
import { type MessageKey, text } from "./text";

/** What an export counts, by its format. */
const COUNTED = {
  csv: "quantity.rows",
  wide: "quantity.rows",
  jsonl: "quantity.objects",
  coco: "quantity.annotations",
  yolo: "quantity.boxes",
  voc: "quantity.boxes",
  parquet: "quantity.rows",
  folders: "quantity.files",
  xmp: "quantity.sidecars",
} as const satisfies Record<ExportFormat, MessageKey>;

/** "3,000 rows", "1 sidecar" */
export const exportedRows = (format: ExportFormat, count: number): string => text(COUNTED[format], { count });
