import { type LearnedLabel, type LearnedLabels } from "./multi-label";
import { type ScenePhotos, type SceneTable } from "./scene-photos";

export interface ScenesQuery {
  tables: SceneTable[];
  /** JSON file of labels and the columns they sum; null: every column is a label. */
  mapping: string | null;
  /** Threshold, 0..1, for amounts other than 0 and 1: a label is present when it covers more of the photo. */
  present: number;
  out: string;
  /** Seed of the folds. */
  seed: number;
}

export interface TrainedScene extends Pick<LearnedLabel, "averagePrecision" | "level"> {
  name: string;
  wnid: string | null;
  /** Photos with the label. */ photos: number;
}

export interface TrainedScenes
  extends Pick<LearnedLabels, "tried" | "method">, Pick<ScenePhotos, "sources" | "failed"> {
  /** All labels; those without a threshold are not in the pack. */
  labels: TrainedScene[];
  photos: number;
}
