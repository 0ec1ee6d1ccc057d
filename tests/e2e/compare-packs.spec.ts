/// <reference lib="dom" />
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { semblance } from "../fixtures/command-line";
import { drawPhotos } from "../fixtures/drawn-photos";
import { blindPack, copySeed } from "../fixtures/seed-packs";
import { complaints } from "./complaints";
import { callsOf, test as mocked } from "./mock-page";
import { type ServedProgram, serveFolder } from "./served-program";

/** Comparing models on verdicts in the evaluation view: on the built engine, and on the mock. */

const root = realpathSync(mkdtempSync(join(tmpdir(), "semblance-comparing-")));
const [folder, home, blind] = ["photos", "home", "blind"].map((name) => join(root, name));
const EACH = 7;
let program: ServedProgram;

test.describe.configure({ mode: "serial", timeout: 90_000 });

const panel = (page: Page) => page.getByRole("region", { name: "Compare models on your verdicts" });

test.describe("on the engine", () => {
  test.beforeAll(async () => {
    const names = await drawPhotos(folder, EACH);
    blindPack(blind);
    const corrections = join(root, "verdicts.csv");
    const rows = Object.entries(names).flatMap(([kind, paths]) => paths.map((path) => `${path},Zz ${kind},accept`));
    writeFileSync(corrections, ["path,label,verdict", ...rows, ""].join("\n"));
    const env = { SEMBLANCE_PACK: copySeed(join(root, "seed")) };
    for (const args of [
      ["tag", folder, "--labels", "pack-classes"],
      ["correct", folder, corrections],
    ])
      expect(await semblance(home, args, { env })).toMatchObject({ code: 0 });
    program = await serveFolder(folder, home, env);
  });

  test.afterAll(async () => {
    await program.stop();
    rmSync(root, { recursive: true, force: true });
  });

  test("compares with a pack in a folder, switches to it and back, and deletes what it computed", async ({ page }) => {
    await page.goto(await program.newAddress());
    await expect(page.getByRole("gridcell").first()).toBeVisible();
    await page.keyboard.press("e");
    await panel(page).getByLabel("Other model").click();
    await page.getByRole("option", { name: "In a folder…" }).click();
    await panel(page).getByRole("textbox", { name: "Model pack folder" }).fill(join(root, "none"));
    await page.keyboard.press("Enter");
    await expect(panel(page).getByRole("alert")).toContainText("is not a");
    await panel(page).getByRole("textbox", { name: "Model pack folder" }).fill(blind);
    await page.keyboard.press("Enter");
    await expect(panel(page).getByRole("status")).toContainText("You can keep working.");

    await expect(panel(page)).toContainText(
      /Seed: 335 classes, 64x64 pixels is better for you: it puts a right label first on \d+% of your photos, Blind seed on \d+%/,
      { timeout: 120_000 },
    );
    const scores = panel(page).getByRole("table", { name: "Scores of both models (%)" });
    await expect(scores.getByRole("rowheader")).toContainText([
      `First label right${3 * EACH} photos with an accepted label`,
      "Mean average precision3 labels with at least three verdicts",
      "Calibration error",
    ]);
    const examples = panel(page).getByRole("list", { name: "Where they differ" });
    await expect(examples.getByRole("listitem").first()).toContainText(/You: Zz (stripes|discs|chequers)/);
    await expect(examples.locator("img").first()).toHaveJSProperty("complete", true);
    expect(await complaints(page)).toEqual([]);

    await panel(page).getByRole("button", { name: "Use Blind seed" }).click();
    await expect(page.getByRole("contentinfo")).toContainText("Blind seed", { timeout: 60_000 });
    await panel(page).getByRole("button", { name: "Use Seed: 335 classes, 64x64 pixels" }).click();
    await expect(page.getByRole("contentinfo")).toContainText("Seed: 335 classes", { timeout: 60_000 });
    await expect(panel(page).getByRole("button", { name: "Use Blind seed" })).toBeEnabled();

    await panel(page)
      .getByRole("button", { name: /^Delete its analysis/ })
      .click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete analysis" }).click();
    await expect(page.getByText(/^Analysis deleted, .* freed$/)).toBeVisible();
    await expect(panel(page).getByRole("button", { name: /^Delete its analysis/ })).toHaveCount(0);
  });
});

mocked(
  "the comparison is read and used by keyboard, and deleting an analysis asks first",
  async ({ page, openWindow, troubles }) => {
    await openWindow({ photos: 60 });
    await page.keyboard.press("e");
    await panel(page).getByRole("button", { name: "Compare", exact: true }).press("Enter");
    await expect(panel(page)).toContainText("SigLIP2 base is better for you");
    const cells = panel(page).getByRole("cell");
    await expect(cells.filter({ hasText: "83.1" })).toHaveText(/^83.1, best/);
    await expect(cells.filter({ hasText: /^6.4/ })).not.toContainText("best"); // its interval includes no difference
    await expect(panel(page).getByRole("listitem")).toHaveCount(12);
    await panel(page).getByRole("button", { name: "Show all 17" }).press("Enter");
    await expect(panel(page).getByRole("listitem")).toHaveCount(17);
    expect(await complaints(page)).toEqual([]);

    const forget = panel(page).getByRole("button", { name: "Delete its analysis (186 kB)" });
    await forget.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Delete the analysis by SigLIP2 base?" });
    await expect(dialog).toContainText("has to analyse 60 photos again");
    await page.keyboard.press("Escape");
    expect(await callsOf(page, "dropFeatures")).toEqual([]);
    await forget.press("Enter");
    await dialog.getByRole("button", { name: "Delete analysis" }).press("Enter");
    await expect(page.getByText("Analysis deleted, 186 kB freed")).toBeVisible();
    expect(await callsOf(page, "dropFeatures")).toEqual([{ visualId: "0b" }]);
    expect(troubles).toEqual([]);
  },
);
