/// <reference lib="dom" />
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import sharp from "sharp";
import { type ServedProgram, serveFolder } from "./served-program";

/** The Evaluation view on the built engine, the bundled pack, and generated class folders. */

const root = realpathSync(mkdtempSync(join(tmpdir(), "semblance-evaluating-")));
const library = join(root, "photos");
const dataset = join(root, "classes");
const COLOURS = { tomato: "#d92a1e", lemon: "#efe128", sky: "#7fb4ee", flurblewock: "#808080" };
const PHOTOS = 3;
let program: ServedProgram;

test.describe.configure({ mode: "serial", timeout: 600_000 });

test.beforeAll(async () => {
  mkdirSync(library);
  for (const [name, background] of Object.entries(COLOURS)) {
    mkdirSync(join(dataset, name), { recursive: true });
    for (let i = 0; i < PHOTOS; i++) writeFileSync(join(dataset, name, `${i}.png`), await disc(background, i));
  }
  writeFileSync(join(library, "one.png"), await disc(COLOURS.tomato, 0));
  program = await serveFolder(library, join(root, "home"));
});

test.afterAll(async () => {
  await program.stop();
  rmSync(root, { recursive: true, force: true });
});

const disc = (colour: string, i: number): Promise<Buffer> =>
  sharp(
    Buffer.from(
      `<svg width="96" height="96" xmlns="http://www.w3.org/2000/svg"><rect width="96" height="96" fill="#ddd"/><circle cx="${44 + 4 * i}" cy="48" r="${28 + 3 * i}" fill="${colour}"/></svg>`,
    ),
  )
    .png()
    .toBuffer();

const view = (page: Page) => page.getByRole("main", { name: "Evaluation" });

async function openView(page: Page) {
  await page.goto(await program.newAddress());
  await expect(page.getByRole("gridcell")).toHaveCount(1);
  await page.keyboard.press("e");
  await expect(view(page).getByRole("heading", { name: "Evaluation" })).toBeVisible();
}

test("evaluates a data set, shows progress with its unit, and keeps the result", async ({ page }) => {
  await openView(page);
  await page.evaluate(() => {
    const said: string[] = ((globalThis as { said?: string[] }).said = []);
    new MutationObserver(() => {
      for (const status of document.querySelectorAll("main [role=status]"))
        if (!said.includes(status.textContent)) said.push(status.textContent);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await view(page).getByLabel("Dataset").fill(dataset);
  await page.keyboard.press("Enter");
  const scores = view(page).getByRole("grid", { name: "Scores (%)" });
  await expect(scores).toBeVisible({ timeout: 500_000 });
  const said = await page.evaluate(() => (globalThis as { said?: string[] }).said!);
  expect(
    said.some((text) => /^Evaluating: fitting L2, step [\d,]+ of 400\. You can keep working\.$/.test(text)),
    JSON.stringify(said),
  ).toBe(true);
  expect(
    said.some((text) => /^Evaluating: fitting the random embedding, step [\d,]+ of 400\./.test(text)),
    JSON.stringify(said),
  ).toBe(true);

  await expect(scores.getByRole("rowheader")).toHaveText([
    "Softmax baseline",
    "DeViSE",
    "Random embedding",
    "L2",
    "ConSE(10)",
    "Semblance",
  ]);
  await expect(view(page).getByText("1 label in the dataset is unknown")).toBeVisible();
  await expect(view(page).getByText(`classes·${3 * PHOTOS} photos·seed`)).toBeVisible();
  await expect(view(page).getByRole("img", { name: /^Flat hit/ })).toBeVisible();

  await openView(page);
  await expect(scores).toBeVisible();
  await expect(view(page).getByLabel("Dataset")).toHaveValue(dataset);
});

test("copies the result to the system clipboard as Markdown", async ({ browser }) => {
  const context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"] });
  const page = await context.newPage();
  await openView(page);
  await view(page).getByRole("button", { name: "Copy as Markdown" }).click();
  await expect(page.getByText("Copied as Markdown", { exact: true })).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain(`# Evaluation of seed on ${dataset}\n\n${3 * PHOTOS} photos, `);
  expect(copied).toMatch(/\| Semblance \| \**\d+\.\d\** \(\d+\.\d–\d+\.\d\) \|/);
  expect(copied).toContain(`- flurblewock (${PHOTOS})`);
  await context.close();
});

test("refuses an unusable data set with the numbers, and keeps the previous result", async ({ page }) => {
  await openView(page);
  const empty = join(root, "empty");
  mkdirSync(empty);
  await view(page).getByLabel("Dataset").fill(empty);
  await page.keyboard.press("Enter");
  await expect(view(page).getByRole("alert")).toContainText("has no photos with a label. It is empty.");
  await expect(view(page).getByRole("grid", { name: "Scores (%)" })).toBeVisible();
});
