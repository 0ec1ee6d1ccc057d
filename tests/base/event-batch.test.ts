import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createEventBatch } from "../../src-main/base/event-batch";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("sends the first items at once and later ones a few times a second, without repeats within a batch or losses", () => {
  const received: number[][] = [];
  const labelled = createEventBatch<number>((photos) => received.push(photos));
  labelled.add([1, 2]);
  expect(received).toEqual([[1, 2]]);
  for (let chunk = 0; chunk < 25; chunk++) {
    labelled.add([chunk, chunk + 1]);
    vi.advanceTimersByTime(40);
  }
  expect(received.length).toBeLessThanOrEqual(6);
  expect(new Set(received.flat())).toEqual(new Set(Array.from({ length: 26 }, (_, photo) => photo)));
  for (const photos of received) expect(new Set(photos).size).toBe(photos.length);
  vi.advanceTimersByTime(1000);
  labelled.add([7]);
  expect(received.at(-1)).toEqual([7]);
});

test("flush sends the waiting items, and drop discards them", () => {
  const received: number[][] = [];
  const labelled = createEventBatch<number>((photos) => received.push(photos));
  labelled.add([1]);
  labelled.add([2]);
  labelled.flush();
  labelled.flush();
  expect(received).toEqual([[1], [2]]);
  labelled.add([3]);
  labelled.drop();
  vi.advanceTimersByTime(1000);
  expect(received).toEqual([[1], [2]]);
});
