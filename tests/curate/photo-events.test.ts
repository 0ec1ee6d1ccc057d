import { expect, test } from "vitest";
import { eventStarts, type Moment } from "../../src-main/curate/photo-events";
import { random as randomNumbers } from "../../src-main/math/random";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const LISBON = { latitude: 38.72, longitude: -9.14 };
const PORTO = { latitude: 41.15, longitude: -8.61 };
const HOME = { latitude: 52.52, longitude: 13.4 };

const at = (times: number[], location: Moment["location"] = null): Moment[] =>
  times.map((time) => ({ at: time, location, decided: null }));
/** Photos of some days, 20 minutes apart from nine in the morning. */
const days = (first: number, count: number, location: Moment["location"] = null): Moment[] =>
  Array.from({ length: count }, (_, day) => (first + day) * DAY + 9 * HOUR).flatMap((morning) =>
    at(
      Array.from({ length: 12 }, (_, i) => morning + i * 20 * MINUTE),
      location,
    ),
  );
/** Three months of a photo every other day. */
const athome = (first: number): Moment[] =>
  at(
    Array.from({ length: 45 }, (_, i) => (first + 2 * i) * DAY + 18 * HOUR),
    HOME,
  );

test("no photos, one photo, and one burst make no breaks", () => {
  expect(eventStarts([])).toEqual([]);
  expect(eventStarts(at([5]))).toEqual([0]);
  expect(eventStarts(at([0, 0, 300, 900, 1000]))).toEqual([0]);
});

test("a party, the next morning and a weekend later are three events; supper is no break", () => {
  const party = Array.from({ length: 30 }, (_, i) => 18 * HOUR + i * 5 * MINUTE + (i > 15 ? 2 * HOUR : 0));
  const brunch = Array.from({ length: 15 }, (_, i) => 35 * HOUR + i * 4 * MINUTE);
  const weekend = Array.from({ length: 10 }, (_, i) => 6 * DAY + i * 10 * MINUTE);
  expect(eventStarts(at([...party, ...brunch, ...weekend]))).toEqual([0, 30, 45]);
});

test("PhotoTOC's rule, written out slowly, finds the same breaks in random times", () => {
  const random = randomNumbers(7);
  for (let round = 0; round < 50; round++) {
    let time = 0;
    const times = Array.from({ length: 120 }, () => {
      time += Math.exp(random() * 12) * 1000;
      return time;
    });
    const gap = (i: number) => times[i]! - times[i - 1]!;
    const slow = times.flatMap((_, i) => {
      if (i === 0) return [0];
      const around: number[] = [];
      for (let j = i - 10; j <= i + 10; j++)
        if (j >= 1 && j < times.length) around.push(Math.log(Math.max(1000, gap(j))));
      const mean = around.reduce((sum, log) => sum + log, 0) / around.length;
      const isBreak = gap(i) > 4 * DAY || (gap(i) >= 6 * HOUR && Math.log(gap(i)) >= Math.log(17) + mean);
      return isBreak ? [i] : [];
    });
    expect(eventStarts(at(times))).toEqual(slow);
  }
});

test("nights divide days at home and days of unknown place; a trip stays whole, and ends where the next town begins", () => {
  expect(eventStarts(days(0, 3))).toEqual([0, 12, 24]);
  const before = athome(0);
  const trip = [...days(100, 4, LISBON), ...days(104, 2, PORTO)];
  const after = days(110, 2, HOME);
  const starts = eventStarts([...before, ...trip, ...after]);
  const first = before.length;
  expect(starts.filter((start) => start >= first)).toEqual([first, first + 48, first + 72, first + 84]);
});

test("a person's decisions outrank what is found", () => {
  const moments = days(0, 3);
  moments[12]!.decided = "continues";
  moments[30]!.decided = "begins";
  expect(eventStarts(moments)).toEqual([0, 24, 30]);
});
