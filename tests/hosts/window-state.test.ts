import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { placeWindow, readWindowState, writeWindowState } from "../../src-main/hosts/window-state";

const folder = mkdtempSync(join(tmpdir(), "semblance-state-"));
afterAll(() => rmSync(folder, { recursive: true }));

const main = { x: 0, y: 0, width: 1920, height: 1040 };
const right = { x: 1920, y: 0, width: 1280, height: 1000 };
const at = (x: number, y: number, width = 1000, height = 700) => ({
  bounds: { x, y, width, height },
  maximized: false,
});

test("what is written is read again, also into a folder that is not there yet", () => {
  const file = join(folder, "new", "window.json");
  expect(readWindowState(file)).toBeNull();
  const state = { ...at(10, 20), maximized: true };
  writeWindowState(file, state);
  expect(readWindowState(file)).toEqual(state);
});

test("a broken file opens the window in its first size", () => {
  const file = join(folder, "broken.json");
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  for (const text of ["", "{", "null", '{"bounds":{"x":1e99}}']) {
    writeFileSync(file, text);
    expect(readWindowState(file)).toBeNull();
  }
  expect(log).toHaveBeenCalledTimes(4);
  log.mockRestore();
});

test("a window opens where it was, on whichever display", () => {
  expect(placeWindow(at(100, 50), [main, right])).toEqual({ x: 100, y: 50, width: 1000, height: 700 });
  expect(placeWindow(at(2000, 50), [main, right])).toEqual({ x: 2000, y: 50, width: 1000, height: 700 });
});

test("a window whose display is gone opens on the main one, in its size", () => {
  expect(placeWindow(at(2000, 50), [main])).toEqual({ width: 1000, height: 700 });
});

test("a window that could not be got hold of is moved: above the display, or with a sliver on it", () => {
  expect(placeWindow(at(100, -50), [main])).not.toHaveProperty("x");
  expect(placeWindow(at(-950, 50), [main])).not.toHaveProperty("x");
  expect(placeWindow(at(-800, 50), [main])).toHaveProperty("x", -800);
  expect(placeWindow(at(100, 1000), [main])).not.toHaveProperty("x");
});

test("a window is not larger than its display, nor smaller than its parts", () => {
  expect(placeWindow(at(0, 0, 4000, 3000), [main])).toMatchObject({ width: 1920, height: 1040 });
  expect(placeWindow(at(0, 0, 10, 10), [main])).toMatchObject({ width: 720, height: 480 });
  expect(placeWindow(null, [main])).toEqual({ width: 1280, height: 840 });
});
