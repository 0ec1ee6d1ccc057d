/** Counts ordered pairs of words. A Map would stop at 2²⁴ pairs and take ten times the memory. */
export interface PairCounts {
  /** Counts one occurrence of (a, b), `0 ≤ a, b < 2²⁶`. */
  add(a: number, b: number): void;
  get(a: number, b: number): number;
  size(): number;
}

const EMPTY = -1;
const WORD = 2 ** 26;

/** Open addressing with linear probing, at most 60% full. */
export function createPairCounts(): PairCounts {
  let slots = 1 << 16;
  let keys = new Float64Array(slots).fill(EMPTY);
  let counts = new Uint32Array(slots);
  let size = 0;

  const slotOf = (a: number, b: number): number => {
    const key = a * WORD + b;
    let slot = (Math.imul(Math.imul(a, 0x9e3779b1) ^ b, 0x85ebca6b) >>> 7) & (slots - 1);
    while (keys[slot] !== key && keys[slot] !== EMPTY) slot = (slot + 1) & (slots - 1);
    return slot;
  };

  function grow(): void {
    const [oldKeys, oldCounts] = [keys, counts];
    slots *= 2;
    keys = new Float64Array(slots).fill(EMPTY);
    counts = new Uint32Array(slots);
    oldKeys.forEach((key, i) => {
      if (key === EMPTY) return;
      const slot = slotOf(Math.floor(key / WORD), key % WORD);
      keys[slot] = key;
      counts[slot] = oldCounts[i];
    });
  }

  return {
    add(a, b) {
      let slot = slotOf(a, b);
      if (keys[slot] === EMPTY) {
        if (size >= slots * 0.6) {
          grow();
          slot = slotOf(a, b);
        }
        keys[slot] = a * WORD + b;
        size++;
      }
      counts[slot]++;
    },
    get: (a, b) => counts[slotOf(a, b)],
    size: () => size,
  };
}
