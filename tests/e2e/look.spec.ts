/// <reference lib="dom" />
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { test } from "./mock-page";

/**
 * Screenshots of every view for inspection: `SEMBLANCE_LOOK=folder npx playwright test look`. Skipped unless that is
 * set, to keep test runs quick. `SEMBLANCE_LOOK_ONLY=grid,map` selects views.
 */
const FOLDER = process.env.SEMBLANCE_LOOK;
const ONLY = process.env.SEMBLANCE_LOOK_ONLY?.split(",");
const SIZES = [
  [640, 400],
  [1024, 700],
  [1280, 800],
  [2560, 1440],
] as const;
const COUNTS = [0, 1, 1000, 100_000];

/** The photo in the middle of a screen, or the only one. */
const choose = (page: Page, n = 2) => page.getByRole("gridcell").and(page.locator("[data-photo]")).nth(n);
const some = async (page: Page, photos: number) => choose(page, photos > 2 ? 2 : 0).click();
const menu = (item: string) => async (page: Page) => {
  await page.getByRole("button", { name: "Harbour", exact: true }).click();
  await page.getByRole("menuitem", { name: item }).click();
};
const review = (name: string) => async (page: Page) =>
  page.getByRole("navigation").getByRole("button", { name, exact: true }).click();

const manageLabels = async (page: Page) => {
  const button = page.getByRole("button", { name: "Manage labels" });
  if (!(await button.isVisible())) await page.keyboard.press("["); // a narrow window begins without the sidebar
  await button.click();
};

interface View {
  closed?: true;
  /** Backups of a damaged library. */
  damaged?: number;
  /** Views about a single photo. */ ofPhoto?: true;
  reach(page: Page, photos: number): Promise<unknown>;
}

