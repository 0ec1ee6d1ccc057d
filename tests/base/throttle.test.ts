import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { throttle } from "../../src-main/base/throttle";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("the first run is immediate; further ones wait for the end of the pause and run once", () => {
  const work = vi.fn();
  const throttled = throttle(work, 100);
  throttled.soon();
  expect(work).toHaveBeenCalledTimes(1);
  for (let i = 0; i < 5; i++) throttled.soon();
  vi.advanceTimersByTime(99);
  expect(work).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  expect(work).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(1000);
  expect(work).toHaveBeenCalledTimes(2);
});

test("run replaces a scheduled call, later never runs at once, and cancel drops the call", () => {
  const work = vi.fn();
  const throttled = throttle(work, 100);
  throttled.later();
  expect(work).not.toHaveBeenCalled();
  throttled.run();
  vi.advanceTimersByTime(1000);
  expect(work).toHaveBeenCalledTimes(1);
  throttled.later();
  throttled.cancel();
  vi.advanceTimersByTime(1000);
  expect(work).toHaveBeenCalledTimes(1);
});
