/**
 * What came of each item, in their order; the work on the next ones is begun meanwhile, on `ahead` at a time. Items are
 * asked for as late as that allows.
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
      result.catch(() => undefined); // awaited below; until then a failure must not count as unhandled
      begun.push(result);
    }
    const first = begun.shift();
    if (!first) return;
    yield await first;
  }
}
