/// <reference lib="dom" />
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { parse } from "csv-parse/sync";
import { SAMPLE_PHOTOS, samplePhoto } from "../fixtures/sample-photos";
import { type ServedProgram, serveFolder } from "./served-program";

/** The whole program as a person uses it: the built engine behind the browser host, real photos, the bundled model. */

/** Where to write the README's screenshots; unset, a test run leaves the checkout unchanged. */
const PICTURES = process.env.SEMBLANCE_PICTURES;

const scratch = mkdtempSync(join(tmpdir(), "semblance-uses-"));
const folder = join(scratch, "Holiday photos");
let program: ServedProgram;

test.describe.configure({ mode: "serial", timeout: 120_000 });

test.beforeAll(async () => {
  mkdirSync(join(folder, "plants"), { recursive: true });
  for (const name of SAMPLE_PHOTOS) {
    const place = /acanthus|allium/.test(name) ? join(folder, "plants") : folder;
    cpSync(samplePhoto(name), join(place, `${name}.jpg`));
  }
  program = await serveFolder(folder, join(scratch, "home"), { SEMBLANCE_PACK: undefined });
});

test.afterAll(async () => {
  await program.stop();
  rmSync(scratch, { recursive: true, force: true });
});

const originals = () =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .sort()
    .filter((name) => name.endsWith(".jpg"))
    .map((name) => {
      const file = join(folder, name);
      const { mtimeMs, mode, size } = statSync(file);
      return { name, mtimeMs, mode, size, hash: createHash("sha256").update(readFileSync(file)).digest("hex") };
    });

const tiles = (page: Page) => page.getByRole("gridcell");
const settled = (page: Page) => expect(page.getByText("7 photos", { exact: false }).first()).toBeVisible();

// guarantee: originals-untouched
test("opens a folder, searches, corrects, retrains and exports without changing the originals", async ({ page }) => {
  const before = originals();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));

  await page.goto(await program.newAddress());
  await settled(page);
  await expect(tiles(page)).toHaveCount(7);
  // Every photo is embedded, and at least one has a label.
  await expect(page.getByText(/[1-7] labelled/)).toBeVisible({ timeout: 60_000 });

  // A word that is not the name of a class.
  await page.keyboard.press("/");
  await page.keyboard.type("blossom");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: /blossom/ })).toBeVisible();
  await expect(tiles(page).first()).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("sailbaot");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "sailboat", exact: true }).click();
  await expect(page.getByRole("heading", { name: /sailboat/ })).toBeVisible();
  await page.getByRole("button", { name: "Clear search" }).click();

  // An own label on one photo, and a rejected label; both undone and redone with keys.
  await tiles(page).first().click();
  const field = page.getByRole("combobox", { name: "Add a label" });
  await expect(field).toBeVisible(); // the photo's labels have loaded
  await page.keyboard.press("t");
  await expect(field).toBeFocused();
  await page.keyboard.type("Aunt Marie's slides");
  await expect(page.getByRole("option").last()).toContainText("Aunt Marie's slides");
  await page.getByRole("option").last().click();
  const labels = page.getByRole("region", { name: "Labels of this photo" });
  await expect(labels).toContainText("Aunt Marie's slides");
  await page.keyboard.press("Escape");
  await page.getByRole("grid").focus();
  await page.keyboard.press("z");
  await expect(labels).not.toContainText("Aunt Marie's slides");
  await page.keyboard.press("Shift+Z");
  await expect(labels).toContainText("Aunt Marie's slides");

  // The model learns from the correction.
  await page.getByRole("button", { name: "Retraining and versions" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: /^Retrain (now|on 1 correction)/ }).click();
  await expect(dialog.getByText("Retrained.")).toBeVisible({ timeout: 60_000 });
  await page.keyboard.press("Escape");

  // The export is on disk.
  const file = join(scratch, "labels.csv");
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("textbox", { name: "File" }).fill(file);
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Export/ })
    .click();
  await expect(page.getByText("labels.csv").first()).toBeVisible();
  await expect.poll(() => readdirSync(scratch)).toContain("labels.csv");
  const rows = parse(readFileSync(file), { columns: true }) as {
    path: string;
    label: string;
    score: string;
    source: string;
    model: string;
  }[];
  expect(Object.keys(rows[0])).toEqual(["path", "label", "score", "source", "model"]);
  expect(rows.filter(({ source }) => source === "added").map(({ label, score }) => [label, score])).toEqual([
    ["Aunt Marie's slides", "1"],
  ]);
  expect(rows.some(({ source }) => source === "predicted")).toBe(true);
  for (const { path } of rows) expect(before.map(({ name }) => name)).toContain(path);

  expect(errors).toEqual([]);
  expect(originals()).toEqual(before);
});

test("corrections survive a restart of the window", async ({ page }) => {
  await page.goto(await program.newAddress());
  await settled(page);
  await expect(page.getByText("Aunt Marie's slides").first()).toBeVisible();
});

for (const scheme of ["light", "dark"] as const) {
  test(`the window in ${scheme}`, async ({ browser }) => {
    const page = await browser.newPage({ colorScheme: scheme, viewport: { width: 1280, height: 800 } });
    await page.goto(await program.newAddress());
    await settled(page);
    await tiles(page).nth(1).click();
    await expect(page.getByRole("region", { name: "Labels of this photo" })).toBeVisible();
    await expect
      .poll(() =>
        page.locator("img").evaluateAll((images) => images.every((image) => (image as HTMLImageElement).complete)),
      )
      .toBe(true);
    const spilling = () =>
      tiles(page)
        .locator("img")
        .evaluateAll(
          (images) =>
            images.filter(
              (image) => image.getBoundingClientRect().height > image.parentElement!.getBoundingClientRect().height,
            ).length,
        );
    expect(await spilling()).toBe(0); // tall images stay in their tiles too
    const picture = await page.screenshot(PICTURES ? { path: join(PICTURES, `window-${scheme}.png`) } : {});
    expect(picture.length).toBeGreaterThan(20_000);
    await page.close();
  });
}
