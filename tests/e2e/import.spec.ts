/// <reference lib="dom" />
import { expect, type Page } from "@playwright/test";
import { complaints } from "./complaints";
import { callsOf, test } from "./mock-page";

test.afterEach(({ troubles }) => expect(troubles).toEqual([]));

const clean = async (page: Page) => expect(await complaints(page)).toEqual([]);

test("imports labels with the keyboard alone: previews, changes one, skips one, imports and undoes", async ({
  page,
  openWindow,
}) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await openWindow({ photos: 100 });
  await page.getByRole("gridcell").first().waitFor();
  await page.keyboard.press("o");
  await expect(page.getByRole("dialog", { name: "Import labels" })).toBeVisible();
  await expect(page.getByRole("radio", { name: /^XMP sidecars/ })).toBeFocused();
  await clean(page);
  await page.keyboard.press("Enter");

  await expect(page.getByRole("dialog", { name: "Import from XMP sidecars" })).toBeVisible();
  await expect(page.getByRole("list", { name: "What the import changes" })).toBeFocused();
  const rows = page.getByRole("list", { name: "Keywords and their labels" }).getByRole("listitem");
  await expect(rows).toHaveCount(6);
  await expect(rows.first()).toContainText("Could also be crane, a kind of lifting device.");
  await expect(page.getByText("<b>Rex</b>").first()).toBeVisible(); // as text: a label is not HTML
  await expect(page.getByRole("button", { name: "Import 112 verdicts" })).toBeVisible();
  await clean(page);

  await rows
    .first()
    .getByRole("button", { name: /choose a label for crane/ })
    .press("Enter");
  await page.keyboard.type("gull");
  // The list shows completions of the whole word, not of its first letters, once a key moves in it.
  await expect.poll(async () => (await callsOf(page, "suggestLabels")).at(-1)).toMatchObject({ text: "gull" });
  // A list that is replaced after the key was pressed highlights nothing: then a person presses it again.
  await expect(async () => {
    await page.keyboard.press("ArrowDown");
    await expect(page.getByRole("option", { name: /^gull/ })).toHaveAttribute("data-highlighted", { timeout: 500 });
  }).toPass();
  await page.keyboard.press("Enter");
  await expect(rows.first().getByRole("button", { name: /^gull: choose/ })).toBeFocused();
  await page.getByRole("checkbox", { name: "Import places › harbour" }).press("Space");
  await expect(page.getByRole("button", { name: "Import 72 verdicts" })).toBeVisible();
  await page.getByText("2 lines or files couldn’t be read").press("Enter");
  await expect(page.getByText("2024/Garden/lost.jpg.xmp")).toBeVisible();
  await page.getByText("1 conflict: your verdict stays").press("Enter");
  await expect(page.getByText("“orchard” stays rejected")).toBeVisible();
  await clean(page);

  await page.getByRole("button", { name: "Import 72 verdicts" }).press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByText("Imported 72 verdicts on 74 photos from XMP sidecars")).toBeVisible();
  expect(await callsOf(page, "applyImport")).toEqual([
    {
      plan: 1,
      choices: [
        { keyword: ["crane"], label: expect.stringMatching(/^wn:/) as unknown as string },
        { keyword: ["places", "harbour"], label: null },
      ],
    },
  ]);
  await page.keyboard.press("z");
  await expect(page.getByText(/^Undone: Import/)).toBeVisible();
});

test("folders and files can be sources, and an unreadable one is reported beside its field", async ({
  page,
  openWindow,
}) => {
  await openWindow({ photos: 40, folderDialog: true });
  await page.getByRole("button", { name: "Harbour", exact: true }).press("Enter");
  await page.getByRole("menuitem", { name: /^Import labels/ }).press("Enter");
  await page.getByRole("radio", { name: /^Folder names/ }).press("Space");
  await page.getByRole("textbox", { name: "Ignored folder names" }).fill("DCIM, Misc ,");
  await page.getByRole("combobox", { name: "Folder to use as label" }).press("Enter");
  await expect(page.getByRole("option", { name: /^The top folder/ })).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("combobox", { name: "Folder to use as label" })).toHaveText(/top folder/);
  await clean(page);
  await page.getByRole("button", { name: "Read labels" }).press("Enter");
  await page.getByRole("button", { name: "Back" }).press("Enter");

  await page.getByRole("radio", { name: /^CSV/ }).press("Space");
  await expect(page.getByRole("button", { name: "Read labels" })).toBeDisabled();
  await page.getByRole("textbox", { name: "File" }).fill("/nowhere.csv");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toHaveText("There is no file /nowhere.csv.");
  await clean(page);
  await page.getByRole("button", { name: "Browse…" }).press("Enter");
  await expect(page.getByRole("textbox", { name: "File" })).toHaveValue("/home/ada/labels.csv");
  await page.getByRole("button", { name: "Read labels" }).press("Enter");
  await expect(page.getByText("Skips 120 predictions that nobody reviewed.")).toBeVisible();
  await page.getByRole("searchbox", { name: "Find a keyword" }).fill("bella");
  await expect(page.getByRole("list", { name: /^Keywords/ }).getByRole("listitem")).toHaveCount(1);
  expect(await callsOf(page, "planImport")).toEqual([
    { source: { from: "folders", level: "top", without: ["DCIM", "Misc"] } },
    { source: { from: "csv", file: "/nowhere.csv" } },
    { source: { from: "csv", file: "/home/ada/labels.csv" } },
  ]);
});
