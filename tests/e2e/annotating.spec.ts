/// <reference lib="dom" />
import { basename } from "node:path";
import { expect, type Page } from "@playwright/test";
import { complaints } from "./complaints";
import { argumentsOf, test } from "./real-library";

/** Labels accepted, rejected, typed, undone and repeated, with what the engine keeps of it. */

const tiles = (page: Page) => page.getByRole("gridcell");
const focused = (page: Page) => page.getByRole("grid").getAttribute("aria-activedescendant");
const labels = (page: Page) => page.getByRole("region", { name: "Labels of this photo" });
const rows = (page: Page) => labels(page).getByRole("listitem");

test.afterEach(({ troubles }) => expect(troubles).toEqual([]));

test("1 accepts, 1 again clears, x rejects, z and shift+z undo and redo", async ({ page, openWindow, library }) => {
  await openWindow();
  const { labels: before } = await library.photoNamed("IMG_0040.jpg");
  await tiles(page).nth(2).click();
  const first = rows(page).first();
  await expect(first).toContainText("%");
  await page.keyboard.press("1");
  await expect(first).toContainText("accepted");
  await expect(page.getByText(/^Accepted “/)).toBeVisible();
  expect((await library.photoNamed("IMG_0040.jpg")).labels[0]).toMatchObject({
    label: before[0].label,
    source: "accepted",
  });
  await page.keyboard.press("1");
  await expect(first).toContainText("%");
  expect((await library.photoNamed("IMG_0040.jpg")).labels).toEqual(before);
  await expect(rows(page)).toHaveCount(before.length);
  await page.keyboard.press("x");
  await expect(rows(page)).toHaveCount(before.length - 1);
  const { labels: kept, rejected } = await library.photoNamed("IMG_0040.jpg");
  expect([kept, rejected.map(({ label }) => label)]).toEqual([before.slice(1), [before[0].label]]);
  await page
    .getByText(/^Rejected “/)
    .locator("..")
    .getByRole("button", { name: "Undo" })
    .click();
  await expect(rows(page)).toHaveCount(before.length);
  const here = await focused(page);
  await page.keyboard.press("ArrowRight"); // the focused button is gone, but keys still work
  expect(await focused(page)).not.toBe(here);
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Shift+Z");
  await page.keyboard.press("z");
  await expect(rows(page)).toHaveCount(before.length);
  await page.keyboard.press("Shift+Z");
  await expect(rows(page)).toHaveCount(before.length - 1);
  await page.getByRole("button", { name: "1 rejected" }).click();
  await page.getByRole("button", { name: /^Restore/ }).click();
  await expect(rows(page)).toHaveCount(before.length);
  expect((await library.photoNamed("IMG_0040.jpg")).labels).toEqual(before);
});

test("labels keep their number while a photo is annotated", async ({ page, openWindow, library }) => {
  await openWindow();
  await page.keyboard.press("/");
  await page.getByRole("combobox", { name: /^Search photos/ }).fill("animal");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "“animal”" })).toBeVisible();
  const items = rows(page);
  await tiles(page).first().click();
  /** Waits until the labels shown are those of the focused photo. */
  const arrived = async () => {
    const focused = await page.getByRole("grid", { name: "Photos" }).getAttribute("aria-activedescendant");
    const { paths } = await library.api.photo({ photo: Number(focused!.slice("photo-".length)) });
    await expect(page.getByRole("region", { name: "File" }).getByRole("heading")).toHaveText(basename(paths[0]));
  };
  await arrived();
  while ((await items.count()) < 3) {
    await page.keyboard.press("ArrowRight");
    await arrived();
  }
  const names = await items.allInnerTexts();
  await page.keyboard.press("3");
  await expect(items.nth(2)).toContainText("accepted");
  expect(names[0].split("\n")[1]).toBe((await items.first().innerText()).split("\n")[1]);
});

test("t opens the field for a dictionary or own label, where keys type text", async ({ page, openWindow, library }) => {
  await openWindow();
  await tiles(page).nth(2).click();
  await page.keyboard.press("t");
  await page.keyboard.type("crane");
  await expect(page.getByRole("option").first()).toHaveText(/^crane/);
  await expect(page.getByRole("option").nth(1)).toHaveText(/crane\s+lifting device/);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(labels(page)).toContainText("lifting device");
  await page.getByRole("combobox", { name: "Add a label" }).fill("x1z Rex");
  const own = page.getByRole("option", { name: "new label" });
  await expect(own).toBeVisible();
  await own.click();
  await expect(labels(page).getByText("x1z Rex")).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Add a label" })).toHaveValue("");
  const { labels: kept } = await library.photoNamed("IMG_0040.jpg");
  expect(kept.filter(({ source }) => source === "added").map(({ name }) => name)).toEqual(["crane", "x1z Rex"]);
  expect(kept.find(({ name }) => name === "x1z Rex")!.label).toBe("own:x1z Rex");
});

