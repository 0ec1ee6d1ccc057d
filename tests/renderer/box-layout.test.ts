import fc from "fast-check";
import { expect, test } from "vitest";
import {
  CHIP_HEIGHT,
  chipPlaces,
  type Frame,
  frameOf,
  inReadingOrder,
  layOutBoxes,
  paneOver,
  placeOf,
  visiblePart,
} from "../../src-renderer/inspector/box-layout";
import { fitting, shownSize, within } from "../../src-renderer/state/viewing.svelte";
import type { BoxRectangle, PhotoBox } from "../../src-shared/contract";

const side = fc.integer({ min: 40, max: 6000 });
const size = fc.record({ width: side, height: side });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const rectangle = fc.tuple(share, share, share, share).map(([a, b, c, d]): BoxRectangle => {
  return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
});
/** A photo in a pane, fitted or zoomed in, at any place. */
const view = fc
  .record({ photo: size, pane: size, zoom: fc.option(fc.double({ min: 1, max: 8, noNaN: true })), x: share, y: share })
  .map(({ photo, pane, zoom, x, y }) => {
    const scale = zoom === null ? null : zoom * fitting(photo, pane);
    const centre = within({ x, y }, photo, pane, scale);
    const picture = shownSize(photo, pane, scale);
    return {
      photo,
      pane,
      picture,
      centre,
      visible: visiblePart(picture, paneOver(picture, pane, centre)),
      isFitted: zoom === null,
    };
  });
const SLACK = 1e-6; // pixels
const isInside = (inner: Frame, outer: Frame) =>
  inner.left >= outer.left - SLACK &&
  inner.top >= outer.top - SLACK &&
  inner.left + inner.width <= outer.left + outer.width + SLACK &&
  inner.top + inner.height <= outer.top + outer.height + SLACK;

test("a box is at the same fractions of the picture at any zoom, and a fitted photo is visible whole", () => {
  fc.assert(
    fc.property(view, rectangle, ({ photo, pane, picture, visible, isFitted }, box) => {
      const { left, top, width, height } = frameOf(box, picture);
      expect(left / picture.width).toBeCloseTo(box[0], 9);
      expect(top / picture.height).toBeCloseTo(box[1], 9);
      expect((left + width) / picture.width).toBeCloseTo(box[2], 9);
      expect((top + height) / picture.height).toBeCloseTo(box[3], 9);
      // No more of the picture is visible than the pane holds, at the photo's own proportions.
      expect(picture.width / picture.height).toBeCloseTo(photo.width / photo.height, 6);
      expect(visible.width).toBeLessThanOrEqual(pane.width + SLACK);
      expect(visible.height).toBeLessThanOrEqual(pane.height + SLACK);
      if (isFitted) {
        expect(visible.left + visible.top).toBeCloseTo(0, 6);
        expect(visible.width).toBeCloseTo(picture.width, 6);
        expect(visible.height).toBeCloseTo(picture.height, 6);
      }
    }),
  );
});

test("a letterboxed photo leaves bars that belong to no box", () => {
  const pane = { width: 900, height: 600 };
  expect(shownSize({ width: 400, height: 600 }, pane, null)).toEqual({ width: 400, height: 600 });
  expect(frameOf([0, 0, 1, 1], shownSize({ width: 4000, height: 1000 }, pane, null))).toEqual({
    left: 0,
    top: 0,
    width: 900,
    height: 225,
  });
});

test("labels never leave the visible part of the picture, and those that are shown don't cover each other", () => {
  fc.assert(
    fc.property(
      view,
      fc.array(fc.tuple(rectangle, fc.integer({ min: 20, max: 400 })), { maxLength: 12 }),
      ({ picture, visible }, boxes) => {
        const laid = layOutBoxes(
          boxes.map(([box]) => box),
          boxes.map(([, width]) => width),
          picture,
          visible,
        );
        const shown = laid.filter(({ crowded }) => !crowded).flatMap(({ chip }) => chip ?? []);
        for (const { chip } of laid) if (chip) expect(isInside(chip, visible)).toBe(true);
        for (const [i, a] of shown.entries())
          for (const b of shown.slice(0, i))
            expect(
              a.left < b.left + b.width &&
                b.left < a.left + a.width &&
                a.top < b.top + b.height &&
                b.top < a.top + a.height,
            ).toBe(false);
      },
    ),
  );
});

test("a box out of view has no label; one that is partly in view has it where it can be seen", () => {
  const visible = { left: 100, top: 100, width: 300, height: 200 };
  expect(chipPlaces({ left: 0, top: 0, width: 50, height: 50 }, 60, visible)).toEqual([]);
  const [place] = chipPlaces({ left: 0, top: 0, width: 200, height: 200 }, 60, visible);
  expect(place).toEqual({ left: 100, top: 100, width: 60, height: CHIP_HEIGHT });
  // Above the box where there is room, and never past the right edge.
  const [above] = chipPlaces({ left: 380, top: 200, width: 20, height: 20 }, 60, visible);
  expect(above).toEqual({ left: 340, top: 180, width: 60, height: CHIP_HEIGHT });
});

test("boxes are read in rows from top to bottom, each from left to right", () => {
  const at = (name: string, box: BoxRectangle): PhotoBox => ({
    label: `own:${name}`,
    name,
    parent: null,
    confidence: 0.5,
    box,
    kind: "objects",
    supports: [],
    detector: "d",
    origin: "detector",
    verdict: null,
  });
  const boxes = [
    at("lower", [0, 0.8, 0.2, 1]),
    at("upper right", [0.7, 0.02, 0.9, 0.2]),
    at("middle", [0.3, 0.4, 0.6, 0.6]),
    at("upper left", [0.1, 0.06, 0.3, 0.22]),
  ];
  expect(inReadingOrder(boxes).map(({ name }) => name)).toEqual(["upper left", "upper right", "middle", "lower"]);
  expect(inReadingOrder([])).toEqual([]);
  expect(boxes.map(({ box }) => placeOf(box))).toEqual(["lowerLeft", "upperRight", "middleCentre", "upperLeft"]);
  expect(placeOf([1, 1, 1, 1])).toBe("lowerRight");
});
