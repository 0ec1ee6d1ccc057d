import type { LabelId, PhotoId } from "./ids";
import type { JobId } from "./working";

/** Labels of other programs, taken as verdicts: read first, shown as a plan, then applied as one step. */
export interface ImportingCalls {
  /** Reads labels and changes nothing; the plan is there when the job is done. */
  planImport(query: { source: ImportSource }): Promise<{ job: JobId }>;
  /** What an import would do, with some keywords given other labels than those found for them. */
  importPlan(query: { plan: JobId; choices: ImportChoice[] }): Promise<ImportPlan>;
  /** Does it, as one step that undo takes back. A verdict that stands is never changed. */
  applyImport(query: { plan: JobId; choices: ImportChoice[] }): Promise<{ verdicts: number; photos: number }>;
  /** The system's dialog for a file to import labels from; null when it was cancelled. */
  chooseLabelFile(): Promise<string | null>;
}

export type ImportSource =
  /** Sidecars beside the photos: `photo.jpg.xmp` or `photo.xmp`. */
  | { from: "xmp" }
  /** What IPTC and XMP inside the photos say. */
  | { from: "keywords" }
  /**
   * The names of the folders that photos lie in: the nearest, the one right below the library's, or all as one path;
   * `without` are names that say nothing.
   */
  | { from: "folders"; level: "nearest" | "top" | "all"; without: string[] }
  | { from: "csv" | "jsonl" | "coco"; file: string }
  /**
   * What an exported labeller said elsewhere: labels at least so sure (0..1) count as given; `trust` also takes what a
   * labeller of another library said.
   */
  | { from: "labeller"; file: string; threshold: number; trust: boolean };

/** Another label for a keyword; null leaves it out. */
export interface ImportChoice {
  keyword: string[];
  label: LabelId | null;
}

export interface ImportPlan {
  /** What it is from, in words: "XMP sidecars". */
  source: string;
  /** Photos that labels were found for. */
  photos: number;
  /** Verdicts that would be new, those that stand already, and those against one that stands, which is kept. */
  given: number;
  standing: number;
  /** Accepted and rejected by the same source: nothing is done about them. */
  contradicted: number;
  conflicts: number;
  /** Labels in an export of Semblance that nobody judged; they are passed over. */
  predictions: number;
  /** Keywords with what becomes of them: doubtful ones first, then by photos. */
  keywords: PlannedKeyword[];
  /** The first of those conflicts. */
  conflicting: { photo: PhotoId; path: string; name: string; stands: "accept" | "reject" }[];
  /** Lines and files that can't be used, and the first of them with the reason. */
  unusable: number;
  unused: { where: string; reason: string }[];
}

export interface PlannedKeyword {
  /** From the general to the particular. */
  keyword: string[];
  /** Null where it is left out. */
  label: LabelId | null;
  name: string;
  /** What it is a kind of. */
  parent: string | null;
  /** A new label of the user's own; and what it is put under, by the keyword's path. */
  isNew: boolean;
  kindOf: string | null;
  accepted: number;
  rejected: number;
  /** Why it deserves a look; null where it is plain. */
  doubt: string | null;
}
