/// <reference lib="dom" />
import { expect, type Page } from "@playwright/test";
import { argumentsOf, atRest, test } from "./real-library";

/** Photos found by a word, by similarity, on the map, and why they have a label. */

const map = (page: Page) => page.getByRole("application");
const mapLabels = (page: Page) => page.getByRole("listbox", { name: /^Labels:/ });
const head = (page: Page) => page.getByRole("main").getByRole("status").first();
const tiles = (page: Page) => page.getByRole("gridcell");
const labels = (page: Page) => page.getByRole("region", { name: "Labels of this photo" });
const why = (page: Page) => page.getByRole("dialog", { name: /^Why/ });

test.afterEach(({ troubles }) => expect(troubles).toEqual([]));

test("an unknown word suggests known ones, and results show their relevance", async ({ page, openWindow }) => {
  await openWindow();
  await page.keyboard.press("/");
  await page.keyboard.type("goldfsh");
  await expect(page.getByText("Unknown word")).toBeVisible();
  await page.getByRole("button", { name: "goldfish", exact: true }).first().click();
  await expect(page.getByRole("heading", { name: "“goldfish”" })).toBeVisible();
  await expect(page.getByRole("combobox", { name: /^Search photos/ })).toHaveValue("goldfish");
  await expect(tiles(page).first()).toContainText("%");
  await page.getByRole("button", { name: "All photos" }).click();
  await expect(page.getByRole("combobox", { name: /^Search photos/ })).toHaveValue("");
});

test("g finds photos similar to the selected ones, shift+g excludes those similar to another, and chips remove either", async ({
  page,
  openWindow,
  calls,
}) => {
  await openWindow();
  await tiles(page).nth(2).click();
  await page.keyboard.press("g");
  await expect(page.getByRole("heading", { name: "Similar to this photo" })).toBeVisible();
  const group = page.getByRole("group", { name: "Similarity search" });
  await expect(group.getByRole("button", { name: "Stop searching for photos like IMG_0040.jpg" })).toBeVisible();
  await expect(tiles(page).first()).toContainText("%");
  await page.getByRole("grid").focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("Shift+G");
  await expect(group.getByRole("button", { name: /^Stop excluding/ })).toHaveCount(1);
  await page.getByRole("grid").focus();
  await page.keyboard.press("End");
  await page.keyboard.press("g");
  await expect(page.getByRole("heading", { name: "Similar to these 2 photos" })).toBeVisible();
  const asked = argumentsOf(calls, "browse") as { similar?: { like: number[]; unlike: number[] }; sort: string }[];
  expect(asked.at(-1)!.similar!.like).toHaveLength(2);
  expect(asked.at(-1)!.similar!.unlike).toHaveLength(1);
  expect(asked.at(-1)!.sort).toBe("relevance");
  await group.getByRole("button", { name: /^Stop excluding/ }).focus();
  await page.keyboard.press("Enter");
  await expect(group.getByRole("button")).toHaveCount(2);
  for (let i = 0; i < 2; i++) await group.getByRole("button").first().click();
  await expect(page.getByRole("heading", { name: "All photos" })).toBeVisible();
});

test("g without a selection asks for one, and the button beside a photo does the same as g", async ({
  page,
  openWindow,
}) => {
  await openWindow();
  await expect(tiles(page).first()).toBeVisible();
  await page.keyboard.press("g");
  await expect(page.getByText("Select a photo first")).toBeVisible();
  await tiles(page).first().click();
  await page.getByRole("button", { name: "Find similar" }).click();
  await expect(page.getByRole("heading", { name: "Similar to this photo" })).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type("boat");
  await expect(page.getByRole("heading", { name: "“boat”" })).toBeVisible(); // starts a new search
  await expect(page.getByRole("group", { name: "Similarity search" })).toBeHidden();
});
test("with the keyboard alone: selects a label's photos on the map, annotates them, shows them in the grid, and goes back", async ({
  page,
  openWindow,
  calls,
}) => {
  await openWindow();
  await page.keyboard.press("m");
  await expect(map(page)).toBeVisible();
  await expect(page.locator(".words span").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Map", exact: true })).toHaveAttribute("aria-current", "page");
  await mapLabels(page).focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const name = (await mapLabels(page).getByRole("option").nth(1).innerText()).split("\n");
  await expect(head(page)).toHaveText(`${name.at(-1)} of 42 photos selected`);
  const shared = page.getByRole("region", { name: "Labels of the selected photos" }).getByRole("listitem");
  await expect(shared.filter({ hasText: name[0] }).first()).toContainText(`of ${name.at(-1)}`);
  await map(page).focus();
  await page.keyboard.press("1");
  await expect(page.getByText(/^Accepted “/)).toBeVisible();
  const [given] = argumentsOf(calls, "annotate") as { photos: number[] }[];
  expect(given.photos).toHaveLength(Number(name.at(-1)));
  const show = page.getByRole("button", { name: "Show in grid" });
  await show.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Selected photos" })).toBeVisible();
  await expect(head(page)).toContainText(`${name.at(-1)} of ${name.at(-1)} selected`);
  await page.keyboard.press("m");
  await expect(map(page)).toBeVisible();
  await page.keyboard.press("m");
  await expect(page.getByRole("heading", { name: "All photos" })).toBeVisible();
});

test("w explains the highlighted label: classes, words and photos", async ({ page, openWindow, library, calls }) => {
  // Three photos of the same scene teach the label.
  for (const name of ["IMG_0011.jpg", "IMG_0018.jpg", "IMG_0039.jpg"]) {
    const { photo, labels: shown } = await library.photoNamed(name);
    await library.api.annotate({ photos: [photo], label: shown[0].label, verdict: "accept" });
  }
  await library.api.retrain();
  await atRest(library.api);
  await openWindow();
  const { photo } = await library.photoNamed("IMG_0032.jpg");
  await page.locator(`#photo-${photo}`).click();
  await expect(labels(page).getByRole("listitem").first()).toContainText("barn");
  await page.keyboard.press("w");
  await expect(why(page)).toBeFocused();
  await expect(why(page)).toContainText(/Looks like barn \d+%/);
  await expect(why(page)).toContainText("Close in meaning to");
  await expect(why(page).getByRole("img")).toHaveCount(3);
  expect(argumentsOf(calls, "explain")).toHaveLength(1);
  await page.keyboard.press("w");
  await expect(why(page)).toBeHidden();
  await expect(page.getByRole("grid")).toBeFocused();
  await page.keyboard.press("w");
  await page.keyboard.press("x"); // a rejected label needs no explanation
  await expect(why(page)).toBeHidden();
  await page.keyboard.press("w");
  await expect(why(page)).toBeVisible();
});
