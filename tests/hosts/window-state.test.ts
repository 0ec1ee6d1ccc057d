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

test("a saved state is read back, even from a folder that had to be created", () => {
  const file = join(folder, "new", "window.json");
  expect(readWindowState(file)).toBeNull();
  const state = { ...at(10, 20), maximized: true };
  writeWindowState(file, state);
  expect(readWindowState(file)).toEqual(state);
});

test("a malformed file opens the window at its default size", () => {
  const file = join(folder, "broken.json");
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  for (const text of ["", "{", "null", '{"bounds":{"x":1e99}}']) {
    writeFileSync(file, text);
    expect(readWindowState(file)).toBeNull();
  }
  expect(log).toHaveBeenCalledTimes(4);
  log.mockRestore();
});

test("a window reopens where it was, on any display", () => {
  expect(placeWindow(at(100, 50), [main, right])).toEqual({ x: 100, y: 50, width: 1000, height: 700 });
  expect(placeWindow(at(2000, 50), [main, right])).toEqual({ x: 2000, y: 50, width: 1000, height: 700 });
});

test("a window whose display is gone opens on the main one at its old size", () => {
  expect(placeWindow(at(2000, 50), [main])).toEqual({ width: 1000, height: 700 });
});

test("a window that can't be grabbed is moved: above the display, or with only a sliver on it", () => {
  expect(placeWindow(at(100, -50), [main])).not.toHaveProperty("x");
  expect(placeWindow(at(-950, 50), [main])).not.toHaveProperty("x");
  expect(placeWindow(at(-800, 50), [main])).toHaveProperty("x", -800);
  expect(placeWindow(at(100, 1000), [main])).not.toHaveProperty("x");
});

test("a window is no larger than its display and no smaller than its minimum", () => {
  expect(placeWindow(at(0, 0, 4000, 3000), [main])).toMatchObject({ width: 1920, height: 1040 });
  expect(placeWindow(at(0, 0, 10, 10), [main])).toMatchObject({ width: 720, height: 480 });
  expect(placeWindow(null, [main])).toEqual({ width: 1280, height: 840 });
});
