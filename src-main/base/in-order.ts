/**
 * The result for each item, in order, while up to `ahead` items are worked on at a time. Items are taken from the
 * iterable no earlier than needed.
 */
export async function* mapInOrder<Item, Result>(
  items: Iterable<Item>,
  ahead: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const source = items[Symbol.iterator]();
  const begun: Promise<Result>[] = [];
  for (;;) {
    while (begun.length < ahead) {
      const next = source.next();
      if (next.done) break;
      const result = work(next.value);
      result.catch(() => undefined); // awaited below; until then, a rejection must not be reported as unhandled
      begun.push(result);
    }
    const first = begun.shift();
    if (!first) return;
    yield await first;
  }
}
