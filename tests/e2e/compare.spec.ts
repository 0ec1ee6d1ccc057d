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

test("c compares a group of near-duplicates, and swaps within it", async ({ page, openWindow, library }) => {
  const { job } = await library.api.findDuplicates();
  await expect.poll(async () => (await library.api.jobs()).find((each) => each.job === job)?.state).toBe("done");
  const [group] = (await library.api.duplicates()).groups!;
  await openWindow();
  await page.getByRole("button", { name: "Near-duplicates" }).press("Enter");
  await expect(tiles(page).first()).toHaveId(`photo-${group.photos[0]}`);
  await tiles(page).first().click();
  await page.keyboard.press("c");
  const shown = Math.min(4, group.photos.length);
  await expect(page.locator("figure")).toHaveCount(shown);
  const compared = () =>
    page
      .locator(".pane img[alt]:not([alt=''])")
      .evaluateAll((pictures) =>
        pictures.map((picture) => Number(/\/(\d+)\/view/.exec((picture as HTMLImageElement).src)![1])),
      );
  expect(await compared()).toEqual(group.photos.slice(0, shown));
  await page.keyboard.press("Control+ArrowDown");
  if (group.photos.length > 4) await expect.poll(compared).toEqual([group.photos[4], ...group.photos.slice(1, 4)]);
  else await expect(page.getByText("No more photos to swap in")).toBeVisible();
});

test("two fingers zoom at their middle, and one pans", async ({ page, openWindow }) => {
  await openWindow();
  await tiles(page).first().click();
  await page.keyboard.press("Enter");
  const photo = page.locator(".pane .photo");
  await photo.waitFor();
  const fitted = (await photo.boundingBox())!;
  const pane = (await page.locator(".pane").boundingBox())!;
  const middle = { x: pane.x + pane.width / 2, y: pane.y + pane.height / 2 };
  const touch = await page.context().newCDPSession(page);
  const fingers = (type: "touchStart" | "touchMove" | "touchEnd", ...across: number[]) =>
    touch.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: across.map((dx, id) => ({ x: middle.x + dx, y: middle.y, id })),
    });
  await fingers("touchStart", -40);
  await fingers("touchStart", -40, 40);
  for (const dx of [60, 90, 120, 160]) await fingers("touchMove", -dx, dx);
  await expect.poll(async () => (await photo.boundingBox())!.width).toBeGreaterThan(2 * fitted.width);
  const zoomed = (await photo.boundingBox())!;
  expect(Math.abs(zoomed.x + zoomed.width / 2 - middle.x)).toBeLessThan(40);
  await fingers("touchEnd");
  await fingers("touchStart", 0);
  for (const dx of [40, 80, 120]) await fingers("touchMove", dx);
  await expect.poll(async () => (await photo.boundingBox())!.x).toBeGreaterThan(zoomed.x);
  await fingers("touchEnd");
});
