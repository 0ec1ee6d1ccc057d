/// <reference lib="dom" />
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { exiftool } from "exiftool-vendored";
import { paint } from "../fixtures/photo-folder";
import { atRest, test } from "./real-library";
import { serveFolder } from "./served-program";

/** What a person meets in the first hour: the sidebar, figures about the labels, hints, and keywords of their own. */

const sidebar = (page: Page) => page.getByRole("navigation", { name: "Library" });
const rows = (page: Page, section: string) => sidebar(page).getByRole("region", { name: section }).locator("ul .entry");
const head = (page: Page) => page.getByRole("main").getByRole("status").first();
const evaluation = (page: Page) => page.getByRole("main", { name: "Evaluation" });

test.afterEach(({ troubles }) => expect(troubles).toEqual([]));

// guarantee: true-counts
test("each count in the sidebar is the number of photos that it leads to, and sections fold for good", async ({
  page,
  openWindow,
  library,
}) => {
  const { photos } = await library.api.browse({ sort: "name", descending: false, group: "none" });
  await library.api.annotate({ photos: photos.slice(0, 5), label: "own:Sunday", verdict: "accept" });
  await library.api.annotate({ photos: photos.slice(3, 9), label: "own:Monday", verdict: "reject" });
  await library.api.findDuplicates();
  await atRest(library.api);
  await openWindow();
  const seen: string[] = [];
  for (const section of ["Library", "Folders", "To review"]) {
    for (const row of await rows(page, section).all()) {
      if ((await row.locator(".count").count()) === 0) continue;
      const [name, count] = [await row.locator("span").first().innerText(), await row.locator(".count").innerText()];
      if (name === "Problems") continue; // those are files
      await row.click();
      await expect(row).toHaveAttribute("aria-current", "page");
      await expect(head(page), name).toHaveText(`${count} photo${count === "1" ? "" : "s"}`);
      seen.push(`${name} ${count}`);
    }
  }
  expect(seen).toEqual(expect.arrayContaining(["All photos 43", "Reviewed 9", "Unreviewed 34"]));
  expect(seen.map((each) => each.replace(/ \d+$/, ""))).toEqual(
    expect.arrayContaining(["2024", "Unlabelled", "Near-duplicates"]),
  );

  await sidebar(page).getByRole("button", { name: "To review" }).click();
  await expect(rows(page, "To review")).toHaveCount(0);
  await page.reload();
  await expect(sidebar(page).getByRole("button", { name: "To review" })).toHaveAttribute("aria-expanded", "false");
});

test("evaluation says how many more photos it takes, leads to them, and opens on figures once there are enough", async ({
  page,
  openWindow,
  library,
}) => {
  await openWindow();
  await page.keyboard.press("e");
  await expect(evaluation(page).getByText("20 more photos to go")).toBeVisible();
  await evaluation(page).getByRole("button", { name: "Review uncertain photos" }).click();
  await expect(page.getByRole("heading", { name: "Most uncertain" })).toBeVisible();

  const { photos } = await library.api.browse({ sort: "name", descending: false, group: "none" });
  for (const [i, label] of (["own:Sunday", "own:Monday"] as const).entries())
    await library.api.annotate({ photos: photos.filter((photo) => photo % 2 === i), label, verdict: "accept" });
  await page.keyboard.press("e");
  await expect(evaluation(page).getByText("First label is right")).toBeVisible({ timeout: 30_000 });
  await expect(evaluation(page).getByRole("definition").first()).toHaveText(/^\d+%$|^<1%$/);
  await expect(evaluation(page).getByText(/^42 verdicts on 42 photos/)).toBeVisible();
  const row = evaluation(page)
    .getByRole("table", { name: /^Labels by/ })
    .getByRole("row", { name: /Sunday/ });
  await row.getByRole("button").click();
  await expect(page.getByRole("heading", { name: "Sunday" })).toBeVisible();
});

