/// <reference lib="dom" />
import { expect, type Page } from "@playwright/test";
import { complaints } from "./complaints";
import { argumentsOf, test } from "./real-library";

test.afterEach(({ troubles }) => expect(troubles).toEqual([]));

const tiles = (page: Page) => page.getByRole("gridcell");
const idOf = async (page: Page, i: number) => Number((await tiles(page).nth(i).getAttribute("id"))!.slice(6));
const left = async (page: Page, i: number) => (await page.locator(".pane .photo").nth(i).boundingBox())!.x;

test("compares photos: zoom can be unlinked, candidates are swapped, the winner stays and the others are rejected", async ({
  page,
  openWindow,
  library,
  calls,
}) => {
  await openWindow();
  const [first, second, third] = [await idOf(page, 0), await idOf(page, 1), await idOf(page, 2)];
  await tiles(page).nth(0).click();
  await tiles(page)
    .nth(1)
    .click({ modifiers: ["Control"] });
  await page.keyboard.press("c");
  await expect(page.locator("figure")).toHaveCount(2);
  await expect(page.getByText("Sharpest").or(page.getByText("% as sharp"))).toHaveCount(2);

  // The second photo is swapped for the one after it, and back.
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Control+ArrowDown");
  await expect(page.locator(".pane img[alt]:not([alt=''])").nth(1)).toHaveAttribute(
    "src",
    new RegExp(`/${third}/view`),
  );
  await page.keyboard.press("Control+ArrowUp");
  await expect(page.locator(".pane img[alt]:not([alt=''])").nth(1)).toHaveAttribute(
    "src",
    new RegExp(`/${second}/view`),
  );

  // Linked, both pan; unlinked, only the focused one.
  await page.keyboard.press("0");
  let before = [await left(page, 0), await left(page, 1)];
  await page.keyboard.press("ArrowLeft");
  await expect.poll(async () => (await left(page, 0)) - before[0]).toBeGreaterThan(0);
  expect((await left(page, 1)) - before[1]).toBeGreaterThan(0);
  await page.keyboard.press("l");
  before = [await left(page, 0), await left(page, 1)];
  await page.keyboard.press("ArrowRight");
  await expect.poll(async () => (await left(page, 1)) - before[1]).toBeLessThan(0);
  expect(await left(page, 0)).toBe(before[0]);
  expect(await complaints(page)).toEqual([]);

  await page.keyboard.press("Control+Enter");
  await expect(page.locator("figure")).toHaveCount(1);
  await expect.poll(() => argumentsOf(calls, "markPhotos")).toEqual([{ photos: [first], marks: { flag: "reject" } }]);
  expect((await library.api.photo({ photo: first })).flag).toBe("reject");
  expect((await library.api.photo({ photo: second })).flag).not.toBe("reject");
  await page.keyboard.press("z");
  await expect.poll(async () => (await library.api.photo({ photo: first })).flag).not.toBe("reject");
});
