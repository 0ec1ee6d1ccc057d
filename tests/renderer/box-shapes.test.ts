import fc from "fast-check";
import { expect, test } from "vitest";
import { panelPlace } from "../../src-renderer/inspector/box-layout";
import { HANDLES, inMiddle, inPercent, moved, nudged, resized, spanned } from "../../src-renderer/inspector/box-shapes";
import { ARGUMENTS } from "../../src-shared/arguments";
import type { BoxRectangle } from "../../src-shared/contract";

const far = fc.double({ min: -2, max: 2, noNaN: true });
const place = fc.record({ x: far, y: far });
const box = fc
  .tuple(place, place)
  .map(([a, b]) => spanned(a, b))
  .filter((spannedBox): spannedBox is BoxRectangle => spannedBox !== null);
/** What the engine takes as a new place. */
const isTaken = (to: BoxRectangle) => ARGUMENTS.drawBox.safeParse([{ photo: 1, label: "own:a", box: to }]).success;

test("whatever is dragged, the engine takes the box, or there is none", () => {
  fc.assert(
    fc.property(box, far, far, fc.constantFrom(...HANDLES), (one, dx, dy, handle) => {
      for (const shape of [one, moved(one, dx, dy), resized(one, handle, dx, dy)]) expect(isTaken(shape)).toBe(true);
    }),
  );
  expect(spanned({ x: 0.5, y: 0.1 }, { x: 0.5005, y: 0.9 })).toBeNull();
  expect(spanned({ x: 1.2, y: 0.4 }, { x: 0.5, y: -0.3 })).toEqual([0.5, 0, 1, 0.4]);
});

test("a moved box keeps its size, also at the photo's edge", () => {
  fc.assert(
    fc.property(box, far, far, (one, dx, dy) => {
      const [left, top, right, bottom] = moved(one, dx, dy);
      expect(right - left).toBeCloseTo(one[2] - one[0], 6);
      expect(bottom - top).toBeCloseTo(one[3] - one[1], 6);
    }),
  );
  expect(moved([0.1, 0.2, 0.3, 0.4], 0.9, -0.9)).toEqual([0.8, 0, 1, 0.2]);
});

test("a handle moves its own sides, and not beyond the ones opposite", () => {
  fc.assert(
    fc.property(box, far, far, fc.constantFrom(...HANDLES), (one, dx, dy, handle) => {
      const after = resized(one, handle, dx, dy);
      for (const [i, side] of ["w", "n", "e", "s"].entries()) if (!handle.includes(side)) expect(after[i]).toBe(one[i]);
    }),
  );
  expect(resized([0.2, 0.2, 0.4, 0.4], "nw", 0.1, -0.1)).toEqual([0.3, 0.1, 0.4, 0.4]);
  expect(resized([0.2, 0.2, 0.4, 0.4], "e", -0.5, 0)).toEqual([0.2, 0.2, 0.202, 0.4]);
});

test("arrow keys move a box by ten pixels of the screen, with Alt by one; with Shift they resize it", () => {
  const press = (key: string, shiftKey = false, altKey = false, width = 1000) =>
    nudged([0.2, 0.2, 0.4, 0.4], { key, shiftKey, altKey }, { width, height: 500 });
  expect(press("ArrowRight")).toEqual([0.21, 0.2, 0.41, 0.4]);
  expect(press("ArrowUp")).toEqual([0.2, 0.18, 0.4, 0.38]);
  expect(press("ArrowLeft", false, true)).toEqual([0.199, 0.2, 0.399, 0.4]);
  expect(press("ArrowDown", true)).toEqual([0.2, 0.2, 0.4, 0.42]);
  expect(press("ArrowLeft", true)).toEqual([0.2, 0.2, 0.39, 0.4]);
  expect(press("ArrowRight", false, true, 100_000)).toEqual([0.2001, 0.2, 0.4001, 0.4]); // never nothing
  expect(press("PageUp")).toBeNull();
});

test("a box by keyboard begins in the middle of what is visible", () => {
  const picture = { width: 1000, height: 1000 };
  const visible = { left: 400, top: 0, width: 400, height: 200 };
  expect(inMiddle(visible, picture)).toEqual([0.5, 0.05, 0.7, 0.15]);
  expect(inPercent([0.5, 0.05, 0.7, 0.15])).toEqual({ left: 50, top: 5, width: 20, height: 10 });
});

test("the panel for a label lies within the pane, and beside the box where there is room", () => {
  const size = { width: 240, height: 44 };
  const pane = { left: 100, top: 50, width: 600, height: 400 };
  const side = fc.integer({ min: 0, max: 800 });
  fc.assert(
    fc.property(fc.record({ left: side, top: side, width: side, height: side }), (frame) => {
      const { left, top } = panelPlace(frame, size, pane);
      expect(left >= 100 && left + 240 <= 700 && top >= 50 && top + 44 <= 450).toBe(true);
    }),
  );
  expect(panelPlace({ left: 200, top: 100, width: 50, height: 50 }, size, pane)).toEqual({ left: 200, top: 156 });
  expect(panelPlace({ left: 600, top: 380, width: 50, height: 60 }, size, pane)).toEqual({ left: 460, top: 330 });
});