const VIEWS: Record<string, View> = {
  welcome: { closed: true, reach: async () => undefined },
  grid: {
    reach: async (page, photos) => {
      if (photos > 0) await some(page, photos);
    },
  },
  search: {
    reach: async (page) => {
      await page.keyboard.press("/");
      await page.keyboard.type("boat");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: "“boat”" }).waitFor();
    },
  },
  similar: {
    ofPhoto: true,
    reach: async (page, photos) => {
      await some(page, photos);
      await page.keyboard.press("g");
      await page.getByRole("heading", { name: "Similar to this photo" }).waitFor();
    },
  },
  lightbox: {
    ofPhoto: true,
    reach: async (page, photos) => {
      await some(page, photos);
      await page.keyboard.press("Enter");
    },
  },
  queue: { reach: (page) => page.keyboard.press("n") },
  labelIssues: { reach: review("Label errors") },
  duplicates: {
    reach: async (page) => {
      await review("Near-duplicates")(page);
      await page.getByRole("button", { name: "Find near-duplicates" }).click();
    },
  },
  boxes: { reach: (page) => page.keyboard.press("b") },
  map: { reach: (page) => page.keyboard.press("m") },
  labels: { reach: manageLabels },
  evaluation: {
    reach: async (page) => {
      await page.keyboard.press("e");
      await page.getByLabel("Dataset").fill("/data/imagenet-200");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "Calibration" }).waitFor();
    },
  },
  problems: {
    reach: async (page, photos) => {
      if (photos > 1) await page.getByRole("button", { name: /^Problems/ }).click();
    },
  },
  settings: { reach: menu("Settings…") },
  models: {
    reach: async (page) => {
      await menu("Settings…")(page);
      await page.getByRole("tab", { name: "Models" }).click();
      await page.getByRole("button", { name: "Download SigLIP 2 base, 224 pixels" }).click();
    },
  },
  export: { reach: (page) => page.getByRole("button", { name: "Export" }).click() },
  learn: {
    ofPhoto: true,
    reach: async (page, photos) => {
      await some(page, photos);
      await page.keyboard.press("1");
      for (let i = 0; i < 2; i++)
        await page
          .getByRole("button", { name: /1 correction/ })
          .last()
          .click();
    },
  },
  versions: {
    ofPhoto: true,
    reach: async (page, photos) => {
      await some(page, photos);
      await page.keyboard.press("1");
      await page.keyboard.press("q");
      await page.keyboard.press("h");
      await page.getByRole("rowheader", { name: "Version 2" }).waitFor();
    },
  },
  "label-card": {
    ofPhoto: true,
    reach: async (page) => {
      await manageLabels(page);
      await page.getByRole("listbox", { name: "Labels" }).focus();
      await page.keyboard.press("ArrowDown");
    },
  },
  merge: {
    ofPhoto: true,
    reach: async (page) => {
      await manageLabels(page);
      await page.getByRole("listbox", { name: "Labels" }).focus();
      for (const key of ["Home", "Space", "ArrowDown", "Space", "m"]) await page.keyboard.press(key);
    },
  },
  "no-evaluation": { reach: (page) => page.keyboard.press("e") },
  import: { reach: (page) => page.keyboard.press("o") },
  "import-folders": {
    reach: async (page) => {
      await page.keyboard.press("o");
      await page.getByRole("radio", { name: /^Folder names/ }).click();
    },
  },
  "import-plan": {
    reach: async (page) => {
      await page.keyboard.press("o");
      await page.keyboard.press("Enter");
      await page.getByRole("dialog", { name: /^Import from/ }).waitFor();
    },
  },
  "export-xmp": {
    reach: async (page) => {
      await page.getByRole("button", { name: "Export" }).click();
      await page.getByText("XMP sidecars").click();
      await page.getByRole("button", { name: "Preview" }).click();
    },
  },
  split: {
    reach: async (page) => {
      await menu("Split into")(page);
      await page.getByRole("button", { name: "Find near-duplicates" }).last().click();
    },
  },
  about: { reach: menu("About Semblance") },
  labeller: { reach: menu("Export labelling model") },
  chooser: { closed: true, reach: (page) => page.getByRole("button", { name: "Open folder" }).click() },
  "open-copy": {
    closed: true,
    reach: (page) => page.getByRole("button", { name: "Open a library from another computer…" }).click(),
  },
  restore: {
    closed: true,
    damaged: 3,
    reach: (page) =>
      page
        .getByRole("button", { name: /^Harbour/ })
        .first()
        .click(),
  },
  keys: { reach: (page) => page.keyboard.press("?") },
  copy: { reach: menu("Copy library") },
  set: {
    reach: async (page) => {
      await page.keyboard.press("/");
      await page.keyboard.type("boat");
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Save search" }).click();
    },
  },
};

for (const [width, height] of SIZES) {
  for (const theme of ["light", "dark"] as const) {
    for (const photos of COUNTS) {
      for (const [view, { closed, damaged, ofPhoto, reach }] of Object.entries(VIEWS)) {
        if (!FOLDER || (ONLY && !ONLY.includes(view)) || (ofPhoto && photos === 0)) continue;
        test(`${view} ${photos} ${width} ${theme}`, async ({ page, openWindow }) => {
          await page.setViewportSize({ width, height });
          await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
          await openWindow({ photos, closed, damaged });
          if (!closed)
            await (
              photos > 0 ? choose(page, 0) : page.getByRole("heading", { name: "No photos in this folder" })
            ).waitFor();
          await reach(page, photos);
          await page.waitForTimeout(400); // waits for what loads late, such as plots and the map's words
          await expect
            .poll(() =>
              page
                .locator("img")
                .evaluateAll((images) => images.every((image) => (image as HTMLImageElement).complete)),
            )
            .toBe(true);
          mkdirSync(FOLDER, { recursive: true });
          await page.screenshot({ path: join(FOLDER, `${width}-${theme}-${photos}-${view}.png`) });
        });
      }
    }
  }
}
