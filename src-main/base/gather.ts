/** Milliseconds between two tellings: a window looks at all it shows with each of them, also while it is scrolled. */
const PAUSE_MS = 200;

export interface Gathered<T> {
  /** What is new is told at once where nothing was told a moment ago, else together with what follows. */
  add(news: readonly T[]): void;
  /** Tells what is still to be told. */
  flush(): void;
  /** Forgets it. */
  drop(): void;
}

/** Gathers what comes many times a second and is told to a window. @param tell given each of what was gathered once */
export function gather<T>(tell: (news: T[]) => void): Gathered<T> {
  const waiting = new Set<T>();
  let timer: NodeJS.Timeout | undefined;
  let toldAt = -Infinity;
  const drop = () => {
    clearTimeout(timer);
    timer = undefined;
    waiting.clear();
  };
  const flush = () => {
    const news = [...waiting];
    drop();
    if (news.length === 0) return;
    toldAt = performance.now();
    tell(news);
  };
  return {
    add(news) {
      for (const one of news) waiting.add(one);
      const left = toldAt + PAUSE_MS - performance.now();
      if (left <= 0) flush();
      else timer ??= setTimeout(flush, left);
    },
    flush,
    drop,
  };
}
