/// <reference lib="dom" />
import { expect } from "@playwright/test";
import { test } from "./mock-page";
import { tabTo } from "./tab-to";

test.afterEach(({ troubles }) => expect(troubles).toEqual([]));

// guarantee: keyboard
test("every view can be reached with the keyboard alone", async ({ page, openWindow }) => {
  await openWindow({ photos: 300 });
  await expect(page.getByRole("gridcell").first()).toBeVisible();
  // In Tab order.
  for (const [name, heading] of [
    [/^All photos/, "All photos"],
    [/^Reviewed/, "Reviewed"],
    ["Boxes", "Boxes"],
    [/^Problems/, /can’t be read|Problems/],
    [/^Unreviewed/, "Unreviewed"],
    ["Most uncertain", "Most uncertain"],
    ["Label errors", "Label errors"],
    ["Near-duplicates", "Near-duplicates"],
    ["Manage labels", "Labels"],
  ] as const) {
    await tabTo(page, "button", name);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("main").getByRole("heading", { name: heading }).first()).toBeVisible();
  }
  await tabTo(page, "button", /^All photos/); // among the labels, m merges
  await page.keyboard.press("Enter");
  await page.keyboard.press("m");
  await expect(page.getByRole("application")).toBeVisible();
  await page.keyboard.press("m");
  await page.keyboard.press("e");
  await expect(page.getByRole("heading", { name: "How accurate are the labels?" })).toBeVisible();
  await page.keyboard.press("e");
  await tabTo(page, "grid", "Photos");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("grid")).toBeFocused();
});

test("a dialog returns the focus to what opened it", async ({ page, openWindow }) => {
  await openWindow({ photos: 300 });
  await expect(page.getByRole("gridcell").first()).toBeVisible();
  await tabTo(page, "button", "Export");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Export", exact: true })).toBeFocused();
  await tabTo(page, "grid", "Photos");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("grid")).toBeFocused();
});

for (const colorScheme of ["light", "dark"] as const) {
  // guarantee: keyboard
  test(`the focus is visible at every Tab stop, in ${colorScheme} mode`, async ({ page, openWindow }) => {
    await page.emulateMedia({ colorScheme });
    await openWindow({ photos: 300 });
    await page.getByRole("gridcell").first().click();
    await expect(page.getByRole("region", { name: "Labels of this photo" })).toBeVisible();
    let stops: string[] = [];
    let turns = 0;
    const unseen: string[] = [];
    while (turns < 2) {
      await page.keyboard.press("Tab");
      const stop = await page.evaluate(() => {
        const element = document.activeElement;
        if (!element || element === document.body) return null;
        // The grid shows focus on the focused photo.
        const shown =
          element.getAttribute("role") === "grid" ? (document.querySelector(".focused .frame") ?? element) : element;
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(shown);
        return {
          name: element.getAttribute("aria-label") ?? element.textContent.trim(),
          seen: (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none",
        };
      });
      if (stop === null) {
        // Leave the page and enter it again at its start, where the order begins.
        if (turns++ === 0) stops = [];
        continue;
      }
      stops.push(stop.name);
      if (!stop.seen) unseen.push(stop.name);
    }
    expect(unseen).toEqual([]);
    expect(stops.length).toBeGreaterThan(20);
    // sidebar, photos, inspector
    expect(stops.indexOf("Photos")).toBeGreaterThan(stops.findIndex((name) => name.startsWith("All photos")));
    expect(stops.findIndex((name) => name.startsWith("Accept "))).toBeGreaterThan(stops.indexOf("Photos"));
  });
}
