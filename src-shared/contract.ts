/**
 * What crosses from the engine to a window, a room a file. Types only: no import here drags code along.
 * A host that forgets a call, or a call that nobody declares, does not compile.
 */

import type { AnnotationCalls } from "./contract/annotation";
import type { BrowsingCalls } from "./contract/browsing";
import type { CuratingCalls } from "./contract/curating";
import type { EvaluatingCalls } from "./contract/evaluating";
import type { ExchangingCalls } from "./contract/exchanging";
import type { ModelId, PhotoId } from "./contract/ids";
import type { ImportingCalls } from "./contract/importing";
import type { LabelCalls } from "./contract/labels";
import type { LearningCalls, LossPoint } from "./contract/learning";
import type { DamagedLibrary, LibraryInfo, OpeningCalls } from "./contract/opening";
import type { Job, WorkingCalls } from "./contract/working";

export type * from "./contract/annotation";
export type * from "./contract/browsing";
export type * from "./contract/curating";
export type * from "./contract/evaluating";
export type * from "./contract/exchanging";
export type * from "./contract/ids";
export type * from "./contract/importing";
export type * from "./contract/labels";
export type * from "./contract/learning";
export type * from "./contract/opening";
export type * from "./contract/working";

/** Every call. */
export interface Api
  extends
    OpeningCalls,
    BrowsingCalls,
    LabelCalls,
    AnnotationCalls,
    LearningCalls,
    EvaluatingCalls,
    CuratingCalls,
    ExchangingCalls,
    ImportingCalls,
    WorkingCalls {}

export interface Events {
  /** Long work, a few times a second while it runs and once when it ends. */
  job: Job;
  /** Counts, model or undo state of the open library changed. */
  library: LibraryInfo;
  /** Photos came, went, or carry other labels; null means any of them. */
  photos: { changed: PhotoId[] | null };
  /** All photos are labelled anew after learning; so many without a verdict have another first label now. */
  learned: { model: ModelId; changed: number };
  /** Why nothing can be stored in the data folder, in words; null once something could be stored again. */
  disk: { fault: string | null };
  /**
   * The open library's file turned out to be damaged, and was closed: a person says which copy takes its place
   * (`libraryBackups`, `restoreLibrary`).
   */
  damaged: DamagedLibrary;
  /** What was added to the loss curve of a running retraining since the last time, a few times a second. */
  loss: LossPoint[];
}

export type Reply<T> = { ok: true; value: T } | { ok: false; error: { code: string; message: string } };

export type CallName = keyof Api;

export type Call = { [Name in CallName]: { name: Name; args: Parameters<Api[Name]> } }[CallName];

export type EventName = keyof Events;

/** How a call travels: Electron's IPC, HTTP, or a plain function call. A window never learns which. */
export interface Transport {
  send(call: Call): Promise<Reply<unknown>>;
  on<E extends EventName>(event: E, listener: (payload: Events[E]) => void): () => void;
  /** Address of a picture, upright and in sRGB. `thumbnail`: 512 pixels on the long side; `view`: 2048. */
  picture(photo: PhotoId, size: "thumbnail" | "view" | "full", version: string): string;
  /** Path of a dropped folder where the host can tell it, else null. */
  droppedPath(file: File): string | null;
}
