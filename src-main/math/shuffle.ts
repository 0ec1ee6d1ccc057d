/** The items in random order, in a new array. @param draw uniform numbers in [0, 1) */
export function shuffled<T>(items: readonly T[], draw: () => number): T[] {
  const order = [...items];
  shuffle(order, draw);
  return order;
}

/** The numbers 0 to n − 1 in random order. */
export function permutation(n: number, draw: () => number): Int32Array<ArrayBuffer> {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  shuffle(order, draw);
  return order;
}

/** Holds out `count` random items. @returns both parts, in random order */
export function holdOut<T>(items: readonly T[], count: number, draw: () => number): { training: T[]; heldOut: T[] } {
  const order = shuffled(items, draw);
  return { training: order.slice(count), heldOut: order.slice(0, count) };
}

/** Shuffles in place (Fisher–Yates). */
function shuffle<T>(items: { [i: number]: T; length: number }, draw: () => number): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(draw() * (i + 1));
    [items[i], items[j]] = [items[j], items[i]];
  }
}
