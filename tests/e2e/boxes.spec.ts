/// <reference lib="dom" />
import { mkdirSync, mkdtempSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import sharp, { type Sharp } from "sharp";
import { samplePhoto } from "../fixtures/sample-photos";
import { type ServedProgram, serveFolder } from "./served-program";
import { tabTo } from "./tab-to";

/** Boxes in the built program, on one photo in all eight EXIF orientations, with the bundled pack's detectors. */

/** How a camera held so stores an upright picture; `flop` is done before `rotate`. Index: orientation − 1. */
const STORED: ((upright: Sharp) => Sharp)[] = [
  (upright) => upright,
  (upright) => upright.flop(),
  (upright) => upright.rotate(180),
  (upright) => upright.flip(),
  (upright) => upright.rotate(270).flop(),
  (upright) => upright.rotate(270),
  (upright) => upright.rotate(90).flop(),
  (upright) => upright.rotate(90),
];
const scratch = mkdtempSync(join(tmpdir(), "semblance-boxes-"));
const folder = join(scratch, "Boats");
let program: ServedProgram;

test.describe.configure({ mode: "serial", timeout: 120_000 });

test.beforeAll(async () => {
  mkdirSync(folder);
  const photo = samplePhoto("nagasaki-boats");
  const upright = await sharp(photo).png().toBuffer();
  for (const [i, stored] of STORED.entries()) {
    const file = join(folder, `${i + 1}.jpg`);
    await stored(sharp(upright))
      .jpeg({ quality: 100, chromaSubsampling: "4:4:4" }) // so that detectors see the same picture
      .withMetadata({ orientation: i + 1 })
      .toFile(file);
    utimesSync(file, 8 - i, 8 - i); // in the grid the newest comes first
  }
  program = await serveFolder(folder, join(scratch, "home"), { SEMBLANCE_PACK: undefined });
});

test.afterAll(async () => {
  await program.stop();
  rmSync(scratch, { recursive: true, force: true });
});

const list = (page: Page) => page.getByRole("list", { name: "Boxes in this photo", includeHidden: true });
const frames = (page: Page) => list(page).getByRole("button", { name: /, \d+%, / });
/** Opens the first photo in Loupe view, in a new page or one that is loaded again. */
const open = async (page: Page, reload = false) => {
  await (reload ? page.reload() : program.newAddress().then((address) => page.goto(address)));
  await expect(page.getByRole("gridcell")).toHaveCount(8, { timeout: 60_000 });
  await expect(page.getByRole("list", { name: "Background tasks" })).toHaveCount(0, { timeout: 90_000 });
  await page.getByRole("grid").focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
};
const turnedBack = (page: Page, text: string) => expect(page.getByText(text, { exact: false }).last()).toBeVisible();

/** Name and rectangle of each box as fractions of the picture under it, and how far the picture is from its own shape. */
const measured = (page: Page) =>
  page.evaluate(() => {
    const picture = document.querySelector<HTMLImageElement>(".pane img.loaded")!;
    const { left, top, width, height } = picture.getBoundingClientRect();
    return {
      skew: Math.abs(width / height / (picture.naturalWidth / picture.naturalHeight) - 1),
      boxes: [...document.querySelectorAll(".boxes .frame")].map((frame) => {
        const at = frame.getBoundingClientRect();
        return {
          name: frame.getAttribute("aria-label")!.replace(/, \d+%/, ""),
          at: [at.left - left, at.right - left, at.top - top, at.bottom - top].map(
            (side, i) => side / (i < 2 ? width : height),
          ),
        };
      }),
    };
  });
type Measured = Awaited<ReturnType<typeof measured>>["boxes"][number];
/** The largest distance between the sides of two boxes, as a fraction of the picture. */
const distance = (a: Measured, b: Measured) => Math.max(...a.at.map((side, i) => Math.abs(side - b.at[i])));

test("boxes lie over the same things in every EXIF orientation, at any zoom and window size", async ({ page }) => {
  await open(page);
  await page.keyboard.press("b");
  await expect(frames(page).first()).toBeVisible();
  await expect(page.locator(".pane img.loaded")).toHaveCount(1);
  const upright = await measured(page);
  expect(upright.boxes.length).toBeGreaterThan(1);
  const [largest] = upright.boxes.toSorted((a, b) => b.at[1] - b.at[0] - (a.at[1] - a.at[0]));
  for (let orientation = 2; orientation <= 8; orientation++) {
    await page.keyboard.press("ArrowRight");
    await expect(page.getByRole("heading", { name: `${orientation}.jpg` }).first()).toBeVisible();
    await expect(frames(page).first()).toBeVisible();
    await expect(page.locator(".pane img.loaded")).toHaveCount(1);
    const { boxes, skew } = await measured(page);
    expect(skew).toBeLessThan(0.005);
    expect(Math.min(...boxes.map((box) => distance(box, largest))), `orientation ${orientation}`).toBeLessThan(0.03);
  }

  const last = await measured(page);
  const stillThere = async () => {
    const { boxes, skew } = await measured(page);
    expect(skew).toBeLessThan(0.005);
    expect(boxes.map(({ name }) => name)).toEqual(last.boxes.map(({ name }) => name));
    for (const [i, box] of boxes.entries()) expect(distance(box, last.boxes[i])).toBeLessThan(0.003);
  };
  for (const key of ["+", "+", "+", "Shift+ArrowRight", "0"]) {
    await page.keyboard.press(key);
    await stillThere();
  }
  for (const size of [
    { width: 700, height: 900 },
    { width: 1600, height: 500 },
  ]) {
    await page.setViewportSize(size);
    await expect(stillThere).toPass();
    // Labels stay within the picture.
    const outside = await page.evaluate(() => {
      const { left, top, right, bottom } = document.querySelector(".pane img.loaded")!.getBoundingClientRect();
      return [...document.querySelectorAll(".boxes .chip")].filter((chip) => {
        const at = chip.getBoundingClientRect();
        return at.left < left - 1 || at.top < top - 1 || at.right > right + 1 || at.bottom > bottom + 1;
      }).length;
    });
    expect(outside).toBe(0);
  }
});

// guarantee: keyboard
test("B shows the boxes and is remembered; Tab goes from one to the next, X and Delete reject, Z brings them back", async ({
  page,
}) => {
  await open(page);
  await expect(frames(page)).toHaveCount(0);
  await page.keyboard.press("b");
  await expect(frames(page).first()).toBeVisible();
  const all = await frames(page).count();
  expect(all).toBeGreaterThan(1);
  await open(page, true);
  await expect(frames(page)).toHaveCount(all);

  const names = await frames(page).evaluateAll((boxes) => boxes.map((box) => box.getAttribute("aria-label")));
  expect(names[0]).toMatch(/^[a-z ]+, \d+%, (upper |lower )?(left|right|top|bottom|centre)/);
  for (let i = 0; i < all; i++) {
    await page.keyboard.press("Tab");
    await expect(frames(page).nth(i)).toBeFocused();
    expect(
      await frames(page)
        .nth(i)
        .evaluate((box) => getComputedStyle(box).outlineWidth),
    ).toBe("2px");
  }
  await page.keyboard.press("x");
  await expect(frames(page)).toHaveCount(all - 1);
  await expect(frames(page).last()).toBeFocused();
  await turnedBack(page, "Rejected box “");
  await page.keyboard.press("Delete");
  await expect(frames(page)).toHaveCount(all - 2);
  await open(page, true);
  await expect(frames(page)).toHaveCount(all - 2); // kept
  await page.keyboard.press("z");
  await turnedBack(page, "Undone: Reject box “");
  await page.keyboard.press("z");
  await expect(frames(page)).toHaveCount(all);

  // A photo that goes with a focused box leaves the keys with the window.
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("heading", { name: "2.jpg" }).first()).toBeVisible();
  await page.keyboard.press("ArrowLeft");
  await expect(page.getByRole("heading", { name: "1.jpg" }).first()).toBeVisible();
  await page.keyboard.press("b");
  await expect(frames(page)).toHaveCount(0);
});

test("while the boxes are hidden, a label shows its own when it is pointed at or focused", async ({ page }) => {
  await open(page);
  await expect(frames(page)).toHaveCount(0);
  const labels = page.getByRole("region", { name: "Labels of this photo" }).getByRole("listitem");
  await labels.filter({ hasText: "boat" }).hover();
  await expect(frames(page).first()).toBeVisible();
  for (const name of await frames(page).evaluateAll((boxes) => boxes.map((box) => box.getAttribute("aria-label"))))
    expect(name).toMatch(/^boat, /);
  await page.mouse.move(300, 300);
  await expect(frames(page)).toHaveCount(0);
  await labels.filter({ hasText: "vehicle" }).hover(); // a boat is one
  await expect(frames(page).first()).toBeVisible();
  await page.mouse.move(300, 300);
  await expect(frames(page)).toHaveCount(0);
  await tabTo(page, "button", "Accept boat");
  await expect(frames(page).first()).toBeVisible();
});
