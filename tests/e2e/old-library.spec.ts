/// <reference lib="dom" />
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { samplePhoto } from "../fixtures/sample-photos";
import { serveFolder } from "./served-program";

/** A library from an older program's pack, in the built program with the bundled pack: relabelled, and restored. */

const scratch = mkdtempSync(join(tmpdir(), "semblance-old-"));
const [folder, home] = [join(scratch, "Photos"), join(scratch, "home")];
const SAMPLES = ["french-alpine-landscape", "nagasaki-boats", "locomotion-house-cat"];

test.setTimeout(180_000); // two cores that may be busy
test.afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const named = (page: Page) =>
  page.getByRole("gridcell").evaluateAll((tiles) => tiles.map((tile) => tile.getAttribute("aria-label") ?? ""));
const atRest = (page: Page) =>
  expect(page.getByRole("list", { name: "Background tasks" })).toHaveCount(0, { timeout: 60_000 });

/** Opens the folder's window, with guesses shown too. */
async function show(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await expect(page.getByRole("gridcell")).toHaveCount(3, { timeout: 60_000 });
  await page.getByRole("slider", { name: "Minimum confidence" }).press("End");
  await expect
    .poll(async () => (await named(page)).every((name) => name.includes("%")), { timeout: 60_000 })
    .toBe(true);
  await atRest(page);
}

// guarantee: model-upgrade
test("a library of the seed pack shows its labels, is relabelled with one click, and restored with another", async ({
  page,
}) => {
  mkdirSync(folder);
  for (const name of SAMPLES) cpSync(samplePhoto(name), join(folder, `${name}.jpg`));
  const seed = join(scratch, "seed");
  cpSync(process.env.SEMBLANCE_PACK!, seed, { recursive: true });
  const earlier = await serveFolder(folder, home, { SEMBLANCE_PACK: seed });
  await show(page, await earlier.newAddress());
  const before = await named(page);
  await earlier.stop();
  rmSync(seed, { recursive: true }); // as the pack was shipped

  const program = await serveFolder(folder, home, { SEMBLANCE_PACK: undefined });
  try {
    await show(page, await program.newAddress());
    expect(await named(page)).toEqual(before);
    const offer = page
      .getByRole("main")
      .getByRole("status")
      .filter({ hasText: "3 photos were labelled by an older model" });
    await offer.getByRole("button", { name: "Relabel with the new model" }).press("Enter");
    const done = page.getByRole("main").getByRole("status").filter({ hasText: "Relabelled with the new model." });
    await expect(done).toBeVisible({ timeout: 60_000 });
    await expect(page.getByRole("contentinfo")).toContainText("EfficientNet-Lite2");
    await atRest(page);
    await expect.poll(() => named(page)).not.toEqual(before);
    expect((await named(page)).join()).toContain("cat");

    await done.getByRole("button", { name: "Undo" }).press("Enter");
    await expect(page.getByText("Restored the previous labels")).toBeVisible({ timeout: 60_000 });
    await atRest(page);
    await expect.poll(() => named(page)).toEqual(before);
    await expect(page.getByRole("contentinfo")).toContainText("Seed");
  } finally {
    await program.stop();
  }
});
