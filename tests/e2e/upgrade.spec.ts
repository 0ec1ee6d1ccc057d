/// <reference lib="dom" />
import { expect, type Page } from "@playwright/test";
import { complaints } from "./complaints";
import { callsOf, test } from "./mock-page";

const offer = (page: Page) => page.getByRole("main").getByRole("status").filter({ hasText: "older model" });
const again = (page: Page) => offer(page).getByRole("button", { name: "Relabel with the new model" });
const done = (page: Page) =>
  page.getByRole("main").getByRole("status").filter({ hasText: "Relabelled with the new model." });
const clean = async (page: Page) => expect(await complaints(page)).toEqual([]);

test.afterEach(({ troubles }) => expect(troubles).toEqual([]));

test("a library of an older model offers to relabel, shows progress, and can restore the old labels", async ({
  page,
  openWindow,
}) => {
  await openWindow({ photos: 200, upgrade: true });
  await expect(offer(page)).toContainText(
    "200 photos were labelled by an older model, Semblance seed. Relabelling keeps your verdicts.",
  );
  await clean(page);
  await again(page).press("Enter");
  await expect(page.getByText("Relabelling with the new model. Your verdicts are kept")).toBeVisible();
  await expect(page.getByRole("progressbar", { name: "Relabelling with the new model" })).toHaveAttribute(
    "aria-valuenow",
    "50",
  );
  await clean(page);
  await page.evaluate(() => mock.finishUpgrade());
  await expect(done(page)).toBeVisible();
  await expect(page.getByRole("contentinfo")).toContainText("EfficientNet-Lite2");
  await clean(page);
  await done(page).getByRole("button", { name: "Undo" }).press("Enter");
  await expect(done(page)).toBeHidden();
  expect(await callsOf(page, "goBack")).toHaveLength(1);
  await expect(page.getByRole("contentinfo")).toContainText("Semblance seed");
  await expect(offer(page)).toBeHidden(); // after going back, the offer does not return
  await page.getByRole("button", { name: "Harbour", exact: true }).click();
  await expect(page.getByRole("menuitem", { name: "Relabel with the new model" })).toBeVisible();
});

test("relabelling can be cancelled, and is then offered again", async ({ page, openWindow }) => {
  await openWindow({ photos: 200, upgrade: true });
  await again(page).click();
  await page.getByRole("main").getByRole("button", { name: "Cancel" }).click();
  await expect(again(page)).toBeVisible();
  expect(await callsOf(page, "cancelJob")).toHaveLength(1);
  await again(page).click();
  await page.getByRole("list", { name: "Background tasks" }).getByRole("button", { name: "Cancel" }).first().click();
  await expect(again(page)).toBeVisible();
});

test("a dismissed offer stays dismissed after a restart, and remains in the menu", async ({ page, openWindow }) => {
  await openWindow({ photos: 3, upgrade: true });
  await offer(page).getByRole("button", { name: "Not now" }).click();
  await expect(offer(page)).toBeHidden();
  await page.reload();
  await expect(page.getByRole("gridcell").first()).toBeVisible();
  await expect(offer(page)).toBeHidden();
  await page.getByRole("button", { name: "Harbour", exact: true }).click();
  await page.getByRole("menuitem", { name: "Relabel with the new model" }).click();
  await expect(page.getByRole("progressbar", { name: "Relabelling with the new model" })).toBeVisible();
  await page.evaluate(() => mock.finishUpgrade());
  await expect(done(page)).toBeVisible();
  await done(page).getByRole("button", { name: "Dismiss" }).click();
  await expect(done(page)).toBeHidden();
});

test("a library of the best model gets no offer", async ({ page, openWindow }) => {
  await openWindow({ photos: 3 });
  await expect(page.getByRole("gridcell").first()).toBeVisible();
  await expect(offer(page)).toBeHidden();
  await page.getByRole("button", { name: "Harbour", exact: true }).click();
  await expect(page.getByRole("menuitem", { name: "Settings…" })).toBeVisible();
  await expect(page.getByRole("menuitem", { name: "Relabel with the new model" })).toHaveCount(0);
});
