import { ownLabelOrNull } from "../../src-shared/label-id";
import { asStored, type Orientation, sizeTurned, upright } from "../base/orientation";
import type { Rectangle } from "../base/overlap";
import type { XmpRegion, XmpRegions } from "../images/xmp-regions";
import { stepsOf } from "./photo-keywords";

/** How a photo lies in its file. */
export interface PhotoInFile {
  orientation: Orientation;
  /** Of the upright photo, in pixels; 0 if not known. */
  width: number;
  height: number;
}

/** Sizes with such aspect ratios (as a fraction of each other) are of the same picture, in another resolution. */
const MAX_ASPECT_DIFFERENCE = 0.02;

export const haveSameAspect = (a: { width: number; height: number }, b: { width: number; height: number }): boolean =>
  Math.abs(Math.log((a.width * b.height) / (a.height * b.width))) <= MAX_ASPECT_DIFFERENCE;

/**
 * The orientation by which regions are to be turned. They are of the stored pixels, as Lightroom, digiKam and immich
 * take them; but if only the upright photo has their size, a program turned them already.
 * @returns null if the size is of another picture, as before cropping
 */
export function orientationOfRegions(appliedTo: XmpRegions["appliedTo"], photo: PhotoInFile): Orientation | null {
  if (!appliedTo || !(photo.width > 0 && photo.height > 0)) return photo.orientation;
  if (haveSameAspect(appliedTo, sizeTurned(photo, photo.orientation))) return photo.orientation;
  return haveSameAspect(appliedTo, photo) ? 1 : null;
}

/**
 * The rectangle of a region on the upright photo, not yet checked; of a turned region, the one that encloses it.
 * @returns a sentence if the region can't be placed
 */
export function boxOfRegion(
  region: XmpRegion,
  appliedTo: XmpRegions["appliedTo"],
  photo: PhotoInFile,
): Rectangle | string {
  const orientation = orientationOfRegions(appliedTo, photo);
  if (orientation === null)
    return (
      `The region is of an image of ${appliedTo!.width} × ${appliedTo!.height} pixels, but the photo, upright, has ` +
      `${photo.width} × ${photo.height}.`
    );
  const isInPixels = /^pixels?$/i.test(region.unit);
  if (isInPixels && !appliedTo) return "The region is in pixels, but the size of its image isn’t given.";
  const [across, down] = isInPixels ? [appliedTo!.width, appliedTo!.height] : [1, 1];
  const [x, y] = [region.x / across, region.y / down];
  const stored = appliedTo ?? sizeTurned(photo, orientation);
  const [w, h] = enclosing(region.w / across, region.h / down, region.rotation, stored);
  return upright([x - w / 2, y - h / 2, x + w / 2, y + h / 2], orientation);
}

/** The size of what encloses a turned rectangle, as fractions like those given. */
function enclosing(
  w: number,
  h: number,
  rotation: number,
  { width, height }: { width: number; height: number },
): [number, number] {
  if (rotation === 0 || !(width > 0 && height > 0)) return [w, h];
  const [sin, cos] = [Math.abs(Math.sin(rotation)), Math.abs(Math.cos(rotation))];
  return [w * cos + (h * sin * height) / width, h * cos + (w * sin * width) / height];
}

/** The centre and size of a box in a region. */
export function regionOfBox(box: Rectangle, orientation: Orientation): Pick<XmpRegion, "x" | "y" | "w" | "h"> {
  const [x0, y0, x1, y1] = asStored(box, orientation);
  return { x: (x0 + x1) / 2, y: (y0 + y1) / 2, w: x1 - x0, h: y1 - y0 };
}

/**
 * The keyword of a region. Names of faces and pets are those of individuals, so they become own labels, whatever the
 * dictionary says.
 * @returns null if the region names nothing that the photo shows: focus points, barcodes, unnamed regions
 */
export function keywordOfRegion({ name, type }: XmpRegion): string[] | null {
  const steps = stepsOf(name, null);
  const [named] = steps;
  switch (type.toLowerCase()) {
    case "focus":
    case "barcode":
      return null;
    case "face":
      return [named === undefined ? "face" : individual(named)];
    case "pet":
      return named === undefined ? null : [individual(named)];
    default:
      return named === undefined ? null : steps;
  }
}

/** A name that can't be a label stays as it is, to be reported. */
const individual = (name: string): string => ownLabelOrNull(name) ?? name;
