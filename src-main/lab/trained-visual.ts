import { type EmbeddedDataset } from "../evaluation/embed-dataset";
import { type FineTuneSettings } from "./fine-tune";

export interface VisualQuery {
  /** Folder of class folders, or CSV. */
  dataset: string;
  out: string;
  epochs: number;
  /** Share of each class's photos to hold out, 0..1; at least one photo of each. */
  validation: number;
  seed: number;
  /** Train the whole network, not only its last layer. */
  whole: Omit<FineTuneSettings, "layers"> | null;
}

export interface TrainedVisual {
  classes: { name: string; wnid: string | null; photos: number }[];
  training: number;
  /** Top-1 accuracy with its 95% Wilson interval. */
  heldOut: { photos: number; accuracy: number; interval: [number, number] };
  epoch: number;
  losses: number[];
  failed: EmbeddedDataset["failed"];
  backend: string;
}
