/// <reference lib="dom" />
import { expect, type Page } from "@playwright/test";
import { complaints } from "./complaints";
import { callsOf, test } from "./mock-page";

test.afterEach(({ troubles }) => expect(troubles).toEqual([]));

const dialogOf = (page: Page) => page.getByRole("dialog", { name: "Export labels" });
/** The text that says what will be exported, or the progress. */
const outcomeOf = (page: Page) => dialogOf(page).getByRole("status").last();

async function openExport(page: Page) {
  await page.getByRole("button", { name: "Export" }).click();
  return dialogOf(page);
}

test("shows what an export will write, and asks before replacing a file", async ({ page, openWindow }) => {
  await openWindow({ photos: 1000 });
  const dialog = await openExport(page);
  await expect(outcomeOf(page)).toHaveText(/^[\d,]+ labels for 990 files$/); // ten are unreadable
  const [labels] = (await outcomeOf(page).innerText()).split(" ");
  await expect(dialog.getByRole("textbox", { name: "File" })).toHaveValue("/home/ada/Harbour-labels.csv");
  await expect(dialog.getByRole("switch")).toBeChecked();
  await dialog.getByRole("textbox", { name: "File" }).fill("/home/ada/there.csv");
  await dialog.getByRole("button", { name: "Export" }).click();
  await expect(dialog.getByRole("alert")).toContainText("already exists");
  await dialog.getByRole("button", { name: "Replace file" }).click();
  await expect(dialog.getByText(`${labels} rows`)).toBeVisible();
  expect((await callsOf(page, "exportLabels")).at(-1)).toEqual({
    format: "csv",
    photos: null,
    labels: "shown",
    threshold: 0,
    file: "/home/ada/there.csv",
    text: "name",
    escapeFormulas: true,
    overwrite: true,
  });
  await dialog.getByRole("button", { name: "Show in folder" }).click();
  await expect.poll(() => callsOf(page, "revealExport")).toHaveLength(1);
});

test("chooses a format with the keyboard, which updates the path, and exports only the selected photos", async ({
  page,
  openWindow,
}) => {
  await openWindow({ photos: 1000 });
  await page.getByRole("gridcell").first().click();
  await page.keyboard.press("1"); // accepted, whatever its confidence
  const dialog = await openExport(page);
  await expect(dialog.getByRole("radio", { name: "CSV", exact: true })).toBeFocused();
  for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowDown");
  await expect(dialog.getByRole("radio", { name: "Folders" })).toBeChecked();
  await expect(dialog.getByRole("textbox", { name: "Folder" })).toHaveValue("/home/ada/Harbour-by-label");
  await expect(dialog.getByText(/at least 50%/)).toBeVisible();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("option", { name: /^Selection/ })).toBeVisible();
  for (const key of ["ArrowDown", "ArrowDown", "Enter"]) await page.keyboard.press(key);
  await expect(outcomeOf(page)).toHaveText("1 label for 1 file");
  await dialog.getByRole("textbox", { name: "Folder" }).fill("/home/ada/Pictures/Harbour/classes");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("alert")).toContainText("is inside the photo folder");
  await dialog.getByRole("textbox", { name: "Folder" }).fill("/home/ada/classes");
  await page.keyboard.press("Enter");
  await expect(dialog.getByText("1 file written to")).toBeVisible();
  const [{ photos, ...query }] = (await callsOf(page, "exportLabels")).slice(-1) as { photos: number[] }[];
  expect(photos).toHaveLength(1);
  expect(query).toEqual({
    format: "folders",
    labels: "shown",
    threshold: 0.5,
    folder: "/home/ada/classes",
    as: "copies",
  });
});

test("previews sidecars with refusals, and warns of Lightroom's limits", async ({ page, openWindow }) => {
  await openWindow({ photos: 20 });
  const dialog = await openExport(page);
  await dialog.getByText("XMP sidecars").click();
  await expect(dialog.getByText("Lightroom doesn’t read sidecars with this name.")).toBeVisible();
  await dialog.getByRole("combobox", { name: "File name" }).click();
  await page.getByRole("option", { name: /^photo\.xmp/ }).click();
  await expect(dialog.getByText("Lightroom ignores sidecars of JPEGs.")).toBeVisible();
  await dialog.getByRole("button", { name: "Preview" }).click();
  await expect(dialog.getByText("19 sidecars would be written.")).toBeVisible();
  await expect(dialog.getByText("isn’t valid XML")).toBeVisible();
  expect(await complaints(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Export" }).click();
  await expect(dialog.getByText("19 sidecars written to")).toBeVisible();
  expect((await callsOf(page, "exportLabels")).map((query) => (query as { dryRun: boolean }).dryRun)).toEqual([
    true,
    false,
  ]);
  expect(await complaints(page)).toEqual([]);
});

test("shows the progress of an export, which can be cancelled", async ({ page, openWindow }) => {
  await openWindow({ photos: 900 });
  const dialog = await openExport(page);
  await dialog.getByRole("textbox", { name: "File" }).fill("/home/ada/slow.csv");
  await page.keyboard.press("Enter");
  await expect(outcomeOf(page)).toContainText("300 of 900 files, 2 s left");
  await dialog.getByRole("button", { name: "Stop" }).click();
  await expect(dialog.getByRole("alert")).toHaveText("The export was cancelled.");
  await expect(dialog.getByRole("button", { name: "Export" })).toBeEnabled();
});
