import type { LabelId, PhotoId } from "./ids";
import type { JobId } from "./working";

/** Labels from other programs, imported as verdicts: read, then shown as a plan, then applied as one undo step. */
export interface ImportingCalls {
  /** Reads labels and changes nothing; `importPlan` has the plan when the job is done. */
  planImport(query: { source: ImportSource }): Promise<{ job: JobId }>;
  /** What an import would do, with the user's choices of labels for some keywords. */
  importPlan(query: { plan: JobId; choices: ImportChoice[] }): Promise<ImportPlan>;
  /** Imports, as one undo step. Existing verdicts are never changed. */
  applyImport(query: {
    plan: JobId;
    choices: ImportChoice[];
  }): Promise<{ verdicts: number; boxes: number; photos: number }>;
  /**
   * Keywords that the photos carry, to offer to learn from them; null if there are none, once they were imported, or
   * after `closeKeywordOffer`.
   */
  keywordOffer(): Promise<KeywordOffer | null>;
  closeKeywordOffer(): Promise<void>;
  /** A file of labels from the system's dialog; null if it was cancelled. */
  chooseLabelFile(): Promise<string | null>;
}

export interface KeywordOffer {
  /** Photos with keywords, and how many different keywords they have. */
  photos: number;
  keywords: number;
}

export type ImportSource =
  /** Sidecars beside the photos: `photo.jpg.xmp` or `photo.xmp`, with their keywords and regions. */
  | { from: "xmp" }
  /** IPTC and XMP keywords and XMP regions inside the photos. */
  | { from: "keywords" }
  /**
   * Folder names: of the folder nearest to a photo, of the top one in the library, or all of them as a path. Names in
   * `without` are ignored.
   */
  | { from: "folders"; level: "nearest" | "top" | "all"; without: string[] }
  | { from: "csv" | "jsonl" | "coco"; file: string }
  /** A data set of boxes: a folder with a file for each photo. */
  | { from: "yolo" | "voc"; folder: string }
  /**
   * Results of an exported labeller: labels with at least this confidence (0..1) are imported. `trust` also accepts a
   * labeller that this library did not export.
   */
  | { from: "labeller"; file: string; threshold: number; trust: boolean };

/** The user's choice of a label for a keyword; null leaves the keyword out. */
export interface ImportChoice {
  keyword: string[];
  label: LabelId | null;
}

export interface ImportPlan {
  /** The source, for people: "XMP sidecars". */
  source: string;
  /** Photos with labels in the source. */
  photos: number;
  /** Verdicts: new ones, ones that are set already, and (`conflicts`) ones that contradict an existing one. */
  given: number;
  alreadySet: number;
  /** Boxes that would be accepted, and those that have been. */
  boxes: number;
  boxesSet: number;
  /** Both accepted and rejected in the source: skipped. */
  contradicted: number;
  conflicts: number;
  /** Predictions without a verdict in an export of Semblance: skipped. */
  predictions: number;
  /** Keywords with their labels: doubtful ones first, then by number of photos. */
  keywords: PlannedKeyword[];
  /** The first of the conflicts, each about a label of the photo or about a box. */
  conflicting: { photo: PhotoId; path: string; name: string; existing: "accept" | "reject"; box: boolean }[];
  /** How many lines and files can't be used, and why, for the first ones. */
  unusable: number;
  unusableItems: { where: string; reason: string }[];
}

export interface PlannedKeyword {
  /** From general to specific. */
  keyword: string[];
  /** Null if the keyword is left out. */
  label: LabelId | null;
  name: string;
  /** The label's parent. */
  parent: string | null;
  /** Whether it is a new own label, and the name of its parent by the keyword's path. */
  isNew: boolean;
  kindOf: string | null;
  accepted: number;
  rejected: number;
  boxes: number;
  /** Why the user should check it; null if it is clear. */
  doubt: string | null;
}
