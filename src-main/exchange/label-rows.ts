import type { LabelId, PhotoId } from "../../src-preload/contract";
import type { Library } from "../library/database";
import { allFiles } from "../library/photos";
import { labelsOfPhoto, modelOfPhoto } from "../library/predictions";

/** One label of one file. */
export interface LabelRow {
  /** Relative to the library's root, with `/`. */
  path: string;
  photo: PhotoId;
  label: LabelId;
  /** 0..1 */
  score: number;
  source: "predicted" | "accepted" | "added";
  /** The model that predicted it; null for a person's verdict. */
  model: number | null;
}

/** Every label of every present file, sorted by path, each file's best first. Rejected labels are none. */
export function* labelRows(library: Library): Generator<LabelRow> {
  for (const { path, photo } of allFiles(library)) {
    if (photo === null) continue;
    const model = modelOfPhoto(library, photo);
    for (const { label, score, source } of labelsOfPhoto(library, photo))
      if (source !== "rejected") yield { path, photo, label, score, source, model: source === "predicted" ? model : null };
  }
}
