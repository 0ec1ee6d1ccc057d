import type { PhotoId } from "./ids";

/** Labels for other programs. */
export interface ExchangingCalls {
  /** What an export would hold, without writing anything. */
  countExport(choice: LabelChoice): Promise<{ files: number; labels: number }>;
  /** Writes labels for other programs, by way of temporary files. Resolves when they are on disk. */
  exportLabels(query: ExportQuery): Promise<Exported>;
  /** Shows what was exported last in the system's file manager. */
  revealExport(): Promise<void>;
  /**
   * Writes what labels the library now as one ONNX file, with the detectors that are switched on in it, which labels
   * photos alike wherever there
   * is an ONNX runtime. Resolves when it is on disk.
   */
  exportLabeller(query: LabellerQuery): Promise<WrittenLabeller>;
}

export interface LabelChoice {
  /** Only these photos; null for all. */
  photos: PhotoId[] | null;
  /**
   * `shown`: what photos show, predicted or accepted. `verdicts`: what a person accepted or, where a format has a place
   * for it, rejected. `accepted`: that alone.
   */
  labels: "shown" | "verdicts" | "accepted";
  /** Predictions below it are left out; verdicts never are. 0..1 */
  threshold: number;
}

interface OneFile {
  file: string;
  /** Replace a file that is there. */
  overwrite: boolean;
}

interface TableText {
  /** Labels as people read them, or as ids ("wn:02086723"). */
  text: "name" | "id";
  /** A text that a spreadsheet would run as a formula gets a leading apostrophe. */
  escapeFormulas: boolean;
}

/**
 * `csv`: a row a file and label. `wide`: a row a file, a column a label. `jsonl`: a JSON object a file. `coco`: images,
 * categories and annotations.
 * `parquet`: as `csv`, typed. `folders`: a folder a label. `xmp`: sidecars.
 */
export type ExportQuery = LabelChoice &
  (
    | ({ format: "csv" | "wide" } & OneFile & TableText)
    | ({ format: "jsonl" | "coco" } & OneFile)
    | ({ format: "parquet" } & OneFile)
    | {
        format: "folders";
        /** New or empty, and not in the library's folder. */
        folder: string;
        as: "copies" | "links";
      }
    | {
        format: "xmp";
        /** Where sidecars are put, by the photos' own folders; null for beside the photos. */
        folder: string | null;
        /**
         * `full`: `photo.jpg.xmp`, as digiKam and darktable name them. `stem`: `photo.xmp`, as Lightroom does, which
         * looks there for RAW files only.
         */
        naming: "full" | "stem";
        /** Says what would be written, and writes nothing. */
        dryRun: boolean;
      }
  );

export type ExportFormat = ExportQuery["format"];

export interface Exported {
  /** What was written: a file, or the folder of what was. */
  file: string;
  /** Rows of a table, objects, annotations, copies or sidecars. */
  rows: number;
  /** What is to be known about it, in whole sentences. */
  notes: string[];
  /** Files that nothing was written for. */
  refused: { path: string; reason: string }[];
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