test("hints are shown where they are needed, until they are dismissed or followed", async ({
  page,
  openWindow,
  library,
}) => {
  await openWindow();
  const hint = page.getByRole("note").filter({ hasText: "to accept a label" });
  await expect(hint).toHaveCount(0);
  await page.getByRole("gridcell").first().click();
  await expect(hint).toBeVisible();
  await hint.getByRole("button", { name: "Got it" }).click();
  await expect(hint).toHaveCount(0);
  await page.reload();
  await page.getByRole("gridcell").first().click();
  await expect(page.getByRole("region", { name: "Labels of this photo" }).getByRole("listitem").first()).toBeVisible();
  await expect(hint).toHaveCount(0);

  const measured = page.getByRole("note").filter({ hasText: "You’ve given 20 verdicts" });
  const { photos } = await library.api.browse({ sort: "name", descending: false, group: "none" });
  await library.api.annotate({ photos: photos.slice(0, 19), label: "own:Sunday", verdict: "accept" });
  await expect(page.getByRole("contentinfo")).toContainText("19 verdicts");
  await expect(measured).toHaveCount(0);
  await library.api.annotate({ photos: photos.slice(19, 20), label: "own:Sunday", verdict: "accept" });
  await expect(measured).toBeVisible();
  await page.keyboard.press("e");
  await page.keyboard.press("e");
  await expect(page.getByRole("grid")).toBeVisible();
  await expect(measured).toHaveCount(0);
});

test("in a narrow window panes lie over the photos, and the map keeps its tools in a menu", async ({
  page,
  openWindow,
}) => {
  await page.setViewportSize({ width: 640, height: 400 });
  await openWindow();
  await expect(sidebar(page)).toHaveCount(0);
  const grid = (await page.getByRole("grid").boundingBox())!;
  expect(grid.width).toBeGreaterThan(580); // the time line is beside it
  await page.keyboard.press("[");
  await sidebar(page).getByRole("button", { name: "Map", exact: true }).click();
  await expect(sidebar(page)).toHaveCount(0); // it made way
  await expect(page.getByRole("application")).toBeVisible({ timeout: 30_000 });
  await page.setViewportSize({ width: 1024, height: 700 });
  await expect(sidebar(page)).toBeVisible();
  await expect(page.getByRole("listbox", { name: /^Labels:/ })).toHaveCount(0);
  expect((await page.getByRole("application").boundingBox())!.width).toBeGreaterThan(450);
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitemradio", { name: "Confidence" }).click();
  await page.getByRole("button", { name: "Show labels" }).click();
  await expect(page.getByText("Confidence of the top label")).toBeVisible();
});

test("a folder with keywords offers to learn from them, previews what they become, and undoes it in one step", async ({
  page,
}) => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "semblance-keywords-")));
  const folder = join(root, "photos");
  for (const [i, keywords] of [["animals|crane"], ["animals|crane", "Flurblewock"], []].entries()) {
    await paint(join(folder, `${i}.jpg`), i);
    if (keywords.length > 0)
      await exiftool.write(join(folder, `${i}.jpg`), { HierarchicalSubject: keywords }, ["-overwrite_original"]);
  }
  await exiftool.end();
  const program = await serveFolder(folder, join(root, "home"));
  await page.goto(await program.newAddress());
  const notice = page.getByRole("note").filter({ hasText: "2 photos have keywords" });
  await notice.getByRole("button", { name: "Learn from them…" }).click();
  const preview = page.getByRole("dialog", { name: "Import from keywords in photos" });
  await expect(preview.getByRole("listitem").filter({ hasText: "Flurblewock" })).toContainText("new");
  await expect(preview.getByRole("listitem").filter({ hasText: "crane" })).toContainText("wading bird");
  await preview.getByRole("button", { name: /^Import 3/ }).click();
  await expect(page.getByRole("contentinfo")).toContainText("3 verdicts");
  await expect(notice).toHaveCount(0);

  await page.getByRole("button", { name: "photos", exact: true }).click();
  await page.getByRole("menuitem", { name: "Settings…" }).click();
  await page.getByRole("combobox", { name: "Label set" }).click();
  await page.getByRole("option", { name: /^My keywords/ }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("contentinfo")).toContainText("my-keywords, 3 labels");

  await expect(page.getByRole("dialog")).toHaveCount(0); // it stays until all photos are labelled again
  await page.keyboard.press("Control+z");
  await expect(page.getByRole("contentinfo")).toContainText("0 verdicts");
  await page.reload();
  await expect(page.getByRole("gridcell")).toHaveCount(3);
  await expect(notice).toHaveCount(0);
  await program.stop();
  rmSync(root, { recursive: true });
});
