import { expect, type Page } from "@playwright/test";
import { complaints } from "./complaints";
import { test } from "./mock-page";

const library = (page: Page) => page.getByRole("button", { name: "Harbour", exact: true });
const menu = (item: string) => async (page: Page) => {
  await library(page).click();
  await page.getByRole("menuitem", { name: item }).click();
  await page.getByRole("dialog").waitFor();
};
const photo = (page: Page, n = 2) => page.getByRole("gridcell").nth(n);

/** Opens the explanation of a label on a photo found by searching for it. */
async function askWhy(page: Page, name: string, answer: string) {
  await page.keyboard.press("/");
  await page.keyboard.type(name);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: `“${name}”` }).waitFor();
  await photo(page, 0).click();
  await page.getByRole("button", { name: `Why ${name}?` }).click();
  await page.getByRole("dialog").getByText(answer).waitFor();
}

const VIEWS: Record<string, { photos?: number; closed?: boolean; reach?: (page: Page) => Promise<unknown> }> = {
  "the welcome screen": { closed: true },
  "the folder chooser": { closed: true, reach: (page) => page.getByRole("button", { name: "Open folder" }).click() },
  "the library": {},
  "an empty library": { photos: 0 },
  "a photo with annotations": {
    reach: async (page) => {
      await photo(page).click();
      await page.keyboard.press("1");
      await page.getByText("accepted", { exact: true }).waitFor();
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("x");
      await page.getByRole("button", { name: "1 rejected" }).click();
    },
  },
  "a selection": {
    reach: async (page) => {
      await photo(page).click();
      await page.keyboard.press("Shift+ArrowDown");
    },
  },
  "suggestions for a label": {
    reach: async (page) => {
      await photo(page).click();
      await page.keyboard.press("t");
      await page.keyboard.type("cra");
      await page.getByRole("option").first().waitFor();
    },
  },
  "the Loupe view": {
    reach: async (page) => {
      await photo(page).dblclick();
      await page.getByRole("dialog").waitFor();
    },
  },
  "boxes over a photo": {
    reach: async (page) => {
      await photo(page).dblclick();
      await page.getByRole("dialog").waitFor();
      await page.keyboard.press("b");
      await page.getByRole("list", { name: "Boxes in this photo" }).getByRole("button").first().focus();
      await page.getByRole("button", { name: /^Reject box/ }).waitFor();
    },
  },
  "all boxes of a label": {
    reach: async (page) => {
      await photo(page).waitFor();
      await page.keyboard.press("b");
      await page
        .getByRole("option", { name: /not judged$/ })
        .first()
        .waitFor();
      await page.keyboard.press("Shift+ArrowRight");
    },
  },
  "a box that gets its label": {
    reach: async (page) => {
      await photo(page).dblclick();
      await page.getByRole("dialog").waitFor();
      await page.keyboard.press("r");
      await page.keyboard.press("Enter");
      await page.getByText("Arrow keys move the box").first().waitFor();
      await page.keyboard.press("Enter");
      await page.getByRole("option").first().waitFor();
    },
  },
  "search results": {
    reach: async (page) => {
      await page.keyboard.press("/");
      await page.keyboard.type("boat");
      await page.getByRole("heading", { name: "“boat”" }).waitFor();
    },
  },
  "an unknown word": {
    reach: async (page) => {
      await page.keyboard.press("/");
      await page.keyboard.type("goldfsh");
      await page.getByText("Unknown word").waitFor();
    },
  },
  "the problems": { reach: (page) => page.getByRole("button", { name: /^Problems/ }).click() },
  "the sort menu": { reach: (page) => page.getByRole("button", { name: "Date taken" }).click() },
  "the export dialog": { reach: (page) => page.getByRole("button", { name: "Export" }).click() },
  "the learning panel": {
    reach: async (page) => {
      await photo(page).click();
      await page.keyboard.press("1");
      for (let i = 0; i < 2; i++)
        await page
          .getByRole("button", { name: /1 correction/ })
          .last()
          .click();
      await page.getByText("Retrained.").waitFor();
    },
  },
  "a label's explanation": { reach: (page) => askWhy(page, "lighthouse", "Looks like") },
  "a label without an explanation": { reach: (page) => askWhy(page, "orchard", "No single reason") },
  "the map": {
    reach: async (page) => {
      await page.keyboard.press("m");
      await page.locator(".words span").first().waitFor();
    },
  },
  "a label's photos on the map": {
    reach: async (page) => {
      await page.keyboard.press("m");
      await page.getByRole("option").first().click();
      await page.getByRole("region", { name: "Labels of the selected photos" }).getByRole("listitem").first().waitFor();
    },
  },
  "photos similar to one and unlike another": {
    reach: async (page) => {
      await photo(page).click();
      await page.keyboard.press("g");
      await page.getByRole("heading", { name: "Similar to this photo" }).waitFor();
      await photo(page).click();
      await page.keyboard.press("Shift+G");
      await page.getByRole("button", { name: /^Stop excluding/ }).waitFor();
    },
  },
  "no evaluation yet": {
    reach: async (page) => {
      await page.keyboard.press("e");
      await page.getByRole("heading", { name: "How accurate are the labels?" }).waitFor();
    },
  },
  "an evaluation": {
    reach: async (page) => {
      await page.keyboard.press("e");
      await page.getByLabel("Dataset").fill("/data/imagenet-200");
      await page.keyboard.press("Enter");
      await page.getByRole("tab", { name: /^Unseen/ }).click();
      await page.getByRole("heading", { name: "Calibration" }).waitFor();
    },
  },
  "a missing data set": {
    reach: async (page) => {
      await page.keyboard.press("e");
      await page.getByLabel("Dataset").fill("/nowhere");
      await page.keyboard.press("Enter");
      await page.getByRole("alert").waitFor();
    },
  },
  "the settings": { reach: menu("Settings…") },
  "the models": {
    reach: async (page) => {
      await menu("Settings…")(page);
      await page.getByRole("tab", { name: "Models" }).click();
      await page.getByRole("button", { name: "Download SigLIP 2 base, 224 pixels" }).click();
      await page.getByRole("button", { name: "Use Garden birds for this library" }).click();
    },
  },
  about: { reach: menu("About Semblance") },
  "the keyboard shortcuts": { reach: (page) => page.keyboard.press("?") },
};

for (const [view, { photos = 300, closed, reach }] of Object.entries(VIEWS)) {
  // guarantee: accessible
  test(`${view}: axe reports no violations in light or dark mode`, async ({ page, openWindow }) => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    await openWindow({ photos, closed });
    if (!closed && photos > 0) await photo(page).waitFor();
    await reach?.(page);
    expect(await complaints(page)).toEqual([]);
  });
}
