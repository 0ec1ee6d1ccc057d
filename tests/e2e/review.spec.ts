/// <reference lib="dom" />
import { expect, type Page } from "@playwright/test";
import { complaints } from "./complaints";
import { callsOf, test, verdictsOf } from "./mock-page";

test.afterEach(({ troubles }) => expect(troubles).toEqual([]));

const chosen = (page: Page) => page.locator('[role=gridcell][aria-selected="true"]');
const clean = async (page: Page) => expect(await complaints(page)).toEqual([]);

test("n opens the review queue in order with reasons, and annotating continues with the keyboard", async ({
  page,
  openWindow,
}) => {
  await openWindow({ photos: 200 });
  await expect(page.getByRole("gridcell").first()).toBeVisible();
  await page.keyboard.press("n");
  await expect(page.getByRole("heading", { name: "Most uncertain" })).toBeVisible();
  await expect(chosen(page)).toHaveAttribute("id", "photo-7");
  await expect(page.getByRole("status").filter({ hasText: "Between “" })).toBeVisible();
  await page.keyboard.press("1");
  await page.keyboard.press("ArrowRight");
  await expect(chosen(page)).toHaveAttribute("id", "photo-14");
  await expect
    .poll(async () => callsOf(page, "annotate"))
    .toEqual([expect.objectContaining({ photos: [7], verdict: "accept" })]);
  await clean(page);
});

test("u corrects a label error with two verdicts, which undo reverts", async ({ page, openWindow }) => {
  await openWindow({ photos: 200 });
  await page.getByRole("button", { name: "Label errors" }).press("Enter");
  await expect(page.getByRole("gridcell").first()).toHaveId("photo-11");
  await page.getByRole("gridcell").first().click();
  await expect(page.getByText("Labelled wharf, but looks like pier.")).toBeVisible();
  await page.keyboard.press("u");
  await expect
    .poll(() => verdictsOf(page))
    .toEqual([
      { photos: [11], label: "own:pier", verdict: "accept" },
      { photos: [11], label: "own:wharf", verdict: "reject" },
    ]);
  await clean(page);
});

test("finds near-duplicates on request, and selects all but the suggested keep of a group", async ({
  page,
  openWindow,
}) => {
  await openWindow({ photos: 200 });
  await page.getByRole("button", { name: "Near-duplicates" }).press("Enter");
  await expect(page.getByRole("heading", { name: "Near-duplicates not checked yet" })).toBeVisible();
  await clean(page);
  await page.getByRole("button", { name: "Find near-duplicates" }).press("Enter");
  await page.getByRole("gridcell").first().click();
  await expect(page.getByText("Best shot: sharpest.")).toBeVisible();
  await page.getByRole("button", { name: "Select all but the best" }).press("Enter");
  await expect(chosen(page)).toHaveAttribute("id", "photo-10");
  await clean(page);
});

test("moving the slider previews what would be labelled", async ({ page, openWindow }) => {
  await openWindow({ photos: 200 });
  const slider = page.getByRole("slider", { name: "Minimum confidence" });
  await slider.focus();
  await page.keyboard.press("ArrowLeft");
  await expect(page.getByText(/^\d+ labels on 198 photos$/)).toBeVisible();
});
