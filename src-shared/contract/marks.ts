import type { Mark, PhotoMarks } from "../photo-marks";
import type { PhotoId } from "./ids";

/** Flags, ratings and colour labels. */
export interface MarkCalls {
  /** Marks photos, as one undo step. Marks that are left out stay as they are. Returns how many photos changed. */
  markPhotos(query: { photos: PhotoId[]; marks: Partial<PhotoMarks> }): Promise<{ photos: number }>;
  /** Marks that Semblance and another program set differently, latest first, until they are dismissed. */
  markConflicts(): Promise<MarkConflict[]>;
  /** Uses one side of conflicts, as one undo step. They stay listed. */
  useMarks(query: { conflicts: MarkConflictId[]; side: MarkSide }): Promise<{ photos: number }>;
  /** Takes conflicts off the list; what is in use stays. */
  dismissMarkConflicts(query: { conflicts: MarkConflictId[] }): Promise<void>;
  /** Puts them back on the list. */
  listMarkConflicts(query: { conflicts: MarkConflictId[] }): Promise<void>;
}

export type MarkConflictId = number;
/** `ours`: set in Semblance. `theirs`: written to the sidecar by another program. */
export type MarkSide = "ours" | "theirs";

export interface MarkConflict {
  conflict: MarkConflictId;
  photo: PhotoId;
  /** File name of the photo. */
  name: string;
  version: string;
  mark: Mark;
  /** Path of the sidecar, relative to the library's root. */
  sidecar: string;
  /** As text: "pick", "3", "red". */
  ours: string;
  theirs: string;
  /** When each was set: ISO 8601, UTC. */
  oursAt: string;
  theirsAt: string;
  /** Which of the two holds now; null if the photo was marked otherwise since. */
  inUse: MarkSide | null;
}
