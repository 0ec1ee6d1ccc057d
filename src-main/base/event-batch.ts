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
  let timer: NodeJS.Timeout | undefined;
  let emittedAt = -Infinity;
  const drop = () => {
    clearTimeout(timer);
    timer = undefined;
    waiting.clear();
  };
  const flush = () => {
    const items = [...waiting];
    drop();
    if (items.length === 0) return;
    emittedAt = performance.now();
    emit(items);
  };
  return {
    add(items) {
      for (const one of items) waiting.add(one);
      const left = emittedAt + EVENT_PAUSE_MS - performance.now();
      if (left <= 0) flush();
      else timer ??= setTimeout(flush, left);
    },
    flush,
    drop,
  };
}
