/// <reference lib="dom" />
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { parse } from "csv-parse/sync";
import type { Call } from "../../src-shared/contract";
import { HARBOUR_PHOTOS } from "../fixtures/harbour-photos";
import { complaints } from "./complaints";
import { argumentsOf, test } from "./real-library";

test.afterEach(({ troubles }) => expect(troubles).toEqual([]));

const dialogOf = (page: Page) => page.getByRole("dialog", { name: "Export labels" });
/** The text that says what will be exported, or the progress. */
const outcomeOf = (page: Page) => dialogOf(page).getByRole("status").last();
const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((found) => found.isFile())
    .map(({ name }) => name);

async function openExport(page: Page) {
  await page.getByRole("button", { name: "Export" }).click();
  return dialogOf(page);
}

test("shows what an export will write, and asks before replacing a file", async ({
  page,
  openWindow,
  library,
  calls,
}) => {
  const [there, foreign] = [join(library.out, "there.csv"), join(library.out, "mine.csv")];
  const earlier = "path,label,score,source,model\r\n";
  writeFileSync(there, earlier);
  writeFileSync(foreign, "mine");
  // The engine would open the file manager.
  await page.route("**/api", (route) =>
    (route.request().postDataJSON() as Call).name === "revealExport"
      ? route.fulfill({ json: { ok: true, value: null } })
      : route.continue(),
  );
  const { labels } = await library.api.countExport({ photos: null, labels: "shown", threshold: 0 });
  await openWindow();
  const dialog = await openExport(page);
  await expect(outcomeOf(page)).toHaveText(`${labels} labels for ${HARBOUR_PHOTOS} files`); // one is unreadable
  await expect(dialog.getByRole("textbox", { name: "File" })).toHaveValue(/Harbour-labels\.csv$/);
  await expect(dialog.getByRole("switch", { name: /formula/i })).toBeChecked();
  await dialog.getByRole("textbox", { name: "File" }).fill(foreign);
  await dialog.getByRole("button", { name: "Export" }).click();
  await expect(dialog.getByRole("alert")).toContainText(foreign);
  await expect(dialog.getByRole("button", { name: "Replace file" })).toHaveCount(0);
  expect(readFileSync(foreign, "utf8")).toBe("mine");
  await dialog.getByRole("textbox", { name: "File" }).fill(there);
  await dialog.getByRole("button", { name: "Export" }).click();
  await expect(dialog.getByRole("alert")).toContainText("already exists");
  expect(readFileSync(there, "utf8")).toBe(earlier);
  await dialog.getByRole("button", { name: "Replace file" }).click();
  await expect(dialog.getByText(`${labels} rows`)).toBeVisible();
  expect(argumentsOf(calls, "exportLabels").at(-1)).toEqual({
    format: "csv",
    photos: null,
    labels: "shown",
    threshold: 0,
    file: there,
    text: "name",
    escapeFormulas: true,
    overwrite: true,
    boxes: null,
  });
  const rows = parse(readFileSync(there), { columns: true }) as { path: string }[];
  expect(rows).toHaveLength(labels);
  expect(new Set(rows.map(({ path }) => path)).size).toBe(HARBOUR_PHOTOS);
  await dialog.getByRole("button", { name: "Show in folder" }).click();
  await expect.poll(() => argumentsOf(calls, "revealExport")).toHaveLength(1);
});

test("chooses a format with the keyboard, which updates the path, and exports only the selected photos", async ({
  page,
  openWindow,
  library,
  calls,
}) => {
  await openWindow();
  await page.getByRole("gridcell").first().click();
  await page.keyboard.press("1"); // accepted, whatever its confidence
  await expect(page.getByText(/^Accepted “/)).toBeVisible();
  const dialog = await openExport(page);
  await expect(dialog.getByRole("radio", { name: "CSV", exact: true })).toBeFocused();
  for (let i = 0; i < 7; i++) await page.keyboard.press("ArrowDown");
  await expect(dialog.getByRole("radio", { name: "Folders" })).toBeChecked();
  await expect(dialog.getByRole("textbox", { name: "Folder" })).toHaveValue(/Harbour-by-label$/);
  await expect(dialog.getByText(/at least 50%/)).toBeVisible();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("option", { name: /^Selection/ })).toBeVisible();
  for (const key of ["ArrowDown", "ArrowDown", "Enter"]) await page.keyboard.press(key);
  await expect(outcomeOf(page)).toHaveText("1 label for 1 file");
  await dialog.getByRole("textbox", { name: "Folder" }).fill(join(library.folder, "classes"));
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("alert")).toContainText("is inside the photo folder");
  const classes = join(library.out, "classes");
  await dialog.getByRole("textbox", { name: "Folder" }).fill(classes);
  await page.keyboard.press("Enter");
  await expect(dialog.getByText("1 file written to")).toBeVisible();
  const { photo, labels } = await library.photoNamed("IMG_0042.jpg");
  expect(argumentsOf(calls, "exportLabels").at(-1)).toEqual({
    format: "folders",
    photos: [photo],
    labels: "shown",
    threshold: 0.5,
    folder: classes,
    as: "copies",
  });
  expect(readdirSync(classes)).toEqual([labels[0].name]);
  expect(filesIn(classes)).toEqual([expect.stringContaining("IMG_0042")]);
});

