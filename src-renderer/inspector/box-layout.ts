import type { BoxRectangle, PhotoBox } from "../../src-shared/contract";
import type { Size, ViewPlace } from "../state/viewing.svelte";

/** A rectangle in CSS pixels from the upper left corner of the picture as it is shown. */
export interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
}
/** A box over the picture: its outline, and where its label stands. */
export interface LaidBox {
  frame: Frame;
  /** Null if the box is out of view. */
  chip: Frame | null;
  /** The chip would cover another one, so it is shown only while its box is pointed at or focused. */
  crowded: boolean;
}

/** Height of a label over the picture, in CSS pixels. */
export const CHIP_HEIGHT = 20;
/** Between a box and a panel at it, in CSS pixels. */
const PANEL_GAP = 6;
/** Boxes whose middles are this close in height, as a fraction of the photo, are read as one row. */
const ROW = 0.1;

/** The outline of a box over a picture that is shown in this size. */
export const frameOf = ([left, top, right, bottom]: BoxRectangle, { width, height }: Size): Frame => ({
  left: left * width,
  top: top * height,
  width: (right - left) * width,
  height: (bottom - top) * height,
});

/** A pane over its picture. @param centre the place of the picture in the middle of the pane */
export const paneOver = (picture: Size, pane: Size, centre: ViewPlace): Frame => ({
  left: centre.x * picture.width - pane.width / 2,
  top: centre.y * picture.height - pane.height / 2,
  ...pane,
});

/** The part of a picture that its pane shows. */
export function visiblePart(picture: Size, pane: Frame): Frame {
  const left = Math.max(0, pane.left);
  const top = Math.max(0, pane.top);
  return {
    left,
    top,
    width: Math.min(picture.width, pane.left + pane.width) - left,
    height: Math.min(picture.height, pane.top + pane.height) - top,
  };
}

/** A place for a panel at a box: below it, else above, else over its lower edge; always within the pane. */
export function panelPlace(box: Frame, { width, height }: Size, pane: Frame): { left: number; top: number } {
  const [lowest, rightmost] = [pane.top + pane.height - height, pane.left + pane.width - width];
  const [below, above] = [box.top + box.height + PANEL_GAP, box.top - PANEL_GAP - height];
  const top = below <= lowest ? below : above >= pane.top ? above : box.top + box.height - height - PANEL_GAP;
  return {
    left: Math.max(pane.left, Math.min(box.left, rightmost)),
    top: Math.max(pane.top, Math.min(top, lowest)),
  };
}

/**
 * Lays boxes and their labels over a picture. Labels stay within its visible part; the boxes that come first choose
 * their places first.
 * @param widths of the labels, in CSS pixels
 */
export function layOutBoxes(boxes: BoxRectangle[], widths: number[], picture: Size, visible: Frame): LaidBox[] {
  const taken: Frame[] = [];
  return boxes.map((box, i) => {
    const frame = frameOf(box, picture);
    const places = chipPlaces(frame, widths[i]!, visible);
    const free = places.find((place) => !taken.some((other) => areOverlapping(place, other)));
    if (free) taken.push(free);
    return { frame, chip: free ?? places[0] ?? null, crowded: free === undefined };
  });
}

/** Where the label of a box may stand, best first; none if the box is out of view. */
export function chipPlaces(frame: Frame, chipWidth: number, visible: Frame): Frame[] {
  const [endX, endY] = [visible.left + visible.width, visible.top + visible.height];
  const left = Math.max(frame.left, visible.left);
  const right = Math.min(frame.left + frame.width, endX);
  const top = Math.max(frame.top, visible.top);
  const bottom = Math.min(frame.top + frame.height, endY);
  if (right < left || bottom < top) return [];
  const [width, height] = [Math.min(chipWidth, visible.width), Math.min(CHIP_HEIGHT, visible.height)];
  const leftAligned = Math.max(visible.left, Math.min(left, endX - width));
  const rightAligned = Math.min(endX - width, Math.max(right - width, visible.left));
  return [
    [leftAligned, top - height], // above
    [leftAligned, top], // inside
    [leftAligned, bottom], // below
    [rightAligned, top - height],
    [leftAligned, bottom - height],
    [rightAligned, bottom],
  ]
    .filter(([, y]) => y! >= visible.top && y! + height <= endY)
    .map(([x, y]) => ({ left: x!, top: y!, width, height }));
}

const areOverlapping = (a: Frame, b: Frame): boolean =>
  a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;

/** Boxes as one reads: in rows from top to bottom, each from left to right. */
export function inReadingOrder(boxes: readonly PhotoBox[]): PhotoBox[] {
  const middle = ({ box }: PhotoBox) => (box[1] + box[3]) / 2;
  const rows: PhotoBox[][] = [];
  for (const box of boxes.toSorted((a, b) => middle(a) - middle(b))) {
    const row = rows.at(-1);
    if (row && middle(box) - middle(row[0]!) < ROW) row.push(box);
    else rows.push([box]);
  }
  return rows.flatMap((row) => row.sort((a, b) => a.box[0] - b.box[0]));
}

const ACROSS = ["Left", "Centre", "Right"] as const;
const DOWN = ["upper", "middle", "lower"] as const;

/** The ninth of the photo that the middle of a box lies in. */
export function placeOf([
  left,
  top,
  right,
  bottom,
]: BoxRectangle): `${(typeof DOWN)[number]}${(typeof ACROSS)[number]}` {
  const third = (middle: number) => Math.min(2, Math.floor(middle * 3));
  return `${DOWN[third((top + bottom) / 2)]!}${ACROSS[third((left + right) / 2)]!}`;
}
