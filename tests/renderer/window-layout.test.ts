import { expect, test } from "vitest";
import { baseName } from "../../src-renderer/base-name";
import { nestFolders } from "../../src-renderer/library/folder-tree";
import { layOut, rowOf, stepRows } from "../../src-renderer/library/rows";
import { bytes, percent, rate } from "../../src-renderer/messages/numbers";
import { text } from "../../src-renderer/messages/text";
import { timeLeft } from "../../src-renderer/messages/times";
import { crumbsOf } from "../../src-renderer/welcome/crumbs";

const photos = Array.from({ length: 10 }, (_, i) => 100 + i);

test("every group begins a new row, and every photo is in exactly one row", () => {
  const rows = layOut(
    photos,
    [
      { title: "a", count: 5 },
      { title: "b", count: 5 },
    ],
    3,
  );
  expect(rows.map(({ start, end, heading }) => heading?.title ?? [start, end])).toEqual([
    "a",
    [0, 3],
    [3, 5],
    "b",
    [5, 8],
    [8, 10],
  ]);
});

test("photos outside the counted groups still get a row", () => {
  expect(layOut(photos, [{ title: "a", count: 8 }], 5).at(-1)).toEqual({ start: 8, end: 10, heading: null });
  expect(layOut(photos, [], 4)).toHaveLength(3);
});

test("a group that counts more photos than there are ends with the last photo", () => {
  expect(layOut(photos, [{ title: "a", count: 99 }], 4).at(-1)).toEqual({ start: 8, end: 10, heading: null });
});

test("less certain results begin a new row, below a heading that stays when they are collapsed", () => {
  const said = (rows: ReturnType<typeof layOut>) =>
    rows.map(({ start, end, heading, fold }) => (fold ? `fold ${heading!.count}` : (heading?.title ?? [start, end])));
  expect(said(layOut(photos, [], 4, 6))).toEqual([[0, 4], [4, 6], "fold 4", [6, 10]]);
  expect(said(layOut(photos.slice(0, 6), [{ title: "a", count: 6 }], 4, 6))).toEqual(["a", [0, 4], [4, 6], "fold 0"]);
  expect(said(layOut(photos, [], 20, 0))).toEqual(["fold 10", [0, 10]]);
  const rows = layOut(photos, [], 4, 6);
  expect(stepRows(rows, 5, 1)).toBe(7); // over the heading, in the same column
  expect(stepRows(rows, 7, -1)).toBe(5);
});

test("the row of a photo is found and is not confused with the heading above it", () => {
  const rows = layOut(
    photos,
    [
      { title: "a", count: 5 },
      { title: "b", count: 5 },
    ],
    3,
  );
  photos.forEach((_, index) => {
    const row = rows[rowOf(rows, index)];
    expect(row.heading).toBeNull();
    expect(index >= row.start && index < row.end).toBe(true);
  });
});

test("moving down keeps the column across headings and short rows", () => {
  const rows = layOut(
    photos,
    [
      { title: "a", count: 5 },
      { title: "b", count: 5 },
    ],
    3,
  );
  expect(stepRows(rows, 1, 1)).toBe(4);
  expect(stepRows(rows, 2, 1)).toBe(4); // the second row has two
  expect(stepRows(rows, 4, 1)).toBe(6);
  expect(stepRows(rows, 6, -1)).toBe(4);
  expect(stepRows(rows, 0, -1)).toBe(0);
  expect(stepRows(rows, 1, 99)).toBe(9);
});

test("folders are nested, counts include subfolders, and the root is left out", () => {
  const [trips, zoo] = nestFolders([
    { folder: "", photos: 3 },
    { folder: "trips/2024", photos: 4 },
    { folder: "trips/2025/north", photos: 5 },
    { folder: "zoo", photos: 1 },
  ]);
  expect([trips.name, trips.photos, zoo.photos]).toEqual(["trips", 9, 1]);
  expect(trips.children.map(({ name, photos }) => [name, photos])).toEqual([
    ["2024", 4],
    ["2025", 5],
  ]);
  expect(trips.children[1].children[0].folder).toBe("trips/2025/north");
});

test("parent folders are found on POSIX and Windows paths", () => {
  expect(crumbsOf("/home/ada").map(({ path }) => path)).toEqual(["/", "/home", "/home/ada"]);
  expect(crumbsOf("C:\\Users\\Ada").map(({ path }) => path)).toEqual(["C:\\", "C:\\Users", "C:\\Users\\Ada"]);
  expect(baseName("C:\\Users\\Ada\\")).toBe("Ada");
});

test("confidences show 0% or 100% only if certain", () => {
  expect([0, 0.004, 0.01, 0.505, 0.997, 1].map(percent)).toEqual(["0%", "<1%", "1%", "51%", "99%", "100%"]);
});

test("counts, sizes, times and rates are formatted for reading", () => {
  expect([1, 1204].map((count) => text("quantity.photos", { count }))).toEqual(["1 photo", "1,204 photos"]);
  expect([999, 1500, 2_400_000, 31_000_000_000].map(bytes)).toEqual(["999 B", "1.5 kB", "2.4 MB", "31 GB"]);
  expect([0.2, 59, 125, 4800].map(timeLeft)).toEqual(["1 s left", "59 s left", "2 min left", "1 h 20 min left"]);
  expect([0.42, 41.3, 1234].map(rate)).toEqual(["0.4/s", "41/s", "1,234/s"]);
});
