/** The same in a random order (Fisher and Yates), in a new array. */
export function shuffled<T>(list: readonly T[], draw: () => number): T[] {
  const order = [...list];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(draw() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
