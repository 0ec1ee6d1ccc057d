/// <reference lib="dom" />
import { expect, type Page } from "@playwright/test";
import type { Call } from "../../src-shared/contract";
import { complaints } from "./complaints";
import { argumentsOf, test } from "./real-library";

const box = (page: Page) => page.getByRole("combobox", { name: "Search photos by any word or field" });
const options = (page: Page) => page.getByRole("listbox", { name: "Suggestions" }).getByRole("option");
const sidebar = (page: Page) => page.getByRole("navigation", { name: "Library" });
const lastQuery = (calls: Call[]) => (argumentsOf(calls, "browse") as { words?: string }[]).at(-1)?.words;
const status = (page: Page) => page.getByRole("main").getByText(/^[\d,]+ photos?$/);

test.afterEach(({ troubles }) => expect(troubles).toEqual([]));

async function noViolations(page: Page) {
  expect(await complaints(page)).toEqual([]);
}

test("with the keyboard alone: completes a query and saves, opens, renames, deletes and restores the search", async ({
  page,
  openWindow,
}) => {
  test.slow(); // axe runs four times
  await page.emulateMedia({ reducedMotion: "reduce" });
  await openWindow();
  await page.getByRole("gridcell").first().waitFor();

  await page.keyboard.press("/");
  await page.keyboard.type("lab");
  await expect(options(page).first()).toContainText("label:");
  await page.keyboard.press("ArrowDown");
  await expect(options(page).first()).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(box(page)).toHaveValue("label:");
  await page.keyboard.type("boa");
  await expect(options(page)).toHaveText([/^boat/]);
  await noViolations(page);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(box(page)).toHaveValue("label:boat ");
  await page.keyboard.type("-is:failed taken:>=2025-06-10");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "“label:boat -is:failed taken:>=2025-06-10”" })).toBeVisible();
  // its photos match the whole query
  await expect(page.getByRole("grid", { name: "Photos" })).toHaveAttribute("aria-busy", "false");
  const found = await status(page).textContent();

  await page.keyboard.press("s");
  await expect(page.getByRole("dialog", { name: "Save search" })).toBeVisible();
  await noViolations(page);
  await page.keyboard.press("Control+a");
  await page.keyboard.type("Boats in June");
  await page.keyboard.press("Enter");
  const set = sidebar(page).getByRole("button", { name: /^Boats in June/ });
  await expect(set).toHaveAttribute("aria-current", "page");
  await expect(page.getByRole("heading", { name: "Boats in June" })).toBeVisible();
  await expect(set).toContainText(found!.replace(/ photos?/, ""));
  await noViolations(page);

  await page.keyboard.press("/");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("heading", { name: "All photos" })).toBeVisible();
  await expect(set).not.toHaveAttribute("aria-current");
  await set.focus();
  await page.keyboard.press("Enter");
  await expect(box(page)).toHaveValue("label:boat -is:failed taken:>=2025-06-10");
  await expect(status(page)).toHaveText(found!);

  await set.focus();
  await page.keyboard.press("F2");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("Sailing");
  await page.keyboard.press("Enter");
  const renamed = sidebar(page).getByRole("button", { name: /^Sailing/ });
  await renamed.focus();
  await page.keyboard.press("Delete");
  await expect(renamed).toHaveCount(0);
  const undo = page.getByText("Deleted the saved search “Sailing”").locator("..").getByRole("button", { name: "Undo" });
  await undo.focus();
  await page.keyboard.press("Enter");
  await expect(renamed).toBeVisible();
});

test("keys pressed before the suggestions are there choose among those for what was typed", async ({
  page,
  openWindow,
}) => {
  await page.route("**/api", async (route) => {
    const { name } = route.request().postDataJSON() as Call;
    if (name === "completeQuery") await new Promise((resolve) => setTimeout(resolve, 200));
    await route.continue();
  });
  await openWindow();
  await page.keyboard.press("/");
  await page.keyboard.type("l");
  await expect(options(page).first()).toContainText("label:");
  await page.keyboard.type("ab");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(box(page)).toHaveValue("label:");
});

