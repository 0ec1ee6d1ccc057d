import { expect, type Page } from "@playwright/test";
import { complaints } from "./complaints";
import { test } from "./real-library";

const heading = (page: Page, name: string | RegExp) => page.getByRole("rowheader", { name });
const line = (page: Page) => page.getByRole("slider", { name: "Time line" });

test.afterEach(({ troubles }) => expect(troubles).toEqual([]));

test("by keyboard: names an event, divides and merges it, with undo; the time line scrubs", async ({
  page,
  openWindow,
  library,
}) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await openWindow();
  await page.getByRole("gridcell").first().click();
  await page.keyboard.press("Control+e");
  const dialog = page.getByRole("dialog", { name: "Name event" });
  await expect(dialog.getByText(/^Labels /)).toBeVisible();
  expect(await complaints(page)).toEqual([]);
  await dialog.getByRole("textbox", { name: "Name" }).fill("Midsummer");
  await page.keyboard.press("Enter");
  await expect(heading(page, /^Midsummer/)).toBeVisible();
  const { photos } = await library.api.browse({
    words: 'label:"Midsummer"',
    sort: "taken",
    descending: true,
    group: "none",
  });
  const named = await library.api.eventOf({ photo: photos[0]! });
  expect(named).toMatchObject({ name: "Midsummer", photos: photos.length });

  // the second photo of the view is earlier: a new event begins with the focused one
  await page.getByRole("gridcell").first().click();
  await page.keyboard.press("Control+d");
  await expect(page.getByText("Event divided")).toBeVisible();
  await expect.poll(async () => (await library.api.eventOf({ photo: photos[0]! })).photos).toBe(1);
  await page.keyboard.press("Control+Shift+e");
  await expect(page.getByText("Events merged")).toBeVisible();
  await expect.poll(async () => (await library.api.eventOf({ photo: photos[0]! })).photos).toBe(photos.length);
  for (let i = 0; i < 3; i++) await page.keyboard.press("z");
  await expect(heading(page, /^Midsummer/)).toHaveCount(0);
  expect((await library.api.eventOf({ photo: photos[0]! })).name).toBeNull();

  await line(page).focus();
  const first = await line(page).getAttribute("aria-valuetext");
  await page.keyboard.press("End");
  await expect(line(page)).not.toHaveAttribute("aria-valuetext", first!);
  await page.keyboard.press("Home");
  await expect(line(page)).toHaveAttribute("aria-valuetext", first!);
  const box = (await line(page).boundingBox())!;
  await page.mouse.move(box.x + 20, box.y + 4);
  await page.mouse.down();
  await page.mouse.move(box.x + 20, box.y + box.height * 0.6);
  await page.mouse.up();
  await expect(line(page)).not.toHaveAttribute("aria-valuetext", first!);
});