test("previews sidecars with refusals, and warns of Lightroom's limits", async ({
  page,
  openWindow,
  library,
  calls,
}) => {
  writeFileSync(join(library.folder, "2024", "Garden", "IMG_0001.xmp"), "<x:xmpmeta");
  await openWindow();
  const dialog = await openExport(page);
  await dialog.getByText("XMP sidecars").click();
  await expect(dialog.getByText("Lightroom doesn’t read sidecars with this name.")).toBeVisible();
  await dialog.getByRole("combobox", { name: "File name" }).click();
  await page.getByRole("option", { name: /^photo\.xmp/ }).click();
  await expect(dialog.getByText("Lightroom ignores sidecars of JPEGs.")).toBeVisible();
  await dialog.getByRole("button", { name: "Preview" }).click();
  await expect(dialog.getByText(/^\d+ sidecars would be written\.$/)).toBeVisible();
  const [count] = (await dialog.getByText(/^\d+ sidecars would be written\.$/).innerText()).split(" ");
  await expect(dialog.getByText("isn’t valid XML")).toBeVisible();
  const sidecars = () => filesIn(library.folder).filter((name) => name.endsWith(".xmp"));
  expect(sidecars()).toHaveLength(1);
  expect(await complaints(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Export" }).click();
  await expect(dialog.getByText(`${count} sidecars written to`)).toBeVisible();
  expect(argumentsOf(calls, "exportLabels").map((query) => (query as { dryRun: boolean }).dryRun)).toEqual([
    true,
    false,
  ]);
  expect(sidecars()).toHaveLength(1 + Number(count));
  expect(await complaints(page)).toEqual([]);
});

test("exports the labeller with the keyboard alone, and overwrites another file only after confirmation", async ({
  page,
  openWindow,
  library,
  calls,
}) => {
  const [there, mine] = [join(library.out, "there.onnx"), join(library.out, "mine.onnx")];
  writeFileSync(there, "mine");
  await openWindow();
  await page.getByRole("button", { name: "Harbour", exact: true }).press("Enter");
  await page.getByRole("menuitem", { name: "Export labelling model…" }).press("Enter");
  const file = page.getByRole("textbox", { name: "File" });
  await expect(file).toHaveValue(/Harbour-labeller\.onnx$/);
  await page.getByRole("slider", { name: "Labels per photo" }).press("ArrowLeft");
  await page.getByRole("dialog").getByRole("slider", { name: "Minimum confidence" }).press("ArrowRight");
  await expect(page.getByRole("dialog")).toContainText("at least 5%");
  expect(await complaints(page)).toEqual([]);
  await file.fill(there);
  await file.press("Enter");
  await expect(page.getByRole("alert")).toContainText(`${there} already exists`);
  expect(readFileSync(there, "utf8")).toBe("mine");
  await file.fill(mine);
  await file.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: /[\d,]+ labels/ })).toContainText(mine, { timeout: 20_000 });
  expect(await complaints(page)).toEqual([]);
  expect(argumentsOf(calls, "exportLabeller").at(-1)).toEqual({
    file: mine,
    overwrite: false,
    top: 4,
    threshold: 0.05,
  });
  expect(readFileSync(mine).length).toBeGreaterThan(1_000_000);
});

test("copies a library to a file, and overwrites another file only after confirmation", async ({
  page,
  openWindow,
  library,
}) => {
  const [there, copy] = [join(library.out, "there.semblance"), join(library.out, "new.semblance")];
  writeFileSync(there, "mine");
  await openWindow();
  await page.getByRole("button", { name: "Harbour", exact: true }).click();
  await page.getByRole("menuitem", { name: "Copy library to another computer…" }).click();
  const file = page.getByRole("textbox", { name: "File" });
  await expect(file).toHaveValue(/Harbour\.semblance$/);
  await file.fill(there);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toContainText(`${there} already exists`);
  expect(readFileSync(there, "utf8")).toBe("mine");
  await file.fill(copy);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "copied to" })).toContainText(copy);
  expect(await complaints(page)).toEqual([]);
  expect(readFileSync(copy).subarray(0, 15).toString()).toBe("SQLite format 3");
});

test("opens a library copy from the welcome screen, and sets an existing library aside only on request", async ({
  page,
  library,
}) => {
  const copy = join(library.out, "new.semblance");
  const { photo } = await library.photoNamed("IMG_0007.jpg");
  await library.api.annotate({ photos: [photo], label: "own:Rex", verdict: "accept" });
  await library.api.copyLibrary({ file: copy, overwrite: false });
  await library.api.undo();
  await library.api.closeLibrary();
  await page.goto(await library.newAddress());
  await page.getByRole("button", { name: "Open a library from another computer…" }).click();
  await page.getByRole("textbox", { name: "Library file" }).fill(copy);
  await page.getByRole("textbox", { name: "Photo folder" }).fill(library.folder);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toContainText("already has a library.");
  expect(await complaints(page)).toEqual([]);
  await page.getByRole("button", { name: "Set existing library aside" }).click();
  await expect(page.getByRole("heading", { name: "All photos" })).toBeVisible();
  const { labels } = await library.photoNamed("IMG_0007.jpg");
  expect(labels).toContainEqual(expect.objectContaining({ label: "own:Rex", source: "added" }));
});