test("a verdict applies to the whole selection", async ({ page, openWindow, library }) => {
  await openWindow();
  await tiles(page).nth(0).click();
  await tiles(page)
    .nth(3)
    .click({ modifiers: ["Shift"] });
  const shared = page.getByRole("region", { name: "Labels of the selected photos" });
  await expect(shared.getByRole("listitem").first()).toContainText("of 4");
  await page.keyboard.press("1");
  await expect(shared.getByRole("listitem").first()).toContainText("4 of 4");
  const { photos } = await library.api.browse({ sort: "taken", descending: true, group: "none", state: "reviewed" });
  const tile = await library.api.tiles({ photos });
  expect(tile.map(({ name }) => name)).toEqual(["IMG_0042.jpg", "IMG_0041.jpg", "IMG_0040.jpg", "IMG_0039.jpg"]);
});

test("in the Loupe view, Esc leaves the label field first, and Undo in a message works", async ({
  page,
  openWindow,
  library,
}) => {
  await openWindow();
  await tiles(page).nth(2).dblclick();
  const large = page.getByRole("dialog");
  const first = rows(page).first();
  await expect(first).toContainText("%");
  await page.keyboard.press("t");
  await page.keyboard.type("cra");
  await expect(page.locator("#overlays").getByRole("option").first()).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.locator("#overlays").getByRole("option")).toHaveCount(0);
  await expect(large).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(large).toBeVisible();
  await page.keyboard.press("1");
  await expect(first).toContainText("accepted");
  const [message, strip] = await Promise.all(
    [page.getByRole("status").filter({ hasText: "Accepted" }), page.getByRole("listbox", { name: "Filmstrip" })].map(
      (it) => it.boundingBox(),
    ),
  );
  expect(message!.y + message!.height, "a message does not cover the filmstrip").toBeLessThanOrEqual(strip!.y);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(first).toContainText("%");
  expect((await library.api.library())!.verdicts).toBe(0);
  await expect(large).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(large).toBeHidden();
});

test("Enter opens the Loupe view, arrow keys page through photos, Esc returns to the same photo", async ({
  page,
  openWindow,
}) => {
  await openWindow();
  await tiles(page).nth(2).click();
  const here = await focused(page);
  await page.keyboard.press("Enter");
  const large = page.getByRole("dialog");
  await expect(large.getByText("3 of 43")).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(large.getByText("4 of 43")).toBeVisible();
  await expect(rows(page).first()).toBeVisible();
  await page.keyboard.press("1");
  await expect(rows(page).first()).toContainText("accepted");
  await page.keyboard.press("Escape");
  await expect(large).toBeHidden();
  await expect(page.getByRole("grid")).toBeFocused();
  expect(await focused(page)).not.toBe(here);
  expect(await focused(page)).toBe(await tiles(page).nth(3).getAttribute("id"));
});

test("the dot key repeats the last label, on one photo or many", async ({ page, openWindow, library }) => {
  await openWindow();
  await tiles(page).nth(2).click();
  await expect(labels(page)).toBeVisible();
  await page.keyboard.press(".");
  await expect(page.getByText("No label to repeat yet")).toBeVisible();
  await page.keyboard.press("1");
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("button", { name: /again$/ })).toBeVisible();
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press(".");
  await expect(page.getByText(/^Accepted “.+” on 3 photos$/)).toBeVisible();
  const [{ label }] = (await library.photoNamed("IMG_0040.jpg")).labels;
  for (const name of ["IMG_0039.jpg", "IMG_0038.jpg", "IMG_0037.jpg"])
    expect((await library.photoNamed(name)).labels.find((each) => each.label === label)).toMatchObject({
      source: expect.stringMatching(/^(accepted|added)$/) as unknown,
    });
  expect(await library.api.library()).toMatchObject({ verdicts: 4 });
});

test("compares selected photos: they zoom together, show what they share, and are annotated separately", async ({
  page,
  openWindow,
  calls,
}) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await openWindow();
  await tiles(page).first().click();
  const second = Number((await tiles(page).nth(1).getAttribute("id"))!.slice("photo-".length));
  for (let i = 0; i < 2; i++) await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("c");
  await expect(page.locator(".pane")).toHaveCount(3);
  await expect(page.getByText("1 of 3 side by side")).toBeVisible();
  const said = page.getByRole("list", { name: /^Labels of IMG/ });
  await expect(said).toHaveCount(3);
  await expect(said.first().getByRole("listitem").first()).toContainText(/, (not )?on all$/);
  await page.keyboard.press("+");
  const widths = await page
    .locator(".pane .photo")
    .evaluateAll((photos) => photos.map((photo) => photo.getBoundingClientRect().width));
  expect(Math.max(...widths) - Math.min(...widths)).toBeLessThan(Math.max(...widths) / 2);
  await page.keyboard.press("PageDown");
  await page.keyboard.press("1");
  await expect
    .poll(() => (argumentsOf(calls, "annotate") as { photos: number[] }[]).map(({ photos }) => photos))
    .toEqual([[second]]);
  expect(await complaints(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(page.locator('[role=gridcell][aria-selected="true"]')).toHaveCount(3);
});
