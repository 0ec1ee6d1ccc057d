/// <reference lib="dom" />
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { semblance } from "../fixtures/command-line";
import { captionOf, heldOutScenes, paintScenes, SHAPES_LABELS, SHAPES_PACK } from "../fixtures/shape-scenes";
import { serveFolder } from "./served-program";

const PHOTOS = 90;

test("a sentence finds its photo from the command line and in the window, and its label can be rejected", async ({
  page,
}) => {
  test.slow(); // 90 photos are labelled
  const root = realpathSync(mkdtempSync(join(tmpdir(), "semblance-shapes-")));
  try {
    const [folder, home, labels] = ["Shapes", "home", "labels.txt"].map((name) => join(root, name));
    const files = await paintScenes(folder, PHOTOS);
    writeFileSync(labels, SHAPES_LABELS.join("\n"));
    const tagged = await semblance(home, ["tag", folder, "--pack", SHAPES_PACK, "--labels", labels]);
    expect(tagged).toMatchObject({ code: 0, stderr: "" });
    const words = captionOf((await heldOutScenes())[FOUND], 0);
    const found = await semblance(home, ["search", folder, ...words.split(" "), "--limit", "1"]);
    expect(JSON.parse(found.stdout)).toMatchObject({ path: files[FOUND] });

    const program = await serveFolder(folder, home);
    try {
      await page.goto(await program.newAddress());
      await page.getByRole("gridcell").first().waitFor();
      await page.getByRole("combobox", { name: "Search photos by any word or field" }).fill(words);
      await page.keyboard.press("Enter");
      await expect(page.getByRole("heading", { name: `“${words}”` })).toBeVisible();
      await expect(page.getByRole("gridcell").first()).toHaveAccessibleName(new RegExp(files[FOUND]));
      await expect(page.getByRole("grid", { name: "Photos" })).toHaveAttribute("aria-busy", "false");
      if (process.env.SEMBLANCE_LOOK)
        for (const colorScheme of ["light", "dark"] as const) {
          await page.emulateMedia({ colorScheme });
          await page.screenshot({ path: `${process.env.SEMBLANCE_LOOK}/sentence-${colorScheme}.png` });
        }
      await page.getByRole("gridcell").first().click();
      const rows = page.getByRole("region", { name: "Labels of this photo" }).getByRole("listitem");
      await expect(rows.first()).toContainText("%");
      const count = await rows.count();
      await page.keyboard.press("x");
      await expect(rows).toHaveCount(count - 1);
    } finally {
      await program.stop();
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

/** A scene that the pack finds surely, and that is not the first in the folder. */
const FOUND = 7;
