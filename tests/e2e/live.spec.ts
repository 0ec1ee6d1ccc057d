/// <reference lib="dom" />
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { SAMPLE_PHOTOS, samplePhoto } from "../fixtures/sample-photos";
import { type ServedProgram, serveFolder } from "./served-program";

/** Live learning as a person experiences it: the built engine behind the browser host, real photos and the keyboard. */

const scratch = mkdtempSync(join(tmpdir(), "semblance-live-"));
const folder = join(scratch, "Photos");
let program: ServedProgram;

test.setTimeout(180_000); // two cores that may be busy

test.beforeAll(async () => {
  mkdirSync(folder);
  for (const name of SAMPLE_PHOTOS) cpSync(samplePhoto(name), join(folder, `${name}.jpg`));
  program = await serveFolder(folder, join(scratch, "home"));
});

test.afterAll(async () => {
  await program.stop();
  rmSync(scratch, { recursive: true, force: true });
});

test("a label typed on some photos updates visible others automatically, and going back one version undoes it", async ({
  page,
}) => {
  await page.goto(await program.newAddress());
  await expect(page.getByText(/[1-7] labelled/)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole("list", { name: "Background tasks" })).toHaveCount(0, { timeout: 60_000 });
  // The small test pack has few confident labels, so guesses are shown too.
  await page.getByRole("slider", { name: "Minimum confidence" }).press("End");
  const named = () =>
    page.getByRole("gridcell").evaluateAll((tiles) => tiles.map((tile) => tile.getAttribute("aria-label") ?? ""));
  await expect.poll(async () => (await named()).every((name) => name.includes("%"))).toBe(true);
  const before = await named();

  await page.getByRole("grid").focus();
  await page.keyboard.press("Home");
  for (let i = 0; i < 3; i++) {
    await expect(page.getByRole("region", { name: "Labels of this photo" })).toBeVisible();
    await page.keyboard.press("t");
    await page.keyboard.type("sailboat");
    await expect(page.getByRole("option").first()).toContainText("sailboat");
    await page.keyboard.press("Enter");
    await expect(page.getByText(`${i + 1} verdict`, { exact: false }).first()).toBeVisible();
    await page.keyboard.press("Escape");
    await page.getByRole("grid").focus();
    await page.keyboard.press("ArrowRight");
  }
  // Without any command, photos without annotations get other labels or confidences.
  const others = (names: string[]) => names.filter((_, i) => i >= 3);
  await expect.poll(async () => others(await named()), { timeout: 60_000 }).not.toEqual(others(before));
  await expect(page.getByText("Retraining…")).toHaveCount(0, { timeout: 60_000 });

  await page.keyboard.press("h");
  const live = page.getByRole("row").filter({ hasText: "automatic, not kept" });
  await expect(live).toContainText("In use");
  await page.getByRole("button", { name: "Back to Base model" }).press("Enter");
  await expect(page.getByText("Paused while an earlier version is in use")).toBeVisible();
  await page.keyboard.press("h");
  await expect.poll(async () => others(await named()), { timeout: 60_000 }).toEqual(others(before));
});
