/// <reference lib="dom" />
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import sharp from "sharp";
import { writeCalibratedPack } from "../fixtures/calibrated-pack";
import { type ServedProgram, serveFolder } from "./served-program";

/** All boxes of a label in the built program. In each photo a dog and two persons are found, surer if it is brighter. */

const GREYS = [255, 250, 245, 240, 235, 230];
const scratch = mkdtempSync(join(tmpdir(), "semblance-box-tiles-"));
const folder = join(scratch, "Grey");
let program: ServedProgram;

test.describe.configure({ mode: "serial", timeout: 60_000 });

test.beforeAll(async () => {
  mkdirSync(folder);
  mkdirSync(join(scratch, "pack"));
  for (const grey of GREYS) {
    const background = { r: grey, g: grey, b: grey };
    await sharp({ create: { width: 800, height: 600, channels: 3, background } })
      .jpeg()
      .toFile(join(folder, `${grey}.jpg`));
  }
  program = await serveFolder(folder, join(scratch, "home"), {
    SEMBLANCE_PACK: writeCalibratedPack(join(scratch, "pack")),
  });
});

test.afterAll(async () => {
  await program.stop();
  rmSync(scratch, { recursive: true, force: true });
});

const list = (page: Page) => page.getByRole("listbox", { name: "Boxes “dog”" });
const tiles = (page: Page) => list(page).getByRole("option");
const files = (page: Page) =>
  tiles(page).evaluateAll((all) => all.map((tile) => /in (\d+)\.jpg/.exec(tile.getAttribute("aria-label")!)![1]));
const says = (page: Page, text: string) => expect(page.getByText(text, { exact: true }).first()).toBeVisible();
const focused = (page: Page) =>
  list(page).evaluate((all) => document.getElementById(all.getAttribute("aria-activedescendant")!)!.ariaLabel);

/** Opens the boxes of the dog in a new page. */
async function openDogs(page: Page) {
  await page.goto(await program.newAddress());
  await expect(page.getByRole("gridcell")).toHaveCount(GREYS.length, { timeout: 60_000 });
  await expect(page.getByRole("list", { name: "Background tasks" })).toHaveCount(0, { timeout: 90_000 });
  await page.getByRole("button", { name: "Boxes", exact: true }).click();
  await page.getByLabel("Label", { exact: true }).click();
  await page.getByRole("option", { name: /^dog/ }).click();
}

// guarantee: keyboard
test("the most doubtful box comes first; W and X judge it and go on, Z brings it back, X among the rejected takes it back", async ({
  page,
}) => {
  await openDogs(page);
  await expect(tiles(page)).toHaveCount(6);
  await list(page).focus();
  expect(await files(page)).toEqual(["230", "235", "240", "245", "250", "255"]);
  expect(await focused(page)).toMatch(/^dog, \d+%, in 230\.jpg, not judged$/);
  await says(page, "6 boxes, 0 judged");
  await page.keyboard.press("x");
  expect(await focused(page)).toContain("in 235.jpg");
  await page.keyboard.press("w");
  await page.keyboard.press("Shift+ArrowRight");
  await says(page, "2 of 4 selected");
  await page.keyboard.press("x");
  await says(page, "6 boxes, 4 judged");
  expect(await files(page)).toEqual(["250", "255"]);
  expect(await focused(page)).toContain("in 250.jpg");
  await says(page, "Rejected 2 boxes “dog”");
  await page.keyboard.press("z");
  await says(page, "6 boxes, 2 judged");
  expect(await files(page)).toEqual(["240", "245", "250", "255"]);

  await page.getByLabel("Show", { exact: true }).click();
  await page.getByRole("option", { name: "Rejected (1)" }).click();
  await expect(tiles(page)).toHaveCount(1);
  expect(await focused(page)).toMatch(/in 230\.jpg, rejected$/);
  await list(page).focus();
  await page.keyboard.press("x");
  await says(page, "None here");
  await says(page, "Cleared verdict on box “dog”");
  await page.getByRole("button", { name: "Show all 6" }).click();
  await expect(tiles(page)).toHaveCount(6);
  await expect(tiles(page).filter({ has: page.locator(".verdict") })).toHaveCount(1); // the accepted one
  await page.keyboard.press("z");
  await page.keyboard.press("z");
  await page.keyboard.press("z");
  await says(page, "6 boxes, 0 judged");
});

test("Enter shows the box in its photo and Escape comes back to it; B leaves, and the Labels view leads here too", async ({
  page,
}) => {
  await openDogs(page);
  await list(page).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("heading", { name: "235.jpg" }).first()).toBeVisible();
  await expect(dialog.getByRole("button", { name: /^dog, \d+%, / })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(list(page)).toBeFocused();
  expect(await focused(page)).toContain("in 235.jpg");
  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "All boxes of this label: dog" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(list(page)).toBeFocused();
  await page.keyboard.press("b");
  await expect(page.getByRole("gridcell")).toHaveCount(GREYS.length);
  await page.getByRole("button", { name: "Manage labels" }).click();
  await page.getByRole("option", { name: /^dog/ }).click();
  await page.getByRole("button", { name: "6 boxes" }).click();
  await expect(tiles(page)).toHaveCount(6);
});

// guarantee: undo
test("all boxes shown are accepted at once, relabelled ones get the new label, and undo brings both back", async ({
  page,
}) => {
  await openDogs(page);
  await page.getByRole("button", { name: "Accept all 6" }).click();
  await says(page, "All boxes “dog” are judged");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(tiles(page)).toHaveCount(6);
  await list(page).focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("r");
  await page.getByRole("combobox", { name: "New label" }).fill("wolf");
  await page.getByRole("option", { name: /^wolf/ }).first().click();
  await says(page, "Relabelled 6 boxes as “wolf”");
  await page.getByLabel("Label", { exact: true }).click();
  await page.getByRole("option", { name: /^wolf/ }).click();
  await says(page, "6 boxes, 6 judged");
  await openDogs(page);
  await says(page, "6 boxes, 6 judged"); // kept
  await page.keyboard.press("z");
  await expect(tiles(page)).toHaveCount(6);
});
