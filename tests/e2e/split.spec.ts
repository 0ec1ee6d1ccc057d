/// <reference lib="dom" />
import { expect, type Page } from "@playwright/test";
import type { AnnotationCall, View } from "../../src-shared/contract";
import { complaints } from "./complaints";
import { argumentsOf, atRest, test } from "./real-library";

test.afterEach(({ troubles }) => expect(troubles).toEqual([]));

const VIEW: View = { sort: "name", descending: false, group: "none" };
const clean = async (page: Page) => expect(await complaints(page)).toEqual([]);

async function openDialog(page: Page) {
  await page.getByRole("button", { name: "Harbour", exact: true }).press("Enter");
  await page.getByRole("menuitem", { name: "Split into train, validation and test…" }).press("Enter");
  await expect(page.getByRole("dialog", { name: "Split into train, validation and test" })).toBeVisible();
}

test("splits photos with the keyboard: near-duplicates first, then shares with a preview, then the result", async ({
  page,
  openWindow,
  calls,
}) => {
  await openWindow();
  await openDialog(page);
  await expect(page.getByText(/^Find near-duplicates first\./)).toBeVisible();
  await clean(page);
  await page.getByRole("button", { name: "Find near-duplicates" }).press("Enter");
  await expect(page.getByText(/groups of near-duplicates \(\d+ photos\) stay together/)).toBeVisible();
  await page.getByRole("spinbutton", { name: "Validation" }).fill("10");
  await expect(page.getByText("These add up to 95% and are scaled to 100%.")).toBeVisible();
  await page.getByRole("spinbutton", { name: "Test" }).fill("20");
  await clean(page);
  await page.getByRole("spinbutton", { name: "Test" }).press("Enter");
  await expect(page.getByText(/^Split into \d+ train, \d+ validation, \d+ test/)).toBeVisible();
  expect(argumentsOf(calls, "makeSplit")).toEqual([{ train: 0.7, validation: 0.1, test: 0.2, seed: 1 }]);

  await openDialog(page);
  await expect(page.getByText("No photo changes split.")).toBeVisible();
  const test = page.getByRole("spinbutton", { name: "Test" });
  await expect(test).toHaveValue("20");
  await test.fill("45");
  await expect(page.getByText(/ \d+ photos move to another split\. You can undo this\./)).toBeVisible();
  await clean(page);
  await page.getByRole("button", { name: /^Show \d+ photos in Test$/ }).press("Enter");
  await expect(page.getByRole("combobox", { name: /search/i })).toHaveValue("split:test");
});

test("refuses invalid shares, and removes a split", async ({ page, openWindow, calls }) => {
  await openWindow();
  await openDialog(page);
  await page.getByRole("button", { name: "Find near-duplicates" }).press("Enter");
  const split = page.getByRole("button", { name: "Split", exact: true });
  await expect(split).toBeEnabled();
  for (const name of ["Train", "Validation", "Test"]) await page.getByRole("spinbutton", { name }).fill("0");
  await expect(page.getByText("Enter 0 to 100% for each split, and more than 0 for at least one.")).toBeVisible();
  await expect(split).toBeDisabled();
  await page.getByRole("spinbutton", { name: "Train" }).fill("80");
  await expect(split).toBeEnabled();
  await split.press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await openDialog(page);
  await page.getByRole("button", { name: "Remove split" }).press("Enter");
  await expect(page.getByText("Removed the split")).toBeVisible();
  expect(argumentsOf(calls, "removeSplit")).toHaveLength(1);
});

test("the filter offers train, validation and test once there is a split", async ({ page, openWindow }) => {
  await openWindow();
  await page.keyboard.press("f");
  await expect(page.getByRole("dialog", { name: "Filter" })).toBeVisible();
  await expect(page.getByLabel("Split")).toHaveCount(0);
  await page.keyboard.press("Escape");
  await openDialog(page);
  await page.getByRole("button", { name: "Find near-duplicates" }).press("Enter");
  // pressing a key on a button that is still disabled would go elsewhere
  await expect(page.getByRole("button", { name: "Split", exact: true })).toBeEnabled();
  await page.getByRole("button", { name: "Split", exact: true }).press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.keyboard.press("f");
  await page.getByRole("combobox", { name: "Split" }).press("Enter");
  await page.getByRole("option", { name: /^Validation/ }).click();
  await expect(page.getByRole("combobox", { name: /search/i })).toHaveValue("split:validation");
  await clean(page);
});

test("v applies a photo's labels to its group, and to all groups after showing how many", async ({
  page,
  openWindow,
  library,
  calls,
}) => {
  await library.api.findDuplicates();
  await atRest(library.api);
  const [first, second, third] = (await library.api.duplicates()).groups!.map(({ photos }) => photos);
  const verdicts: AnnotationCall[] = [
    { photos: [first[0]], label: "own:Rex", verdict: "accept" },
    { photos: [first[0]], label: "own:Max", verdict: "reject" },
    { photos: [second[0]], label: "own:Rex", verdict: "accept" },
    { photos: [second[1]], label: "own:Rex", verdict: "reject" },
    { photos: [third[0]], label: "own:Rex", verdict: "accept" },
  ];
  await library.api.annotateEach({ verdicts });
  await openWindow();
  await page.getByRole("button", { name: "Near-duplicates" }).press("Enter");
  await page.locator(`#photo-${first[0]}`).click();
  const others = first.length - 1;
  await expect(page.getByRole("button", { name: `Apply labels to group (${2 * others} verdicts)` })).toBeVisible();
  await page.keyboard.press("v");
  await expect(page.getByText(`Applied ${2 * others} verdicts to ${others} photos`)).toBeVisible();
  await page.getByRole("button", { name: "Apply labels to all groups…" }).press("Enter");
  await expect(page.getByText(/You can undo this/)).toBeVisible();
  await expect(
    page.getByText("Skips 1 label that is accepted on one photo and rejected on another of the same group."),
  ).toBeVisible();
  await clean(page);
  await page.getByRole("button", { name: "Apply", exact: true }).press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  expect(argumentsOf(calls, "spreadVerdicts")).toEqual([{ photo: first[0] }, { photo: null }]);
  const accepted = (await library.api.browse({ ...VIEW, words: "label:Rex" })).photos;
  expect(new Set(accepted)).toEqual(new Set([...first, second[0], ...third]));
  await clean(page);
});
