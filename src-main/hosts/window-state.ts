import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";

export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}
/** The window's last position, in device-independent pixels of the whole desktop. */
export interface WindowState {
  bounds: Rectangle;
  maximized: boolean;
}

export const MIN_WINDOW_SIZE = { width: 720, height: 480 };
const FIRST_SIZE = { width: 1280, height: 840 };
/** Pixels of the title bar that must be on a display, so that the window can be dragged. */
const GRIP = 120;

const STORED = z.object({
  bounds: z.object({ x: z.int(), y: z.int(), width: z.int().min(1).max(100_000), height: z.int().min(1).max(100_000) }),
  maximized: z.boolean(),
});

/** Null if the file is missing or invalid; the window then opens at its default size. */
export function readWindowState(file: string): WindowState | null {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  try {
    return STORED.parse(JSON.parse(text));
  } catch (error) {
    console.error(`Can't read the window's position from ${file}: ${(error as Error).message}`);
    return null;
  }
}

export function writeWindowState(file: string, state: WindowState): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(state));
  renameSync(`${file}.new`, file);
}

/**
 * Where to open the window: as it was, unless its display is gone or smaller now.
 * @param displays work areas, the main display's first
 */
export function placeWindow(
  state: WindowState | null,
  displays: Rectangle[],
): Partial<Rectangle> & { width: number; height: number } {
  const [main = FIRST_SIZE] = displays;
  const wanted = state?.bounds ?? FIRST_SIZE;
  const display = state && displays.find((area) => hasGrip(state.bounds, area));
  const { width, height } = display ?? main;
  const size = {
    width: Math.max(Math.min(wanted.width, width), MIN_WINDOW_SIZE.width),
    height: Math.max(Math.min(wanted.height, height), MIN_WINDOW_SIZE.height),
  };
  return state && display ? { x: state.bounds.x, y: state.bounds.y, ...size } : size;
}

function hasGrip({ x, y, width }: Rectangle, area: Rectangle): boolean {
  const across = Math.min(x + width, area.x + area.width) - Math.max(x, area.x);
  return across >= GRIP && y >= area.y && y <= area.y + area.height - GRIP;
}
