import type { LabelId } from "./ids";

/** Jobs, settings, and information about the program. */
export interface WorkingCalls {
  jobs(): Promise<Job[]>;
  pauseJob(query: { job: JobId }): Promise<void>;
  resumeJob(query: { job: JobId }): Promise<void>;
  cancelJob(query: { job: JobId }): Promise<void>;
  /** Scans the folder again. */
  rescan(): Promise<{ job: JobId }>;
  settings(): Promise<Settings>;
  changeSettings(change: Partial<Omit<Settings, "dataFolder">>): Promise<Settings>;
  /**
   * Tries to write to the data folder again after a failure (event `disk`); if that works, scans the folder for what
   * could not be stored.
   */
  tryDisk(): Promise<void>;
  about(): Promise<About>;
}

export type JobId = number;
export interface Job {
  job: JobId;
  kind:
    | "scan"
    | "embed"
    | "rank"
    | "retrain"
    | "learn"
    | "export"
    | "import"
    | "evaluate"
    | "map"
    | "exif"
    | "duplicates"
    | "detect"
    | "crops"
    | "labels"
    | "upgrade"
    | "compare"
    | "verdicts"
    | "measure"
    | "download";
  state: "running" | "paused" | "done" | "failed" | "cancelled";
  /** Photos or steps; bytes of a download. */
  done: number;
  /** 0 while unknown. */
  total: number;
  perSecond: number;
  secondsLeft: number | null;
  /**
   * While it runs, its phase ("fitting DeViSE"), if it has phases; `done` and `total` count that. Afterwards, why it
   * failed or what it did.
   */
  message: string | null;
}

export interface Settings {
  /** Where libraries, models and thumbnails are kept. */
  dataFolder: string;
  /** Beyond this, thumbnails are deleted, oldest first, and made again when needed. */
  thumbnailMegabytes: number;
  /** Relative to the library's root. */
  excludedFolders: string[];
  /** `everyday`, `pack-classes`, `imagenet-1k`, `all-nouns`, or the path of a text or CSV file. */
  labelSet: string;
  /** Predictions below this confidence are not shown, 0..1. */
  threshold: number;
  /** Thresholds of single labels, which replace that one. A change replaces the whole record. */
  labelThresholds: Record<LabelId, number>;
  /** Retrain automatically while the user corrects labels. */
  liveLearning: boolean;
  /** Follow changes in the folder. */
  watchFolder: boolean;
  /** Run the pack's detectors for objects and people, and for faces. Turning them off keeps what was found. */
  objects: boolean;
  faces: boolean;
}

export interface About {
  version: string;
  licences: { name: string; version: string; licence: string }[];
  /** Which backend runs each kind of work, and why. */
  backends: { work: string; backend: string; why: string }[];
}
