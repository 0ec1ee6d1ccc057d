import type { LibraryInfo, PhotoId } from "../../src-shared/contract";
import type { Emit } from "../../src-shared/engine-messages";
import { createEventBatch } from "../base/event-batch";
import { throttle } from "../base/throttle";

/** Minimum milliseconds between updates of the library's counts while a job runs. */
const INFO_MS = 500;

/** Events about the open library, for the window. */
export interface LibraryEvents {
  /** Tells the window which photos were added, removed or labelled; null means that any may have changed. */
  changed(photos: PhotoId[] | null): void;
  /** Like `changed`, for newly labelled photos, many per event. */
  labelled(photos: PhotoId[]): void;
  /** Sends what `labelled` still holds. */
  flush(): void;
  /** Tells the window that any photo may have changed, and sends the library's counts. */
  notifyAllChanged(): void;
  /** Sends the library's counts to the window now. */
  emitInfo(): void;
  /** Sends the counts now, or shortly if they were sent a moment ago: verdicts can come many per second. */
  emitInfoSoon(): void;
  /** Drops everything that has not been sent. Call when the library closes. */
  reset(): void;
}

/** @param currentInfo the open library's counts; null if none is open */
export function createLibraryEvents(emit: Emit, currentInfo: () => LibraryInfo | null): LibraryEvents {
  const info = throttle(() => {
    const now = currentInfo();
    if (now) emit("library", now);
  }, INFO_MS);
  const changed = (photos: PhotoId[] | null) => {
    emit("photos", { changed: photos });
    info.later();
  };
  const batch = createEventBatch<PhotoId>(changed);
  return {
    changed,
    labelled: batch.add,
    flush: batch.flush,
    notifyAllChanged() {
      changed(null);
      info.run();
    },
    emitInfo: info.run,
    emitInfoSoon: info.soon,
    reset() {
      batch.drop();
      info.cancel();
    },
  };
}
