import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { colouredPhotos } from "../fixtures/coloured-photos";
import { entryFor, modelHub, stallAfter } from "../fixtures/model-hub";
import { COLOUR_PACK } from "../fixtures/small-onnx";
import { complaints } from "./complaints";
import { serveFolder } from "./served-program";

const TITLE = "fetched, for tests";

async function openModels(page: Page) {
  await page.getByRole("button", { name: "photos", exact: true }).click();
  await page.getByRole("menuitem", { name: "Settings…" }).click();
  await page.getByRole("tab", { name: "Models" }).click();
}
const row = (page: Page, title: string) => page.getByRole("listitem").filter({ hasText: title });

test("downloads a model, continues, measures it, uses it, goes back and removes it", async ({ page }) => {
  const photos = await colouredPhotos(6);
  const files = Object.fromEntries(
    ["classes.json", "visual.onnx"].map((name) => [name, readFileSync(join(photos.pack, name))]),
  );
  const hub = await modelHub(files);
  const catalogue = join(photos.root, "catalogue.json");
  const { visual, classes } = COLOUR_PACK;
  writeFileSync(catalogue, JSON.stringify([entryFor("fetched", files, { visual, classes })]));
  const program = await serveFolder(photos.folder, photos.home, {
    SEMBLANCE_HUB: hub.address,
    SEMBLANCE_CATALOGUE: catalogue,
    SEMBLANCE_PACK: undefined,
  });
  try {
    await page.goto(await program.newAddress());
    await page.getByRole("gridcell").first().waitFor();
    await openModels(page);
    const bundled = row(page, "EfficientNet-Lite2");
    await expect(bundled.getByText("In use")).toBeVisible();
    await expect(bundled.getByText("Speed not measured")).toBeVisible();
    await expect(page.getByText(`Downloading connects to ${new URL(hub.address).host}`)).toBeVisible();
    expect(hub.requests).toEqual([]); // nothing is asked before somebody says so

    hub.next("visual.onnx", stallAfter(200));
    await page.getByRole("button", { name: `Download ${TITLE}` }).click();
    await expect(page.getByRole("dialog").getByRole("progressbar", { name: `Downloading ${TITLE}` })).toBeVisible();
    await expect.poll(() => hub.requests).toContain("visual.onnx");
    await page.getByRole("button", { name: `Cancel downloading ${TITLE}` }).click();
    await expect(row(page, TITLE).getByText(/ are already here\.$/)).toBeVisible();
    await page.getByRole("button", { name: `Continue downloading ${TITLE}` }).click();
    await page.getByRole("button", { name: `Use ${TITLE} for this library` }).waitFor();
    expect(await complaints(page)).toEqual([]);

    const own = row(page, TITLE);
    await expect(own.getByText(/ms a photo on this computer/)).toBeVisible(); // the check has measured it
    await page.getByRole("button", { name: "Measure EfficientNet-Lite2" }).click();
    await bundled.getByText(/ms a photo on this computer/).waitFor(); // as long as the network takes

    await page.getByRole("button", { name: `Use ${TITLE} for this library` }).click();
    await expect(own.getByText("6 photos are analysed again. That takes less than a minute.")).toBeVisible();
    await own.getByRole("button", { name: "Use this model" }).click();
    await own.getByText("In use").waitFor();
    await expect(page.getByRole("button", { name: `Remove ${TITLE}` })).toHaveCount(0); // it is in use

    await page.getByRole("button", { name: "Use EfficientNet-Lite2, ImageNet-1K for this library" }).click();
    await expect(bundled.getByText("This model has already analysed all photos here.")).toBeVisible();
    await bundled.getByRole("button", { name: "Use this model" }).click();
    await bundled.getByText("In use").waitFor();
    await page.getByRole("button", { name: `Remove ${TITLE}` }).click();
    await own.getByRole("button", { name: "Remove", exact: true }).click();
    await expect(page.getByRole("button", { name: `Download ${TITLE}` })).toBeVisible();

    await hub.close();
    await page.getByRole("button", { name: `Download ${TITLE}` }).click();
    await expect(row(page, TITLE).getByText(/it refuses the connection/)).toBeVisible();
    expect(await complaints(page)).toEqual([]);
  } finally {
    await program.stop();
    await hub.close().catch(() => undefined); // closed above, if all went well
    photos.remove();
  }
});
