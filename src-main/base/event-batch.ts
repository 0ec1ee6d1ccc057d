import { throttle } from "./throttle";

/** Milliseconds between two events: a window refreshes all its tiles on each one, even while it scrolls. */
const EVENT_PAUSE_MS = 200;

export interface EventBatch<T> {
  /** Emits the items immediately if nothing was emitted just before, else together with the next ones. */
  add(items: readonly T[]): void;
  /** Emits what is waiting. */
  flush(): void;
  /** Discards what is waiting. */
  drop(): void;
}

/** Batches events that occur many times a second. @param emit takes each item of a batch once */
export function createEventBatch<T>(emit: (items: T[]) => void): EventBatch<T> {
  const waiting = new Set<T>();
  const events = throttle(() => {
    const items = [...waiting];
    waiting.clear();
    emit(items);
  }, EVENT_PAUSE_MS);
  return {
    add(items) {
      for (const one of items) waiting.add(one);
      if (waiting.size > 0) events.soon();
    },
    flush() {
      if (waiting.size > 0) events.run();
    },
    drop() {
      events.cancel();
      waiting.clear();
    },
  };
}
