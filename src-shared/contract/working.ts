import type { LabelId } from "./ids";

/** Long work, settings, and what runs here. */
export interface WorkingCalls {
  jobs(): Promise<Job[]>;
  pauseJob(query: { job: JobId }): Promise<void>;
  resumeJob(query: { job: JobId }): Promise<void>;
  cancelJob(query: { job: JobId }): Promise<void>;
  /** Looks through the folder again. */
  rescan(): Promise<{ job: JobId }>;
  settings(): Promise<Settings>;
  changeSettings(change: Partial<Omit<Settings, "dataFolder">>): Promise<Settings>;
  /**
   * Looks whether the data folder takes something again after it did not (event `disk`), and if so looks through the
   * open library's folder for what could not be stored.
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
    | "upgrade";
  state: "running" | "paused" | "done" | "failed" | "cancelled";
  done: number;
  /** 0 while it is not known. */
  total: number;
  perSecond: number;
  secondsLeft: number | null;
  /**
   * While it runs: what it is at, where that changes ("fitting DeViSE"); `done` and `total` then count that.
   * Afterwards: why it failed, or what it did.
   */
  message: string | null;
}

export interface Settings {
  /** Where libraries, models and thumbnails are kept. */
  dataFolder: string;
  /** Thumbnails beyond it are dropped, oldest first, and made again when needed. */
  thumbnailMegabytes: number;
  /** Relative to the library's root. */
  excludedFolders: string[];
  /** `everyday`, `pack-classes`, `imagenet-1k`, `all-nouns`, or the path of a text or CSV file. */
  labelSet: string;
  /** Predictions below it are not shown. 0..1 */
  threshold: number;
  /** Thresholds of some labels, in place of that one; changed as a whole. */
  labelThresholds: Record<LabelId, number>;
  /** Learns by itself while a person corrects. */
  liveLearning: boolean;
  /** Files that come, change or go in the folder show by themselves. */
  watchFolder: boolean;
  /** Photos are also searched for objects and people, and for faces, where the model pack can. What was found stays. */
  objects: boolean;
  faces: boolean;
}

export interface About {
  version: string;
  licences: { name: string; version: string; licence: string }[];
  /** What runs the numbers, and why. */
  backends: { work: string; backend: string; why: string }[];
}
