import { expect, test } from "vitest";
import { dayAt, marksOf, stepDay } from "../../src-renderer/library/time-line";

const day = (text: string, photos = 1) => ({ day: text, photos });
/** One pixel a photo. */
const titles = (days: { day: string; photos: number }[], height: number) => {
  const photos = days.reduce((sum, each) => sum + each.photos, 0);
  return marksOf(days, (index) => (index / photos) * height, height).filter(({ title }) => title !== null);
};

test("days are titled if there is room, else months, else years; the first of a year says which", () => {
  const days = [day("2024-05-03", 10), day("2024-05-01", 10), day("2024-02-20", 20), day("2023-12-31", 20)];
  expect(titles(days, 600)).toEqual([
    { y: 0, title: "2024", strength: 1 },
    { y: 100, title: "May 1", strength: 1 },
    { y: 200, title: "Feb 20", strength: 1 },
    { y: 400, title: "2023", strength: 1 },
  ]);
  expect(titles(days, 60).map(({ title }) => title)).toEqual(["2024", "Feb", "2023"]);
  expect(titles(days, 40).map(({ title }) => title)).toEqual(["2024"]); // "2023" would be cut off
});

test("marks stay apart and inside, and ticks are as long as their share", () => {
  const days = Array.from({ length: 240 }, (_, i) =>
    day(`${2004 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, "0")}-15`, 1 + (i % 9)),
  );
  const photos = days.reduce((sum, each) => sum + each.photos, 0);
  for (const height of [30, 100, 400, 700]) {
    const marks = marksOf(days, (index) => (index / photos) * height, height);
    for (const kind of [true, false]) {
      const ys = marks.filter(({ title }) => (title !== null) === kind).map(({ y }) => y);
      for (const [i, y] of ys.entries()) {
        expect(y).toBeLessThanOrEqual(height - (kind ? 20 : 4));
        if (i > 0) expect(y - ys[i - 1]!).toBeGreaterThanOrEqual(kind ? 20 : 4);
      }
    }
    for (const { strength } of marks) expect(strength).toBeLessThanOrEqual(1);
    expect(marks.length).toBeGreaterThan(0);
  }
});

test("a scroll position has its day, and months are stepped through", () => {
  expect([-5, 0, 9, 10, 99].map((y) => dayAt([0, 10, 20], y))).toEqual([0, 0, 0, 1, 2]);
  const days = ["2024-05-03", "2024-05-01", "2024-04-09", "2024-04-02", "2024-01-01"].map((text) => day(text));
  expect([0, 2, 4].map((from) => stepDay(days, from, 1))).toEqual([2, 4, 4]);
  expect([4, 3, 2, 1, 0].map((from) => stepDay(days, from, -1))).toEqual([2, 2, 0, 0, 0]);
});
