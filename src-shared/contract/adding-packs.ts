import type { PackSpeed } from "./packs";

/** Making packs from networks that were exported elsewhere. */
export interface AddingPackCalls {
  /** What a pack's folder or an ONNX file says of itself, so that a person is asked only for the rest. */
  inspectPack(query: { path: string }): Promise<InspectedPack>;
  /**
   * Copies a pack, or makes one from an ONNX file, into the data folder, after trying it on ten pictures. Nothing is
   * left behind if it fails.
   */
  addPack(query: { path: string; answers: PackAnswers }): Promise<AddedPack>;
}

/** A pack's folder, a classifier, or a detector, which is added to another pack's classifier. */
export type PackKind = "pack" | "classifier" | "objects";

export interface InspectedPack {
  kind: PackKind;
  /** "YOLOX"; for a pack its title. */
  what: string;
  /** The name it gets unless the answers give another. */
  name: string;
  /** Width and height of the network's input in pixels; null if it takes any size. */
  size: [width: number, height: number] | null;
  /** Number of classes; null if the file doesn't say. */
  classes: number | null;
  /** What must be answered, in the order in which to ask. */
  questions: PackQuestion[];
}

export interface PackQuestion {
  answer: Exclude<keyof PackAnswers, "name" | "overwrite" | "licence" | "source" | "kind" | "threshold">;
  /** The usual answer, as a person would type it; null if there is none. */
  usual: string | null;
}

/** What an exported network doesn't say. */
export interface PackAnswers {
  /** Refuses a file of another kind. */
  kind?: "classifier" | "objects";
  /** The pack's name. */
  name?: string;
  /** Replaces an installed pack of that name. */
  overwrite?: boolean;
  /** Side of the square input, in pixels. */
  size?: number;
  /** The short side to which a photo is scaled before its centre is cropped, in pixels. */
  resize?: number;
  /** Per channel, for pixels in 0..1. */
  mean?: [number, number, number];
  std?: [number, number, number];
  /** A file with the classes' names, `imagenet-1k` or `coco`. */
  labels?: string;
  /** Name or folder of the pack whose classifier a detector is added to. */
  to?: string;
  /** Minimum score of a detector's boxes, 0..1; 0.5 unless given. */
  threshold?: number;
  licence?: string;
  source?: string;
}

export interface AddedPack {
  name: string;
  folder: string;
  title: string;
  /** Numbers of features and classes. */
  dimensions: number;
  classes: number;
  /** Of the classifier. */
  speed: PackSpeed;
  /** The most probable class of each sample photo. */
  topClasses: { photo: string; name: string; probability: number }[];
  /** Boxes that each detector finds in the sample photos, above the minimum score. */
  boxes: { detector: string; found: number }[];
  /** Detectors of the former pack that were left out, because the new one has a class of theirs. */
  leftOut: string[];
}
