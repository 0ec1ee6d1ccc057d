/// <reference lib="dom" />
import { expect, type Page } from "@playwright/test";
import { complaints } from "./complaints";
import { callsOf, test } from "./mock-page";

test.afterEach(({ troubles }) => expect(troubles).toEqual([]));

const tiles = (page: Page) => page.getByRole("gridcell");
const clean = async (page: Page) => expect(await complaints(page)).toEqual([]);

/** Presses keys in the page, one right after another. */
const pressAll = (page: Page, keys: string[]) =>
  page.evaluate((pressed) => {
    for (const key of pressed) {
      const shiftKey = key === "Z";
      (document.activeElement ?? document.body).dispatchEvent(
        new KeyboardEvent("keydown", { key, shiftKey, bubbles: true, cancelable: true }),
      );
    }
  }, keys);

test("n steps through the uncertain photos, loading more after the last", async ({ page, openWindow }) => {
  await openWindow({ photos: 1000 });
  await tiles(page).first().waitFor();
  const at = () => page.locator('[role=gridcell][aria-selected="true"]');
  await pressAll(page, ["n", "1"]); // the label belongs to the photo that n leads to
  await expect(at()).toHaveAttribute("id", "photo-7");
  await expect.poll(async () => callsOf(page, "annotate")).toEqual([expect.objectContaining({ photos: [7] })]);
  await page.keyboard.press("n");
  await expect(at()).toHaveAttribute("id", "photo-14");
  await pressAll(
    page,
    Array.from({ length: 98 }, () => "n"),
  );
  const last = Number((await at().getAttribute("id"))!.slice("photo-".length));
  await page.keyboard.press("n");
  await expect.poll(async () => Number((await at().getAttribute("id"))?.slice("photo-".length))).toBeGreaterThan(last);
  expect(await callsOf(page, "reviewQueue")).toEqual([{ limit: 100 }, { limit: 200 }]);
});

test("zooms, pans and closes the Loupe view with the keyboard; the filmstrip follows", async ({ page, openWindow }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await openWindow({ photos: 100_000 });
  await tiles(page).nth(5).click();
  await page.keyboard.press("Enter");
  const strip = page.getByRole("listbox", { name: "Filmstrip" });
  await expect(strip.getByRole("option", { selected: true })).toHaveAttribute("aria-posinset", "6");
  expect(await strip.getByRole("option").count()).toBeLessThan(60);
  await page.keyboard.press("End");
  await expect(strip.getByRole("option", { selected: true })).toBeInViewport();
  await expect(page.getByText("100,000 of 100,000")).toBeVisible();
  await page.keyboard.press("Home");
  await strip.getByRole("option").nth(2).click();
  await expect(page.getByText("3 of 100,000")).toBeVisible();

  const photo = page.locator(".pane .photo");
  const whole = (await photo.boundingBox())!;
  await page.keyboard.press("0");
  await expect(page.getByRole("button", { name: "Zoom: 100%" })).toBeVisible();
  const near = (await photo.boundingBox())!;
  expect(near.width).toBeGreaterThan(2 * whole.width);
  await page.keyboard.press("ArrowRight");
  expect((await photo.boundingBox())!.x).toBeLessThan(near.x);
  await expect(page.getByText("3 of 100,000")).toBeVisible();
  await page.keyboard.press("PageDown");
  await expect(page.getByText("4 of 100,000")).toBeVisible();
  await clean(page);
  await page.keyboard.press("0");
  await page.keyboard.press("+");
  await page.keyboard.press("-");
  await expect(page.getByRole("button", { name: "Zoom: Fit" })).toBeVisible();
  await page.keyboard.press("l");
  await expect(strip).toBeHidden();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("grid")).toBeFocused();
});

test("searches the keyboard shortcuts by words, synonyms and keys", async ({ page, openWindow }) => {
  await openWindow({ photos: 20 });
  await tiles(page).first().waitFor();
  await page.keyboard.press("?");
  const field = page.getByRole("textbox", { name: "Find a shortcut" });
  await expect(field).toBeFocused();
  await page.keyboard.type("zoom");
  await expect(page.getByRole("dialog").getByRole("heading", { level: 3 })).toHaveText(["Loupe view", "Map"]);
  await field.fill("label last again");
  await expect(page.getByRole("dialog").locator("kbd").filter({ hasText: /^\.$/ })).toBeVisible();
  await field.fill("fly to the moon");
  await expect(page.getByText("No matching shortcut")).toBeVisible();
});
