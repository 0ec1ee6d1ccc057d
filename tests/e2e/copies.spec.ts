/// <reference lib="dom" />
import { expect } from "@playwright/test";
import { complaints } from "./complaints";
import { callsOf, test } from "./mock-page";

test.afterEach(({ troubles }) => expect(troubles).toEqual([]));

test("copies a library to a file, and overwrites another file only after confirmation", async ({
  page,
  openWindow,
}) => {
  await openWindow({ photos: 20 });
  await page.getByRole("button", { name: "Harbour", exact: true }).click();
  await page.getByRole("menuitem", { name: "Copy library to another computer…" }).click();
  const file = page.getByRole("textbox", { name: "File" });
  await expect(file).toHaveValue("/home/ada/Harbour.semblance");
  await file.fill("/home/ada/there.csv");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toHaveText("/home/ada/there.csv already exists.");
  await file.fill("/home/ada/new.semblance");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "copied to" })).toContainText("/home/ada/new.semblance");
  expect(await complaints(page)).toEqual([]);
  expect(await callsOf(page, "copyLibrary")).toEqual([
    { file: "/home/ada/there.csv", overwrite: false },
    { file: "/home/ada/new.semblance", overwrite: false },
  ]);
});

test("opens a library copy from the welcome screen, and sets an existing library aside only on request", async ({
  page,
  openWindow,
}) => {
  await openWindow({ photos: 20, closed: true });
  await page.getByRole("button", { name: "Open a library from another computer…" }).click();
  await page.getByRole("textbox", { name: "Library file" }).fill("/home/ada/new.semblance");
  await page.getByRole("textbox", { name: "Photo folder" }).fill("/home/ada/Pictures/Harbour");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toContainText("already has a library.");
  expect(await complaints(page)).toEqual([]);
  await page.getByRole("button", { name: "Set existing library aside" }).click();
  await expect(page.getByRole("heading", { name: "All photos" })).toBeVisible();
  expect((await callsOf(page, "openCopy")).at(-1)).toEqual({
    file: "/home/ada/new.semblance",
    folder: "/home/ada/Pictures/Harbour",
    replace: true,
  });
});

test("locates a missing folder, whose notice can be dismissed", async ({ page, openWindow }) => {
  await openWindow({
    photos: 20,
    closed: true,
    folderDialog: true,
    notices: ["The model pack of this library is gone: the bundled one stands in."],
  });
  await page.getByRole("button", { name: "Missing · Locate…" }).click();
  const notice = page.getByRole("status").filter({ hasText: "stands in" });
  await expect(notice).toBeVisible();
  await page.getByRole("button", { name: "Dismiss" }).click();
  await expect(notice).toHaveCount(0);
});

test("a folder that took over a missing folder's library can leave that folder its own copy", async ({
  page,
  openWindow,
}) => {
  await openWindow({ photos: 20, movedFrom: "/media/ada/old disk/Harbour" });
  const notice = page.getByRole("status").filter({ hasText: "now uses the library of /media/ada/old disk/Harbour" });
  await expect(notice).toBeVisible();
  expect(await complaints(page)).toEqual([]);
  await page.getByRole("button", { name: "Keep a library for both" }).press("Enter");
  await expect(notice).toHaveCount(0);
  expect(await callsOf(page, "copyToPreviousFolder")).toHaveLength(1);
});
