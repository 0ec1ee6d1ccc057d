import type { PhotoLabel } from "./browsing";
import type { ModelId, PhotoId } from "./ids";
import type { JobId } from "./working";

/** Models: retrained, chosen, compared. */
export interface LearningCalls {
  /**
   * Fits the projection to all corrections, as a new version; sends progress and loss as events. Resolves when the job
   * has started.
   */
  retrain(): Promise<{ job: JobId }>;
  /** Reports the photos on screen, which are relabelled first after learning. */
  watching(query: { photos: PhotoId[] }): Promise<void>;
  /** Photos without a verdict whose first label changed with the last change of model, largest change first. */
  changedMost(query: { limit: number }): Promise<ChangedPhoto[]>;
  /**
   * Photos on which two versions differ, largest difference first; `before` is a, `after` is b. Compares a sample of up
   * to 2,000 photos.
   */
  compareModels(query: {
    a: ModelId;
    b: ModelId;
    limit: number;
  }): Promise<{ compared: number; /** Photos whose first label differs. */ changed: number; photos: ChangedPhoto[] }>;
  /** Keeps a live version permanently. */
  keepModel(query: { model: ModelId }): Promise<void>;
  models(): Promise<ModelInfo[]>;
  /** Labels the library with another version. */
  useModel(query: { model: ModelId }): Promise<void>;
  /**
   * Labels all photos again with the pack that `LibraryInfo.upgrade` names (job `upgrade`). Verdicts and own labels
   * stay. Photos keep their labels until the job is done. If it is cancelled, the library is unchanged, but features
   * computed so far are kept. Resolves when the job has started.
   * @throws Refusal `no-upgrade` without a better pack
   */
  relabelWithBetterPack(): Promise<{ job: JobId }>;
  /**
   * The same with a pack that the user names: a bundled or installed one's name, or a folder. A pack that labelled the library before
   * analyses only photos that are new since.
   * @throws Refusal `no-pack`, `bad-pack`, `no-upgrade` if it labels the library already
   */
  usePack(query: { name: string }): Promise<{ job: JobId }>;
  /** The packs that the library knows or could use, the one in use first. */
  libraryPacks(): Promise<LibraryPack[]>;
  /**
   * Deletes the features that a pack computed for this library's photos. Can't be undone: to use the pack again, photos
   * are analysed again.
   * @throws Refusal `pack-in-use`, or `busy` while packs are compared or photos relabelled
   */
  dropFeatures(query: { visualId: string }): Promise<DroppedFeatures>;
  /**
   * Undoes the last `relabelWithBetterPack` or `usePack`: restores the earlier pack, model and labels. Newer verdicts stay.
   * @throws Refusal `no-upgrade` if there was none, or its snapshot is no longer stored
   */
  goBack(): Promise<void>;
}

/** A pack, and what it computed for the library's photos. */
export interface LibraryPack {
  /** Changes with the network and its input. */
  visualId: string;
  /** Empty if unknown. */
  name: string;
  title: string;
  /** What to call it in `usePack` and `comparePacks`; null if it is no longer on this computer. */
  from: string | null;
  /** Photos that it analysed, missing ones included. */
  photos: number;
  /** Bytes of their features. */
  bytes: number;
  isInUse: boolean;
}

export interface DroppedFeatures {
  /** Photos that had features. */
  photos: number;
  /** Bytes freed on the disk. */
  bytes: number;
}

export interface ModelInfo {
  model: ModelId;
  /** The one in use. */
  current: boolean;
  createdAt: string;
  /** `bundled`: came with the pack or was fitted on first use; `retrained`: fitted to verdicts. */
  kind: "bundled" | "retrained";
  /** How many verdicts it was fitted to. */
  verdicts: number;
  /** Mean hinge rank loss on the corrections before and after; null for a bundled one. */
  loss: { before: number; after: number } | null;
  seconds: number;
  /** Made by live learning; the next live version replaces it unless it is kept. */
  live: boolean;
  /**
   * Scores on a held-out fifth of the annotated photos: `before` by the base model, `after` by a fit to the other four
   * fifths. Null while there are too few.
   */
  scores: { photos: number; before: VerdictScores; after: VerdictScores } | null;
}

/** Shares 0..1; null without such verdicts. */
export interface VerdictScores {
  /** Accepted labels that are predicted first, or among the first five. */
  hit1: number | null;
  hit5: number | null;
  /** Rejected labels that are not shown. */
  withdrawn: number | null;
}

/** A photo with the predicted labels of two models, and the sum of the absolute differences in confidence. */
export interface ChangedPhoto {
  photo: PhotoId;
  before: PhotoLabel[];
  after: PhotoLabel[];
  change: number;
}
export interface LossPoint {
  job: JobId;
  step: number;
  steps: number;
  loss: number;
}
