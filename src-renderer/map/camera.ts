/**
 * The part of the map in view. The map is the square from −1 to 1, y upwards; the screen is in CSS pixels, y
 * downwards.
 */
export interface Camera {
  /** The map position at the middle of the screen. */
  x: number;
  y: number;
  /** Pixels per map unit. */
  scale: number;
}

export interface Size {
  width: number;
  height: number;
}

/** Margin around the whole map, as a fraction of it. */
const MARGIN = 0.08;
/** Zoom limits, relative to the whole map filling the screen. */
const NEAREST = 400;
const FARTHEST = 0.6;

export const toScreen = (
  { x, y, scale }: Camera,
  { width, height }: Size,
  atX: number,
  atY: number,
): [number, number] => [width / 2 + (atX - x) * scale, height / 2 - (atY - y) * scale];

export const toMap = (
  { x, y, scale }: Camera,
  { width, height }: Size,
  left: number,
  top: number,
): [number, number] => [x + (left - width / 2) / scale, y - (top - height / 2) / scale];

/** The camera that shows the whole map as large as possible. */
export function whole(size: Size): Camera {
  return { x: 0, y: 0, scale: fitScale(size) };
}

/** The camera that shows a rectangle of the map with some margin. */
export function showing(low: [number, number], high: [number, number], { width, height }: Size): Camera {
  const room = 1 + 4 * MARGIN;
  const scale = Math.min(
    width / Math.max(1e-6, (high[0] - low[0]) * room),
    height / Math.max(1e-6, (high[1] - low[1]) * room),
  );
  return {
    x: (low[0] + high[0]) / 2,
    y: (low[1] + high[1]) / 2,
    scale: clampedScale(Math.min(scale, 8 * fitScale({ width, height })), { width, height }),
  };
}

/** The camera that shows points, ignoring outliers (5% on each side). */
export function showingMost(xs: number[], ys: number[], size: Size): Camera {
  const [sortedX, sortedY] = [xs.toSorted((a, b) => a - b), ys.toSorted((a, b) => a - b)];
  const at = (sorted: number[], share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return showing([at(sortedX, 0.05), at(sortedY, 0.05)], [at(sortedX, 0.95), at(sortedY, 0.95)], size);
}

/** Panned by pixels; the middle of the screen stays on the map. */
export function panned(camera: Camera, byX: number, byY: number): Camera {
  const clamp = (value: number) => Math.min(1.2, Math.max(-1.2, value));
  return { ...camera, x: clamp(camera.x - byX / camera.scale), y: clamp(camera.y + byY / camera.scale) };
}

/** Zoomed by a factor around a screen position, which stays where it is. */
export function zoomed(camera: Camera, size: Size, by: number, left: number, top: number): Camera {
  const scale = clampedScale(camera.scale * by, size);
  const [x, y] = toMap(camera, size, left, top);
  return panned({ scale, x: x - (left - size.width / 2) / scale, y: y + (top - size.height / 2) / scale }, 0, 0);
}

/** Zoom relative to the whole map. */
export const closeness = (camera: Camera, size: Size): number => camera.scale / fitScale(size);

const fitScale = ({ width, height }: Size): number => Math.max(1, Math.min(width, height)) / (2 * (1 + MARGIN));
const clampedScale = (scale: number, size: Size): number =>
  Math.min(NEAREST * fitScale(size), Math.max(FARTHEST * fitScale(size), scale));