test("with the mouse: the filter reads and writes the query", async ({ page, openWindow, calls }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await openWindow();
  await page.getByRole("gridcell").first().waitFor();
  await page.keyboard.press("f");
  const form = page.getByRole("dialog", { name: "Filter" });
  await form.getByLabel("Label", { exact: true }).fill("sailboat");
  await page.keyboard.press("Tab");
  await expect(box(page)).toHaveValue("label:sailboat");
  for (let i = 0; i < 10; i++) await page.keyboard.press("ArrowRight");
  await expect(box(page)).toHaveValue("label:sailboat confidence:>=0.5");
  await form.getByLabel("From").fill("2025-06-05");
  await form.getByLabel("To", { exact: true }).fill("2025-06-30");
  await page.keyboard.press("Tab");
  await expect(box(page)).toHaveValue("label:sailboat confidence:>=0.5 taken:[2025-06-05 TO 2025-06-30]");
  await form.getByLabel("Folder").fill("2025/Journey north");
  await form.getByLabel("Verdict").click();
  await page.getByRole("option", { name: "Not reviewed" }).click();
  await expect(box(page)).toHaveValue(
    'label:sailboat confidence:>=0.5 taken:[2025-06-05 TO 2025-06-30] folder:"2025/Journey north" is:unreviewed',
  );
  await noViolations(page);
  await form.getByLabel("Label", { exact: true }).fill("");
  await page.keyboard.press("Tab");
  await expect
    .poll(() => lastQuery(calls))
    .toBe('confidence:>=0.5 taken:[2025-06-05 TO 2025-06-30] folder:"2025/Journey north" is:unreviewed');
  await form.getByRole("button", { name: "Clear" }).click();
  await expect(box(page)).toHaveValue("");
  await page.keyboard.press("Escape");
  await expect(form).toHaveCount(0);

  await page.keyboard.press("/");
  await page.keyboard.type("boat label:crane taken:2025-06 -format:png");
  await page.keyboard.press("Enter");
  await page.keyboard.press("f");
  await expect(form.getByLabel("Label", { exact: true })).toHaveValue("crane");
  await expect(form.getByLabel("From")).toHaveValue("2025-06-01");
  await expect(form.getByLabel("To", { exact: true })).toHaveValue("2025-06-30");
  await form.getByLabel("Camera").fill("NIKON D750");
  await page.keyboard.press("Tab");
  await expect(box(page)).toHaveValue('boat label:crane taken:2025-06 -format:png camera:"NIKON D750"');
});

test("underlines and explains a query error, and keeps the photos", async ({ page, openWindow }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await openWindow();
  await page.getByRole("gridcell").first().waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("boat lable:dog");
  await expect(box(page)).toHaveAttribute("aria-invalid", "true");
  await expect(box(page)).toHaveAccessibleDescription(/There is no field “lable”/);
  await expect(page.locator("search u")).toHaveText("lable");
  await expect(page.getByRole("gridcell").first()).toBeVisible();
  await noViolations(page);
  await page.getByRole("button", { name: "label", exact: true }).click();
  await expect(box(page)).toHaveValue("boat label:dog");
  await expect(box(page)).not.toHaveAttribute("aria-invalid");
});

test("saves a folder, a kind of verdict and a label as queries", async ({ page, openWindow, calls }) => {
  await openWindow();
  await page.getByRole("gridcell").first().waitFor();
  const saved = async (name: string) => {
    await page.getByRole("button", { name: "Save search" }).click();
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.keyboard.press("Enter");
    await expect(page.getByText(`Saved “${name}”`)).toBeVisible();
    return (argumentsOf(calls, "saveSearch") as { query: string }[]).at(-1)!.query;
  };
  await sidebar(page).getByRole("button", { name: "Unreviewed" }).click();
  expect(await saved("To do")).toBe("is:unreviewed");
  await sidebar(page).getByRole("button", { name: /^2025/ }).click();
  expect(await saved("This year")).toBe("folder:/2025");
  await page.keyboard.press("/");
  await page.keyboard.type("boat OR label:crane");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "“boat OR label:crane”" })).toBeVisible();
  expect(await saved("Both")).toBe("folder:/2025 (boat OR label:crane)");
});
