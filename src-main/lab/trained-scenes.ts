import { type LearnedLabel, type LearnedLabels } from "./multi-label";
import { type ScenePhotos, type SceneTable } from "./scene-photos";

export interface ScenesQuery {
  tables: SceneTable[];
  /** JSON of labels and the columns that they are made of; null: every column is a label. */
  mapping: string | null;
  /** Of columns with amounts other than 0 and 1: more of the photo than this is enough to say the label, 0..1. */
  present: number;
  out: string;
  /** Of the folds. */
  seed: number;
}

export interface TrainedScene extends Pick<LearnedLabel, "averagePrecision" | "level"> {
  name: string;
  wnid: string | null;
  /** Photos that show it. */ photos: number;
}

export interface TrainedScenes
  extends Pick<LearnedLabels, "tried" | "method">, Pick<ScenePhotos, "sources" | "failed"> {
  /** Of all labels; those without a level are not in the pack. */
  labels: TrainedScene[];
  photos: number;
}
