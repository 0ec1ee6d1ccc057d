import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createEventBatch } from "../../src-main/base/event-batch";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("what comes is told at once, then a few times a second, each once a telling, and nothing is lost", () => {
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

test("what waits is told when the work ends, and forgotten when its library closes", () => {
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
