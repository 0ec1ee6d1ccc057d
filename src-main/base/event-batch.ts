/** Milliseconds between two tellings: a window looks at all it shows with each of them, also while it is scrolled. */
const EVENT_PAUSE_MS = 200;

export interface EventBatch<T> {
  /** What is new is told at once where nothing was told a moment ago, else together with what follows. */
  add(items: readonly T[]): void;
  /** Tells what is still to be told. */
  flush(): void;
  /** Forgets it. */
  drop(): void;
}

/** Gathers what comes many times a second and is told to a window. @param tell given each of what was gathered once */
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
