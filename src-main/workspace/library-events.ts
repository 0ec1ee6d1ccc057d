import type { LibraryInfo, PhotoId } from "../../src-shared/contract";
import type { Emit } from "../../src-shared/engine-messages";
import { createEventBatch } from "../base/event-batch";

/** Minimum milliseconds between updates of the library's counts while a job runs. */
const INFO_MS = 500;

/** What the window is told about the open library. */
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
  let infoTimer: NodeJS.Timeout | undefined;
  let lastInfo = 0;
  const stopTimer = () => {
    clearTimeout(infoTimer);
    infoTimer = undefined;
  };
  const emitInfo = () => {
    stopTimer();
    lastInfo = performance.now();
    const info = currentInfo();
    if (info) emit("library", info);
  };
  const changed = (photos: PhotoId[] | null) => {
    emit("photos", { changed: photos });
    infoTimer ??= setTimeout(emitInfo, INFO_MS);
  };
  const batch = createEventBatch<PhotoId>(changed);
  return {
    changed,
    labelled: batch.add,
    flush: batch.flush,
    notifyAllChanged() {
      changed(null);
      emitInfo();
    },
    emitInfo,
    emitInfoSoon() {
      if (performance.now() - lastInfo >= INFO_MS) emitInfo();
      else infoTimer ??= setTimeout(emitInfo, INFO_MS);
    },
    reset() {
      batch.drop();
      stopTimer();
    },
  };
}
