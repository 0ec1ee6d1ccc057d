/// <reference lib="dom" />
import { expect, type Page } from "@playwright/test";
import { complaints } from "./complaints";
import { argumentsOf, test } from "./real-library";

test.setTimeout(120_000);
test.afterEach(({ troubles }) => expect(troubles).toEqual([]));

const clean = async (page: Page) => expect(await complaints(page)).toEqual([]);
const status = (page: Page) => page.getByRole("contentinfo");
const row = (page: Page, version: string) =>
  page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: version }) });

/** Gives twenty photos a new label, which starts live learning and which others then get too. */
async function annotateTwenty(page: Page) {
  await page.getByRole("gridcell").first().click();
  for (let i = 1; i < 20; i++) await page.keyboard.press("Shift+ArrowRight");
  await expect(
    page.getByRole("region", { name: "Labels of the selected photos" }).getByRole("listitem").first(),
  ).toBeVisible();
  await page.keyboard.press("t");
  await page.keyboard.type("x1z Rex");
  await page.getByRole("option", { name: "new label" }).click();
  await expect(status(page)).toContainText("20 verdicts");
  await page.keyboard.press("Escape");
  await page.getByRole("grid").focus();
}

test("retrains automatically after twenty annotations, and shows the changed labels with one key", async ({
  page,
  openWindow,
  library,
  calls,
}) => {
  await library.api.changeSettings({ liveLearning: true });
  await openWindow();
  await annotateTwenty(page);
  await expect(status(page)).toContainText("changed label", { timeout: 30_000 });
  // The window named the visible photos, so they come first.
  await expect
    .poll(async () => (argumentsOf(calls, "watching").at(-1) as { photos: number[] }).photos.length)
    .toBeGreaterThan(8);

  await page.keyboard.press("d");
  await expect(page.getByRole("heading", { name: "Changed labels" })).toBeVisible();
  await expect(status(page)).not.toContainText("changed label");
  await page.getByRole("grid").focus();
  await page.keyboard.press("ArrowRight");
  const first = page.getByRole("gridcell").first();
  await expect(first).toHaveAttribute("aria-label", /was .*, now /);
  await expect(page.getByRole("status").filter({ hasText: "Before:" })).toContainText("Now:");
  await clean(page);

  // Versions are kept, compared and switched with the keyboard alone.
  await page.keyboard.press("h");
  await expect(page.getByRole("heading", { name: "Versions", exact: true })).toBeVisible();
  await expect(row(page, "Version 2")).toContainText("automatic, not kept");
  await expect(row(page, "Version 2")).toContainText("Too few photos with verdicts to measure");
  await clean(page);
  await page.getByRole("button", { name: "Keep Version 2" }).press("Enter");
  await expect(row(page, "Version 2")).not.toContainText("automatic");
  await page.getByRole("button", { name: "Compare", exact: true }).press("Enter");
  await expect(page.getByRole("heading", { name: "Version comparison" })).toBeVisible();
  await expect.poll(() => argumentsOf(calls, "compareModels").at(-1)).toMatchObject({ a: 1, b: 2 });
  await expect(page.getByRole("status").filter({ hasText: "42 photos compared" })).toBeVisible();
  await expect(page.getByRole("gridcell").first()).toHaveAttribute("aria-label", /was .*, now /);
  await page.keyboard.press("h");
  await page.getByRole("button", { name: "Back to Base model" }).press("Enter");
  await expect(row(page, "Base model")).toContainText("In use");
  await expect(page.getByText("Paused while an earlier version is in use")).toBeVisible();
  await page.getByRole("button", { name: "Forward to Version 2" }).press("Enter");
  await expect(row(page, "Version 2")).toContainText("In use");
  await expect(page.getByText("Paused while")).toHaveCount(0);
});

test("a key retrains now, making a version that live learning keeps; a switch turns live learning off", async ({
  page,
  openWindow,
  library,
  calls,
}) => {
  await library.api.changeSettings({ liveLearning: true });
  await openWindow();
  await page.getByRole("gridcell").first().click();
  await expect(page.getByRole("region", { name: "Labels of this photo" }).getByRole("listitem").first()).toBeVisible();
  await page.keyboard.press("1");
  await expect(page.getByText("1 verdict").first()).toBeVisible();
  await page.keyboard.press("q");
  await page.keyboard.press("h");
  await expect(row(page, "Version 2")).toContainText("Too few photos with verdicts to measure");
  await expect(page.getByRole("button", { name: /^Keep/ })).toHaveCount(0);
  await page.getByRole("switch", { name: "Retrain automatically" }).press("Space");
  await expect(page.getByText("Labels change only when you ask.")).toBeVisible();
  expect(argumentsOf(calls, "changeSettings")).toEqual([{ liveLearning: false }]);
});

test("says so when no labels changed", async ({ page, openWindow, library }) => {
  await library.api.changeSettings({ liveLearning: true });
  await openWindow();
  await page.getByRole("button", { name: "Changed labels" }).press("Enter");
  await expect(page.getByRole("heading", { name: "No labels changed" })).toBeVisible();
  await clean(page);
});
test("retrains on corrections, and returns to the previous model with one click", async ({ page, openWindow }) => {
  await openWindow();
  await page.getByRole("gridcell").first().click();
  await page.keyboard.press("1");
  await page.getByRole("button", { name: "Retrain on 1 correction" }).click();
  const dialog = page.getByRole("dialog", { name: "Retrain on corrections" });
  await dialog.getByRole("button", { name: "Retrain on 1 correction" }).click();
  await expect(dialog.getByRole("status")).toContainText("Retrained.");
  await expect(dialog.getByRole("img", { name: /^Loss curve: .* at step \d+$/ })).toBeVisible();
  await dialog.getByRole("button", { name: /^Versions/ }).click();
  await page.getByRole("button", { name: "Use Base model" }).click();
  await expect(page.getByRole("row").filter({ hasText: "Base model" })).toContainText("In use");
});
