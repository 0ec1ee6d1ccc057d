import type { PhotoLabel } from "./browsing";
import type { ModelId, PhotoId } from "./ids";
import type { JobId } from "./working";

/** Models: fitted from verdicts, chosen, compared. */
export interface LearningCalls {
  /**
   * Fits the projection again from the corrections, as a version that is kept; progress and loss come as events.
   * Resolves when it has begun.
   */
  retrain(): Promise<{ job: JobId }>;
  /** The photos on screen: after learning these get their new labels first. */
  watching(query: { photos: PhotoId[] }): Promise<void>;
  /**
   * Photos without a verdict that have another first label since the last change of model, those whose labels moved
   * most first.
   */
  changedMost(query: { limit: number }): Promise<ChangedPhoto[]>;
  /**
   * Photos on which two versions differ most, most first; `before` is a, `after` is b. Up to 2,000 photos are compared,
   * at even distances.
   */
  compareModels(query: {
    a: ModelId;
    b: ModelId;
    limit: number;
  }): Promise<{ compared: number; /** First label differs. */ changed: number; photos: ChangedPhoto[] }>;
  /** Keeps a live version in the list for good. */
  keepModel(query: { model: ModelId }): Promise<void>;
  models(): Promise<ModelInfo[]>;
  /** Labels the library with an earlier or later model. */
  useModel(query: { model: ModelId }): Promise<void>;
  /**
   * Labels all photos again with the model pack that `LibraryInfo.upgrade` names (job `upgrade`). Verdicts and own
   * labels stay. Until it is
   * done, photos keep the labels they had; cancelled, the library stays as it was, and what was embedded is not
   * embedded again. Resolves when it has begun. Refused (`no-upgrade`) where there is no better pack.
   */
  relabelWithBetterPack(): Promise<{ job: JobId }>;
  /**
   * Undoes the last `labelAgain`: the pack, model and labels from before it. Verdicts given since stay. Refused
   * (`no-upgrade`) where there was none, or its labels are no longer stored.
   */
  goBack(): Promise<void>;
}

export interface ModelInfo {
  model: ModelId;
  /** The one in use. */
  current: boolean;
  createdAt: string;
  /** `bundled` came with the pack or was fitted on first use; `retrained` learned from verdicts. */
  kind: "bundled" | "retrained";
  /** Verdicts it learned from. */
  verdicts: number;
  /** Mean hinge rank loss on the verdicts' photos before and after; null for a bundled one. */
  loss: { before: number; after: number } | null;
  seconds: number;
  /** Made by live learning: the next live version takes its place, unless it is kept. */
  live: boolean;
  /**
   * On a fifth of the judged photos, held out: by the pack's own projection, and by the same fit from the other four
   * fifths. Null while they are too few.
   */
  scores: { photos: number; before: VerdictScores; after: VerdictScores } | null;
}

/** Shares 0..1; null where there is no such verdict. */
export interface VerdictScores {
  /** Accepted labels that are the first predicted one, or among the first five. */
  hit1: number | null;
  hit5: number | null;
  /** Rejected labels that are not shown. */
  withdrawn: number | null;
}

/**
 * A photo on which two models differ: its predicted labels by each, and the sum of the absolute differences of
 * confidence.
 */
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
