import { expect, type Page } from "@playwright/test";
import { complaints } from "./complaints";
import { test } from "./real-library";

const palette = (page: Page) => page.getByRole("dialog", { name: "Command palette" });
const options = (page: Page) => palette(page).getByRole("option");
const heading = (page: Page, name: string | RegExp) => page.getByRole("heading", { level: 1, name });

test.afterEach(({ troubles }) => expect(troubles).toEqual([]));

test("the palette finds and runs commands from anywhere, says why others can't run, and returns the focus", async ({
  page,
  openWindow,
}) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await openWindow();
  // from the search box, too
  await page.keyboard.press("/");
  await page.keyboard.press("Control+k");
  await expect(options(page).first()).toHaveAttribute("aria-selected", "true");
  expect(await complaints(page)).toEqual([]);
  await page.keyboard.type("unlab");
  await expect(options(page).first()).toContainText("Unlabelled");
  await page.keyboard.press("Enter");
  await expect(palette(page)).toHaveCount(0);
  await expect(heading(page, "Unlabelled")).toBeVisible();

  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("reject label");
  await expect(options(page).filter({ hasText: "Reject the highlighted label" })).toContainText("Select a photo first");
  await expect(options(page).filter({ hasText: "Reject the highlighted label" })).toHaveAttribute(
    "aria-disabled",
    "true",
  );
  await page.keyboard.press("Control+a");
  await page.keyboard.type("zzzz");
  await expect(palette(page).getByText("No matching command").last()).toBeVisible();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  // used last, so it is first
  await expect(options(page).first()).toContainText("Unlabelled");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("about");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: /About/ })).toBeVisible();
});

test("buttons run their commands", async ({ page, openWindow }) => {
  await openWindow();
  const sidebar = page.getByRole("navigation", { name: "Library" });
  await page.getByRole("button", { name: "Hide sidebar" }).click();
  await expect(sidebar).toHaveCount(0);
  await page.getByRole("button", { name: "Show sidebar" }).press("Enter");
  await expect(sidebar).toBeVisible();
});

test("every button of the toolbar and item of its menu is a command of the palette", async ({ page, openWindow }) => {
  await openWindow();
  await page.getByRole("banner").getByRole("button", { name: "Harbour" }).click();
  const items = await page.getByRole("menu").getByRole("menuitem").all();
  expect(items.length).toBeGreaterThan(10);
  const texts = await Promise.all(items.map((item) => item.innerText()));
  const names = texts.map((each) => each.split("\n")[0]!.trim()).filter((name) => name !== "Command palette");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  for (const name of [
    ...names,
    "Search photos",
    "Filter photos",
    "Export labels",
    "Retraining and versions",
    "Show or hide the inspector",
  ]) {
    await page.keyboard.press("Control+a");
    await page.keyboard.type(name.replace("…", ""));
    await expect(options(page).first(), name).toContainText(name.replace("…", ""));
  }
});

test("a key of one's own: conflicts are named, tips and the list of keys show it, and a reset takes it back", async ({
  page,
  openWindow,
}) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await openWindow();
  await page.keyboard.press("Control+,");
  await page.getByRole("tab", { name: "Keyboard" }).click();
  const settings = page.getByRole("dialog", { name: "Settings" });
  await settings.getByRole("textbox", { name: "Find a command or key" }).fill("sidebar");
  const add = settings.getByRole("button", { name: "Add a key for “Show or hide the sidebar”" });
  await add.click();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("5");
  await expect(settings.getByRole("alert")).toHaveText(
    "5 can’t be used: it moves the focus, applies labels, or belongs to the browser.",
  );
  await page.keyboard.press("m");
  await expect(settings.getByRole("alert")).toHaveText("M is the key of “Map”, which would lose it.");
  expect(await complaints(page)).toEqual([]);
  await page.keyboard.press("Enter");
  await expect(add).toBeFocused();
  await settings.getByRole("button", { name: "Close" }).last().click();
  await page.keyboard.press("m");
  await expect(page.getByRole("navigation", { name: "Library" })).toHaveCount(0);
  await page.reload();
  await page.getByRole("gridcell").first().waitFor();
  await page.keyboard.press("m");
  await expect(page.getByRole("navigation", { name: "Library" })).toBeVisible();
  await page.keyboard.press("?");
  await page.getByRole("textbox", { name: "Find a shortcut" }).fill("sidebar");
  await expect(page.getByRole("dialog").locator("dd")).toHaveText("[M");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+,");
  await page.getByRole("tab", { name: "Keyboard" }).click();
  await settings.getByRole("button", { name: "Reset all keys" }).click();
  await settings.getByRole("button", { name: "Close" }).last().click();
  await page.keyboard.press("m");
  await expect(page.getByRole("heading", { level: 1, name: "Map" })).toBeVisible();
});
