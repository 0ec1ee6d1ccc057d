/// <reference lib="dom" />
import { expect } from "@playwright/test";
import { complaints } from "./complaints";
import { callsOf, test } from "./mock-page";

test.afterEach(({ troubles }) => expect(troubles).toEqual([]));

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
