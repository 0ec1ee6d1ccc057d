/**
 * The contract between the engine and a window: types only, so that importing it loads no code. A host that does not
 * answer a call, or a call that is not declared here, does not compile.
 */

import type { AddingPackCalls } from "./contract/adding-packs";
import type { AnnotationCalls } from "./contract/annotation";
import type { BrowsingCalls } from "./contract/browsing";
import type { CuratingCalls } from "./contract/curating";
import type { EvaluatingCalls } from "./contract/evaluating";
import type { EventCalls } from "./contract/events";
import type { ExchangingCalls } from "./contract/exchanging";
import type { ModelId, PhotoId } from "./contract/ids";
import type { ImportingCalls } from "./contract/importing";
import type { LabelCalls } from "./contract/labels";
import type { LearningCalls, LossPoint } from "./contract/learning";
import type { MarkCalls } from "./contract/marks";
import type { DamagedLibrary, LibraryInfo, OpeningCalls } from "./contract/opening";
import type { PackCalls } from "./contract/packs";
import type { Job, WorkingCalls } from "./contract/working";
import type { PictureSize } from "./picture-size";
import type { RefusalCode } from "./refusal";

export type * from "./contract/adding-packs";
export type * from "./contract/annotation";
export type * from "./contract/browsing";
export type * from "./contract/curating";
export type * from "./contract/evaluating";
export type * from "./contract/events";
export type * from "./contract/exchanging";
export type * from "./contract/ids";
export type * from "./contract/importing";
export type * from "./contract/labels";
export type * from "./contract/learning";
export type * from "./contract/marks";
export type * from "./contract/opening";
export type * from "./contract/packs";
export type * from "./contract/working";

/** All calls. */
export interface Api
  extends
    AddingPackCalls,
    OpeningCalls,
    BrowsingCalls,
    LabelCalls,
    AnnotationCalls,
    EventCalls,
    MarkCalls,
    LearningCalls,
    PackCalls,
    EvaluatingCalls,
    CuratingCalls,
    ExchangingCalls,
    ImportingCalls,
    WorkingCalls {}

export interface Events {
  /** A job: a few times a second while it runs, and once when it ends. */
  job: Job;
  /** The open library's counts, model or undo state changed. */
  library: LibraryInfo;
  /** Photos were added or removed, or their labels changed; null means any photo. */
  photos: { changed: PhotoId[] | null };
  /** All photos are relabelled after learning. `changed` photos without a verdict have a different first label now. */
  learned: { model: ModelId; changed: number };
  /** Why the data folder can't be written, as a sentence; null once it can. */
  disk: { fault: string | null };
  /**
   * The open library's file is damaged, and was closed. Ask which backup to restore (`libraryBackups`,
   * `restoreLibrary`).
   */
  damaged: DamagedLibrary;
  /** New points of the loss curve while retraining, a few times a second. */
  loss: LossPoint[];
}

export type Reply<T> = { ok: true; value: T } | { ok: false; error: { code: RefusalCode; message: string } };

export type CallName = keyof Api;

export type Call = { [Name in CallName]: { name: Name; args: Parameters<Api[Name]> } }[CallName];

export type EventName = keyof Events;

/** How calls are sent: Electron's IPC, HTTP or function calls. A window does not know which. */
export interface Transport {
  send(call: Call): Promise<Reply<unknown>>;
  on<E extends EventName>(event: E, listener: (payload: Events[E]) => void): () => void;
  /** Address of a picture, upright and in sRGB. */
  picture(photo: PhotoId, size: PictureSize, version: string): string;
  /** Path of a dropped folder; null if the host can't know it. */
  droppedPath(file: File): string | null;
}
