import { expect, type Page } from "@playwright/test";
import { complaints } from "./complaints";
import { callsOf, test } from "./mock-page";
import { tabTo } from "./tab-to";

test.afterEach(({ troubles }) => expect(troubles).toEqual([]));

const dialog = (page: Page) => page.getByRole("dialog");

/** Chooses an entry of the library's menu with the keyboard. */
async function choose(page: Page, item: string) {
  await tabTo(page, "button", "Harbour");
  await page.keyboard.press("Enter");
  await page.getByRole("menu").waitFor();
  await tabTo(page, "menuitem", item, "ArrowDown");
  await page.keyboard.press("Enter");
  await dialog(page).waitFor();
}

test("changes settings with the keyboard alone", async ({ page, openWindow }) => {
  await openWindow({ photos: 30, liveLearning: false });
  await choose(page, "Settings…");
  await tabTo(page, "combobox", "Label set");
  await page.keyboard.press("Enter");
  await page.keyboard.type("All");
  await page.keyboard.press("Enter");
  await expect(dialog(page).getByRole("combobox", { name: "Label set" })).toContainText("All nouns");
  await tabTo(page, "switch", "Retrain automatically");
  await page.keyboard.press("Space");
  await tabTo(page, "combobox", "Excluded folders");
  await page.keyboard.type("private");
  await page.keyboard.press("Enter");
  await expect(dialog(page).getByRole("listitem").filter({ hasText: "private" })).toBeVisible();
  await tabTo(page, "spinbutton", "Thumbnail cache");
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("800");
  expect(await complaints(page)).toEqual([]);
  await page.keyboard.press("Enter");
  await expect(dialog(page)).toHaveCount(0);
  expect(await callsOf(page, "changeSettings")).toMatchObject([
    { labelSet: "all-nouns", liveLearning: true, excludedFolders: ["drafts", "private"], thumbnailMegabytes: 800 },
  ]);
  await expect(page.getByRole("button", { name: "Harbour", exact: true })).toBeFocused();
});

test("copies a library with the keyboard alone", async ({ page, openWindow }) => {
  await openWindow({ photos: 30 });
  await choose(page, "Copy library to another computer…");
  await expect(page.getByRole("textbox", { name: "File" })).toBeFocused();
  expect(await complaints(page)).toEqual([]);
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("/home/ada/mine.semblance");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "copied to" })).toContainText("/home/ada/mine.semblance");
  await expect(dialog(page).getByRole("button", { name: "Done" })).toBeFocused();
  expect(await complaints(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(dialog(page)).toHaveCount(0);
  expect(await callsOf(page, "copyLibrary")).toEqual([{ file: "/home/ada/mine.semblance", overwrite: false }]);
});

test("retrains and compares two versions with the keyboard alone", async ({ page, openWindow }) => {
  await openWindow({ photos: 200, liveLearning: false });
  await tabTo(page, "grid", "Photos");
  await page.keyboard.press("ArrowRight");
  await page.getByRole("region", { name: "Labels of this photo" }).getByRole("listitem").first().waitFor();
  await page.keyboard.press("1");
  await tabTo(page, "button", "Retrain on 1 correction");
  await page.keyboard.press("Enter");
  await dialog(page).waitFor();
  expect(await complaints(page)).toEqual([]);
  await expect(dialog(page).getByRole("button", { name: /^Retrain on 1 correction/ })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(dialog(page).getByText("Retrained.")).toBeVisible();
  await tabTo(page, "button", /^Versions/);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Versions", exact: true })).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "Version 2" })).toContainText("50% → 83%"); // hits on the hold-out
  await tabTo(page, "button", "Compare");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Version comparison" })).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "200 photos compared" })).toBeVisible();
  expect(await complaints(page)).toEqual([]);
});

test("saves a search with the keyboard alone", async ({ page, openWindow }) => {
  await openWindow({ photos: 200 });
  await page.getByRole("gridcell").first().waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("boat");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "“boat”" }).waitFor();
  await tabTo(page, "button", "Save search");
  await page.keyboard.press("Enter");
  await dialog(page).waitFor();
  expect(await complaints(page)).toEqual([]);
  await page.keyboard.type("All my boats");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("navigation").getByRole("button", { name: /^All my boats/ })).toBeVisible();
});

test("shows the progress of an export, which can be cancelled", async ({ page, openWindow }) => {
  await openWindow({ photos: 900 });
  await page.getByRole("button", { name: "Export" }).click();
  const exporting = dialog(page);
  const outcome = exporting.getByRole("status").last();
  await exporting.getByRole("textbox", { name: "File" }).fill("/home/ada/slow.csv");
  await page.keyboard.press("Enter");
  await expect(outcome).toContainText("300 of 900 files, 2 s left");
  await exporting.getByRole("button", { name: "Stop" }).click();
  await expect(exporting.getByRole("alert")).toHaveText("The export was cancelled.");
  await expect(exporting.getByRole("button", { name: "Export" })).toBeEnabled();
});

test("Browse… fills in the file of an import, if the host has a dialog", async ({ page, openWindow }) => {
  await openWindow({ photos: 30, folderDialog: true });
  await page.getByRole("gridcell").first().waitFor();
  await page.keyboard.press("o");
  await page.getByRole("radio", { name: /^CSV/ }).press("Space");
  await page.getByRole("button", { name: "Browse…" }).press("Enter");
  await expect(page.getByRole("textbox", { name: "File" })).toHaveValue("/home/ada/labels.csv");
});
