import { expect, test } from "vitest";
import { random } from "../../src-main/math/random";
import { closeness, panned, showing, toMap, toScreen, whole, zoomed } from "../../src-renderer/map/camera";
import { coloursOf, type Rgb } from "../../src-renderer/map/colours";
import { indexPoints } from "../../src-renderer/map/point-index";
import { positionLabels } from "../../src-renderer/map/position-labels";

const size = { width: 800, height: 600 };

test("the whole map fits the screen, right way up, and a screen position converts to the map and back", () => {
  const camera = whole(size);
  for (const [x, y] of [
    [-1, -1],
    [1, 1],
    [0.3, -0.7],
  ]) {
    const [left, top] = toScreen(camera, size, x, y);
    expect(left).toBeGreaterThan(0);
    expect(top).toBeLessThan(600);
    const [mapX, mapY] = toMap(camera, size, left, top);
    expect([mapX, mapY].map((value) => Math.round(1e6 * value) / 1e6)).toEqual([x, y]);
  }
  expect(toScreen(camera, size, 0, 1)[1]).toBeLessThan(toScreen(camera, size, 0, -1)[1]);
});

test("zooming keeps the point under the pointer, within limits in both directions", () => {
  const camera = zoomed(whole(size), size, 3, 500, 200);
  const [x, y] = toMap(whole(size), size, 500, 200);
  expect(toScreen(camera, size, x, y).map(Math.round)).toEqual([500, 200]);
  expect(closeness(camera, size)).toBeCloseTo(3, 6);
  expect(closeness(zoomed(camera, size, 1e9, 400, 300), size)).toBe(400);
  expect(closeness(zoomed(camera, size, 1e-9, 400, 300), size)).toBeCloseTo(0.6, 6);
});

test("the map follows the pointer and can't be dragged out of view", () => {
  const camera = whole(size);
  const [left, top] = toScreen(panned(camera, 40, -25), size, 0, 0);
  expect([left, top].map(Math.round)).toEqual([440, 275]);
  expect(Math.abs(panned(camera, 1e6, 1e6).x)).toBeLessThan(1.5);
  const near = showing([0.2, 0.2], [0.4, 0.3], size);
  expect(toScreen(near, size, 0.2, 0.2)[0]).toBeGreaterThan(0);
  expect(toScreen(near, size, 0.4, 0.3)[0]).toBeLessThan(800);
});

test("points found by position, rectangle and outline match a brute-force search", () => {
  const draw = random(2);
  const xs = Array.from({ length: 3000 }, () => 2 * draw() - 1);
  const ys = Array.from({ length: 3000 }, () => 2 * draw() - 1);
  const index = indexPoints(xs, ys);
  const all = [...xs.keys()];
  for (const [x, y] of [
    [0, 0],
    [0.99, -0.99],
    [-0.4, 0.7],
  ]) {
    const closest = all.reduce((best, i) =>
      Math.hypot(xs[i] - x, ys[i] - y) < Math.hypot(xs[best] - x, ys[best] - y) ? i : best,
    );
    expect(index.nearest(x, y, 0.3)).toBe(closest);
  }
  expect(index.nearest(5, 5, 0.1)).toBe(-1);
  expect(index.between([-0.2, 0.1], [0.3, 0.5])).toEqual(
    all.filter((i) => xs[i] >= -0.2 && xs[i] <= 0.3 && ys[i] >= 0.1 && ys[i] <= 0.5),
  );
  // A square standing on a corner: |x| + |y| < 0.5.
  expect(index.inside([0.5, 0, 0, 0.5, -0.5, 0, 0, -0.5])).toEqual(
    all.filter((i) => Math.abs(xs[i]) + Math.abs(ys[i]) < 0.5),
  );
  expect(indexPoints([0.2], [0.1]).inside([-1, -1, 1, -1, 1, 1, -1, 1])).toEqual([0]);
});

test("labels do not overlap, the first has priority, and zooming in makes room for more", () => {
  const draw = random(4);
  const words = Array.from({ length: 200 }, (_, i) => ({ name: `word ${i}`, x: 2 * draw() - 1, y: 2 * draw() - 1 }));
  const widthOf = (name: string) => 7 * name.length;
  const placed = positionLabels(words, whole(size), size, widthOf);
  for (const a of placed)
    for (const b of placed) {
      if (a === b) continue;
      const apart =
        Math.abs(a.left - b.left) >= (widthOf(words[a.word].name) + widthOf(words[b.word].name)) / 2 ||
        Math.abs(a.top - b.top) >= 18;
      expect(apart).toBe(true);
    }
  expect(placed[0].word).toBe(words.findIndex(({ x, y }) => Math.abs(x) < 1 && Math.abs(y) < 1));
  const near = positionLabels(words, zoomed(whole(size), size, 2, 400, 300), size, widthOf);
  const quarter = placed.filter(({ left, top }) => left > 200 && left < 600 && top > 150 && top < 450);
  expect(near.length).toBeGreaterThan(quarter.length);
});

test("colours show the label, confidence or disagreement, and which photos are selected", () => {
  const tokens: Record<string, Rgb> = {
    "--map-1": [1, 1, 1],
    "--map-2": [2, 2, 2],
    "--map-other": [9, 9, 9],
    "--map-sure-0": [0, 0, 0],
    "--map-sure-1": [100, 100, 100],
    "--map-sure-2": [200, 200, 200],
  };
  const read = (token: string): Rgb => tokens[token] ?? [50, 50, 50];
  const map = {
    photos: [7, 8, 9],
    x: [0, 0, 0],
    y: [0, 0, 0],
    best: [1, -1, 14],
    confidence: [0.25, 0, 1],
    disagreement: [0, -1, 1],
    labels: [],
    words: [],
    placed: 0,
    madeAt: "",
    isProvisional: false,
  };
  expect([...coloursOf(map, "label", new Set([8]), read)]).toEqual([2, 2, 2, 0, 9, 9, 9, 255, 9, 9, 9, 0]);
  expect([...coloursOf(map, "confidence", new Set(), read)]).toEqual([50, 50, 50, 0, 9, 9, 9, 0, 200, 200, 200, 0]);
  expect([...coloursOf(map, "disagreement", new Set(), read)].filter((_, at) => at % 4 === 0)).toEqual([50, 9, 50]);
});
