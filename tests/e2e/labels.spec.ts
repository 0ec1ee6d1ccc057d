/// <reference lib="dom" />
import { expect, type Page } from "@playwright/test";
import { complaints } from "./complaints";
import { argumentsOf, test } from "./real-library";

test.afterEach(({ troubles }) => expect(troubles).toEqual([]));

const table = (page: Page) => page.getByRole("listbox", { name: "Labels" });
const here = (page: Page) => page.locator(".row.here");

async function manage(page: Page) {
  await page.getByRole("button", { name: "Manage labels" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Labels", level: 1 })).toBeVisible();
  await table(page).focus();
  await page.keyboard.press("Home");
}

test("renames a label and sets its colour, key and synonyms with the keyboard alone", async ({
  page,
  openWindow,
  library,
  calls,
}) => {
  await openWindow();
  await manage(page);
  await page.keyboard.press("Enter");
  const name = page.getByRole("textbox", { name: "Name", exact: true });
  await expect(name).toBeFocused();
  await name.fill("vessel of mine");
  await page.keyboard.press("Enter");
  await expect(here(page)).toContainText("vessel of mine");
  await page.getByRole("radio", { name: "teal" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: "Shortcut" }).pressSequentially("v");
  await page.getByRole("textbox", { name: "Add a synonym" }).fill("my boat");
  await page.keyboard.press("Enter");
  await expect(here(page)).toContainText("my boat");
  await expect(here(page)).toContainText("⇧V");
  expect(argumentsOf(calls, "changeLabel")).toEqual([
    expect.objectContaining({ change: { name: "vessel of mine" } }),
    expect.objectContaining({ change: { colour: "teal" } }),
    expect.objectContaining({ change: { key: "V" } }),
    expect.objectContaining({ change: { synonyms: ["my boat"] } }),
  ]);
  const card = (await library.api.labelCards()).find(({ name: shown }) => shown === "vessel of mine");
  expect(card).toMatchObject({ colour: "teal", key: "V", synonyms: ["my boat"] });
  expect(await complaints(page)).toEqual([]);
  await page.getByRole("button", { name: "Back to photos" }).click();
  await page.getByRole("gridcell").first().click();
  await page.keyboard.press("Shift+V");
  await expect.poll(async () => argumentsOf(calls, "annotate").length).toBe(1);
  expect(argumentsOf(calls, "annotate")).toEqual([expect.objectContaining({ verdict: "accept" })]);
  expect((await library.photoNamed("IMG_0042.jpg")).labels).toContainEqual(
    expect.objectContaining({ name: "vessel of mine", source: expect.stringMatching(/accepted|added/) as unknown }),
  );
});

test("refuses a name that is taken, and keeps the old one", async ({ page, openWindow }) => {
  await openWindow();
  await manage(page);
  const before = await page.getByRole("option").nth(1).innerText();
  await page.keyboard.press("Enter");
  const name = page.getByRole("textbox", { name: "Name", exact: true });
  const own = await name.inputValue();
  await name.fill(
    before
      .split("\n")
      .find((part) => /^[a-z]/.test(part))!
      .trim(),
  );
  await page.keyboard.press("Enter");
  await expect(page.getByText("merge the two")).toBeVisible();
  await expect(name).toHaveValue(own);
});

test("merges selected labels into the one with the most photos, and deletes and restores others", async ({
  page,
  openWindow,
  library,
  calls,
}) => {
  await openWindow();
  await manage(page);
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  await expect(page.getByRole("option", { selected: true })).toHaveCount(2);
  await page.keyboard.press("m");
  const dialog = page.getByRole("dialog", { name: "Merge labels" });
  await expect(dialog).toContainText("will be merged into it");
  expect(await complaints(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Merge" }).press("Enter");
  await expect(dialog).toHaveCount(0);
  const [{ from, into }] = argumentsOf(calls, "mergeLabels") as { from: string[]; into: string }[];
  expect(from).toHaveLength(1);
  const merged = await library.api.labels();
  expect(merged.filter(({ label }) => label === from[0])).toEqual([]);
  expect(merged[0].label).toBe(into);
  await table(page).focus();
  await page.keyboard.press("Home");
  const gone = await here(page).getAttribute("id");
  const name = await page.getByRole("textbox", { name: "Name", exact: true }).inputValue();
  await page.keyboard.press("Delete");
  await expect(page.locator(`#${gone}`)).toHaveCount(0);
  await page.getByRole("checkbox", { name: "Show deleted" }).check();
  await page.getByRole("textbox", { name: "Filter labels" }).last().fill(name); // it is on no photo, so it is far down the list
  await page.locator(`#${gone}`).click();
  await page.getByRole("button", { name: "Restore" }).click();
  await expect(page.locator(`#${gone}`)).not.toHaveClass(/gone/);
});

test("a label can have its own threshold, and return to the default", async ({ page, openWindow, calls }) => {
  await openWindow();
  await manage(page);
  const slider = page
    .getByRole("complementary", { name: /^Label / })
    .getByRole("slider", { name: "Minimum confidence" });
  await slider.focus();
  await page.keyboard.press("ArrowLeft");
  await expect(page.getByText("Applies to this label only.")).toBeVisible();
  expect(argumentsOf(calls, "changeSettings")).toEqual([
    {
      labelThresholds: {
        [(argumentsOf(calls, "labelOptions") as { label: string }[])[0].label]: expect.any(Number),
      },
    },
  ]);
  await page.getByRole("button", { name: "Use the default" }).press("Enter");
  await expect(page.getByText("Same as for all labels. Your verdicts are always shown.")).toBeVisible();
  expect(argumentsOf(calls, "changeSettings").at(-1)).toEqual({ labelThresholds: {} });
});

test("filters the list and sorts it by name", async ({ page, openWindow }) => {
  await openWindow();
  await manage(page);
  await page.getByRole("textbox", { name: "Filter labels" }).last().fill("zzz");
  await expect(page.getByText("No label matches “zzz”.")).toBeVisible();
  await page.getByRole("textbox", { name: "Filter labels" }).last().fill("");
  await page.getByLabel("Sort by", { exact: true }).press("Enter");
  await page.getByRole("option", { name: "Name" }).click();
  const names = await page.locator(".table .name").allInnerTexts();
  expect(names.length).toBeGreaterThan(5);
  expect(names).toEqual(names.toSorted((a, b) => a.localeCompare(b)));
});
