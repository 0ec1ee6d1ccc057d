import type { PhotoId } from "./ids";

/** Labels for other programs. */
export interface ExchangingCalls {
  /** What an export would contain. Writes nothing. */
  countExport(choice: LabelChoice): Promise<{ files: number; labels: number }>;
  /** Writes labels for other programs, through temporary files. Resolves when they are on disk. */
  exportLabels(query: ExportQuery): Promise<Exported>;
  /** Shows the last export in the system's file manager. */
  revealExport(): Promise<void>;
  /**
   * Writes the current labeller, with the detectors that are on, as one ONNX file that gives the same labels in any
   * ONNX runtime. Resolves when it is on disk.
   */
  exportLabeller(query: LabellerQuery): Promise<WrittenLabeller>;
}

export interface LabelChoice {
  /** Only these photos; null for all. */
  photos: PhotoId[] | null;
  /**
   * `shown`: labels that photos show, predicted or accepted. `verdicts`: accepted labels and, in formats that support
   * it, rejected ones. `accepted`: only accepted ones.
   */
  labels: "shown" | "verdicts" | "accepted";
  /** Predictions below this are left out, 0..1; verdicts never are. */
  threshold: number;
}

/**
 * Boxes to write, besides labels: `accepted` for those that a person accepted or drew or an import brought; a number
 * also for detected ones with at least this confidence, 0..1; null for none.
 */
export type BoxChoice = "accepted" | number | null;

interface OneFile {
  file: string;
  /** Replace an earlier export. Files that Semblance did not write are never replaced. */
  overwrite: boolean;
}

interface AnnotationFolder {
  /** Must be new or empty, and outside the library's folder. */
  folder: string;
  boxes: Exclude<BoxChoice, null>;
  /** How the photos are added. */
  images: "none" | "copies" | "links";
}

interface TableText {
  /** Labels by name or by id ("wn:02086723"). */
  text: "name" | "id";
  /** Put an apostrophe before text that a spreadsheet would run as a formula. */
  escapeFormulas: boolean;
}

/**
 * `csv`: a row per file and label. `wide`: a row per file, a column per label. `jsonl`: a JSON object per file. `coco`:
 * images, categories and annotations. `yolo`, `voc`: a folder with a file of boxes per photo. `parquet`: as `csv`,
 * typed. `folders`: a folder per label. `xmp`: sidecars.
 */
export type ExportQuery = LabelChoice &
  (
    | ({
        format: "csv";
        /** Adds a column with the photo's boxes of each label. */
        boxes?: BoxChoice;
        /** Adds columns with the photo's flag, rating and colour label. */
        marks?: boolean;
      } & OneFile &
        TableText)
    | ({ format: "wide" } & OneFile & TableText)
    | ({
        format: "jsonl";
        /** Adds the photo's flag, rating and colour label. */
        marks?: boolean;
      } & OneFile)
    | ({
        format: "coco";
        /** Each annotation is a box, instead of a label of the whole photo. */
        boxes?: BoxChoice;
      } & OneFile)
    | ({ format: "yolo" } & AnnotationFolder)
    | ({ format: "voc" } & AnnotationFolder)
    | ({ format: "parquet" } & OneFile)
    | {
        format: "folders";
        /** Must be new or empty, and outside the library's folder. */
        folder: string;
        as: "copies" | "links";
      }
    | {
        format: "xmp";
        /** Folder for the sidecars, with the photos' subfolders; null puts them beside the photos. */
        folder: string | null;
        /**
         * `full`: `photo.jpg.xmp`, as in digiKam and darktable. `stem`: `photo.xmp`, as in Lightroom, which reads them
         * for RAW files only.
         */
        naming: "full" | "stem";
        /** Also writes these boxes as regions of the Metadata Working Group (MWG). */
        boxes?: BoxChoice;
        /** Also writes flags, ratings and colour labels. */
        marks?: boolean;
        /** Report what would be written, and write nothing. */
        dryRun: boolean;
      }
  );

export type ExportFormat = ExportQuery["format"];

export interface Exported {
  /** The file that was written, or the folder. */
  file: string;
  /** Rows of a table, objects, annotations, copies or sidecars. */
  rows: number;
  /** Remarks for the user, as sentences. */
  notes: string[];
  /** Files that nothing was written for. */
  refused: { path: string; reason: string }[];
}

export interface LabellerQuery {
  file: string;
  /** Replace an earlier export. Files that Semblance did not write are never replaced. */
  overwrite: boolean;
  /** Labels per photo, at most; 1..12, the number that is kept. */
  top: number;
  /** Labels below this are left out, whatever their own thresholds; 0..1 */
  threshold: number;
}

export interface WrittenLabeller {
  file: string;
  /** The fingerprint that is part of its results. */
  labeller: string;
  /** How many labels it has. */
  labels: number;
  bytes: number;
}
