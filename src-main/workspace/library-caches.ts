/** The place of one cached value, declared by the file that computes it. */
export interface CacheSlot<T> {
  /** What `filled` calls it. */
  readonly name: string;
  /** Never set: ties the slot to the type of its value. */
  readonly type?: (value: T) => T;
}

export const cacheSlot = <T>(name: string): CacheSlot<T> => ({ name });

/**
 * All that is cached in memory for an open library. It ends with the library, so that nothing of a closed library or of
 * a replaced pack stays in memory or is used again.
 */
export interface LibraryCaches {
  /** Undefined if nothing is cached there, and after `dispose`. */
  get<T>(slot: CacheSlot<T>): T | undefined;
  /** No effect after `dispose`: work that ends when its library is closed must not keep its result. */
  set<T>(slot: CacheSlot<T>, value: NoInfer<T>): void;
  /**
   * The cached value, if it was made from these sources; otherwise makes it and caches it in the old one's place.
   * @param sources what the value is valid for, compared by identity; the cache doesn't keep them in memory
   */
  reuse<T>(slot: CacheSlot<T>, sources: readonly unknown[], make: () => NoInfer<T>): T;
  delete<T>(slot: CacheSlot<T>): void;
  /** Names of the slots that hold a value. */
  filled(): string[];
  /** Drops everything, for good. Call when the library is closed or replaced. */
  dispose(): void;
}

interface Cached {
  value: unknown;
  isMadeFrom(sources: readonly unknown[]): boolean;
}

/** A replaced ranker or semantic index takes tens of megabytes, so objects are only referred to weakly. */
function sameAs(sources: readonly unknown[]): Cached["isMadeFrom"] {
  const kept = sources.map((source) => (typeof source === "object" && source !== null ? new WeakRef(source) : source));
  const isSame = (source: unknown, other: unknown) =>
    source instanceof WeakRef ? other !== undefined && source.deref() === other : source === other;
  return (others) => others.length === kept.length && kept.every((source, i) => isSame(source, others[i]));
}

export function createLibraryCaches(): LibraryCaches {
  const slots = new Map<object, Cached>();
  let isDisposed = false;

  const put = (slot: object, value: unknown, sources: readonly unknown[]) => {
    if (!isDisposed) slots.set(slot, { value, isMadeFrom: sameAs(sources) });
  };
  return {
    get: <T>(slot: CacheSlot<T>) => slots.get(slot)?.value as T | undefined,
    set: (slot, value) => put(slot, value, []),
    reuse<T>(slot: CacheSlot<T>, sources: readonly unknown[], make: () => T): T {
      const there = slots.get(slot);
      if (there?.isMadeFrom(sources)) return there.value as T;
      const value = make();
      put(slot, value, sources);
      return value;
    },
    delete: (slot) => void slots.delete(slot),
    filled: () => [...slots.keys()].map((slot) => (slot as CacheSlot<unknown>).name),
    dispose() {
      isDisposed = true;
      slots.clear();
    },
  };
}
