/// <reference lib="dom" />
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import sharp from "sharp";
import type { BoxRectangle, PhotoBox } from "../../src-shared/contract";
import { samplePhoto } from "../fixtures/sample-photos";
import { type ServedProgram, serveFolder } from "./served-program";

/** Drawing, moving, naming and accepting boxes in the built program, on a photo that its camera stored lying (EXIF 6). */

const scratch = mkdtempSync(join(tmpdir(), "semblance-drawing-"));
const folder = join(scratch, "Boats");
let program: ServedProgram;

test.describe.configure({ mode: "serial", timeout: 120_000 });

test.beforeAll(async () => {
  mkdirSync(folder);
  await sharp(await sharp(samplePhoto("nagasaki-boats")).rotate(270).png().toBuffer())
    .jpeg({ quality: 95 })
    .withMetadata({ orientation: 6 })
    .toFile(join(folder, "boats.jpg"));
  program = await serveFolder(folder, join(scratch, "home"), { SEMBLANCE_PACK: undefined });
});

test.afterAll(async () => {
  await program.stop();
  rmSync(scratch, { recursive: true, force: true });
});

const list = (page: Page) => page.getByRole("list", { name: "Boxes in this photo", includeHidden: true });
const frame = (page: Page, name: string | RegExp) => list(page).getByRole("button", { name }).first();
const picker = (page: Page) => page.getByRole("combobox", { name: "Label of the box" });
const surface = (page: Page) => page.getByRole("application", { name: "New box" });
const said = (page: Page, text: string) => expect(page.getByText(text).last()).toBeVisible();

const open = async (page: Page) => {
  await page.goto(await program.newAddress());
  await expect(page.getByRole("gridcell")).toHaveCount(1, { timeout: 60_000 });
  await expect(page.getByRole("list", { name: "Background tasks" })).toHaveCount(0, { timeout: 90_000 });
  await page.getByRole("grid").focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await expect(page.locator(".pane img.loaded")).toHaveCount(1);
};

/** The boxes as the engine has them. */
const stored = (page: Page): Promise<PhotoBox[]> =>
  page.evaluate(async () => {
    const { token } = JSON.parse(sessionStorage.getItem("semblance-session")!) as { token: string };
    const answer = await fetch("/api", {
      method: "POST",
      headers: { "content-type": "application/json", "x-semblance-token": token },
      body: JSON.stringify({ name: "boxes", args: [{ photo: 1 }] }),
    });
    return ((await answer.json()) as { value: PhotoBox[] }).value;
  });
const drawn = async (page: Page) => (await stored(page)).filter(({ origin }) => origin === "drawn");

/** Presses the mouse at one place of the photo and releases it at another; both are fractions of the picture. */
async function drag(page: Page, from: [number, number], to: [number, number]) {
  const { x, y, width, height } = (await page.locator(".pane img.loaded").first().boundingBox())!;
  await page.mouse.move(x + from[0] * width, y + from[1] * height);
  await page.mouse.down();
  await page.mouse.move(x + ((from[0] + to[0]) / 2) * width, y + ((from[1] + to[1]) / 2) * height);
  await page.mouse.move(x + to[0] * width, y + to[1] * height);
  await page.mouse.up();
}
/** Pixels of the mouse are whole ones. */
const isNear = (box: BoxRectangle, wanted: BoxRectangle, by = 0.006) =>
  expect(Math.max(...box.map((side, i) => Math.abs(side - wanted[i]!))), `${box} for ${wanted}`).toBeLessThan(by);

test("with the mouse: draw, name, move, resize, relabel and remove a box, with undo and redo", async ({ page }) => {
  await open(page);
  await page.getByRole("button", { name: "Draw a box" }).click();
  await expect(surface(page)).toBeFocused();
  await page.screenshot({ path: "/tmp/draw-1.png" });
  await drag(page, [0.1, 0.1], [0.3, 0.4]);
  await expect(picker(page)).toBeFocused();
  await page.screenshot({ path: "/tmp/draw-2.png" });
  await page.keyboard.type("bicycle", { delay: 40 });
  await expect(page.getByRole("option", { name: /^bicycle/ }).first()).toHaveAttribute("data-highlighted", "");
  await page.screenshot({ path: "/tmp/draw-3.png" });
  await page.keyboard.press("Enter");
  await expect(frame(page, "bicycle, drawn by you, upper left")).toBeFocused();
  await said(page, "Drew box “bicycle”");
  await page.screenshot({ path: "/tmp/draw-4.png" });
  const [first] = await drawn(page);
  expect(first).toMatchObject({ name: "bicycle", verdict: "accept", confidence: 1 });
  isNear(first.box, [0.1, 0.1, 0.3, 0.4]); // of the upright photo
  const labels = page.getByRole("region", { name: "Labels of this photo" });
  await expect(labels.getByRole("button", { name: "Clear verdict on bicycle" })).toBeVisible();

  await drag(page, [0.2, 0.25], [0.5, 0.45]);
  await said(page, "Moved box “bicycle”");
  isNear((await drawn(page))[0].box, [0.4, 0.3, 0.6, 0.6]);
  await expect(frame(page, /^bicycle/)).toBeFocused();
  await drag(page, [0.6, 0.6], [1.2, 0.7]); // beyond the edge
  await expect.poll(async () => (await drawn(page))[0].box[2]).toBe(1);
  isNear((await drawn(page))[0].box, [0.4, 0.3, 1, 0.7]);
  await page.screenshot({ path: "/tmp/draw-5.png" });

  await page.getByRole("button", { name: "Change label of box: bicycle" }).click();
  await expect(picker(page)).toBeFocused();
  await page.screenshot({ path: "/tmp/draw-6.png" });
  await page.keyboard.type("lighthouse", { delay: 40 });
  await page.getByRole("option", { name: /^lighthouse/ }).first().click();
  await said(page, "Changed box “bicycle” to “lighthouse”");
  await expect(frame(page, "lighthouse, drawn by you, right")).toBeFocused();
  await page.getByRole("button", { name: "Remove box: lighthouse" }).click();
  await said(page, "Removed box “lighthouse”");
  expect(await drawn(page)).toEqual([]);
  for (const undone of ["Remove box “lighthouse”", "Relabel box “bicycle” as “lighthouse”", "Move box “bicycle”"]) {
    await page.keyboard.press("z");
    await said(page, `Undone: ${undone}`);
  }
  await expect.poll(async () => (await drawn(page))[0].box[2]).toBeLessThan(0.61);
  await page.keyboard.press("Shift+Z");
  await said(page, "Redone: Move box “bicycle”");
  isNear((await drawn(page))[0].box, [0.4, 0.3, 1, 0.7]);
});
