/// <reference lib="dom" />
import { expect } from "@playwright/test";
import { complaints } from "./complaints";
import { callsOf, test } from "./mock-page";

test.afterEach(({ troubles }) => expect(troubles).toEqual([]));

// guarantee: corrupt-library
test("restores a damaged library from the chosen backup, with the keyboard", async ({ page, openWindow }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.setViewportSize({ width: 1280, height: 800 });
  await openWindow({ photos: 20, closed: true, damaged: 3 });
  await page
    .getByRole("button", { name: /^Harbour/ })
    .first()
    .press("Enter");
  const dialog = page.getByRole("dialog", { name: "The library “Harbour” is damaged" });
  await expect(dialog.getByRole("radio", { name: /January 20, 2026.*340 verdicts/ })).toBeChecked();
  expect(await complaints(page)).toEqual([]);
  await dialog.getByRole("radio").first().focus();
  await page.keyboard.press("ArrowDown");
  await expect(dialog.getByRole("radio", { name: /January 19, 2026.*320 verdicts/ })).toBeChecked();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "All photos" })).toBeVisible();
  await expect(
    page.getByText("Restored 346 verdicts, 6 of them from the damaged library. 1 newer verdict was lost."),
  ).toBeVisible();
  expect(await callsOf(page, "restoreLibrary")).toEqual([
    { folder: "/home/ada/Pictures/Harbour", copy: "library-exit-2026-01-19T10-00-00-000Z.db" },
  ]);
});

// guarantee: corrupt-library
test("without a backup, offers an empty library and waits for the user to accept", async ({ page, openWindow }) => {
  await openWindow({ photos: 20, closed: true, damaged: 0 });
  await page
    .getByRole("button", { name: /^Harbour/ })
    .first()
    .click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("No backups found")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Start empty" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  expect(await callsOf(page, "restoreLibrary")).toEqual([]);
});

// guarantee: corrupt-while-open
test("a library that becomes damaged while open shows the choice of backups, and reopens once restored", async ({
  page,
  openWindow,
}) => {
  await openWindow({ photos: 20, damaged: 2 });
  await expect(page.getByRole("heading", { name: "All photos" })).toBeVisible();
  await page.evaluate(() =>
    mock.emit("damaged", {
      folder: "/home/ada/Pictures/Harbour",
      message: "/home/ada/.local/share/semblance/libraries/0-harbour/library.db is damaged (invalid page number 7)",
    }),
  );
  const dialog = page.getByRole("dialog", { name: "The library “Harbour” is damaged" });
  await expect(dialog.getByText("invalid page number 7")).toHaveCount(1);
  expect(await complaints(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Restore", exact: true }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "All photos" })).toBeVisible();
  await expect(page.getByText("Restored 346 verdicts")).toBeVisible();
});

// guarantee: corrupt-library
test("a program started with a damaged library asks at once which backup to restore", async ({ page, openWindow }) => {
  await openWindow({ photos: 20, closed: true, damaged: 1, foundDamaged: true });
  const dialog = page.getByRole("dialog", { name: "The library “Harbour” is damaged" });
  await dialog.getByRole("button", { name: "Restore", exact: true }).click();
  await expect(page.getByRole("heading", { name: "All photos" })).toBeVisible();
  await expect(dialog).toHaveCount(0);
});

// guarantee: full-disk
test("the message that the disk is full stays until there is space", async ({ page, openWindow }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.setViewportSize({ width: 1280, height: 800 });
  await openWindow({ photos: 20 });
  await expect(page.getByRole("heading", { name: "All photos" })).toBeVisible();
  await page.evaluate(() =>
    mock.emit("disk", {
      fault:
        "The disk is full: nothing more can be stored in /home/ada/.local/share/semblance until there is room. All that was acknowledged before is kept.",
    }),
  );
  const banner = page.getByRole("alert").filter({ hasText: "The disk is full" });
  await expect(banner).toBeVisible();
  expect(await complaints(page)).toEqual([]);
  await banner.getByRole("button", { name: "Try again" }).press("Enter");
  await expect(banner).toHaveCount(0);
  expect(await callsOf(page, "tryDisk")).toHaveLength(1);
});
