/// <reference lib="dom" />
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import sharp from "sharp";
import { exchangeCode } from "../fixtures/exchange-code";
import { type ServedProgram, serveFolder } from "./served-program";

/** Names that would run or draw something if they were treated as HTML anywhere. */
const [IMAGE, DRAWING, FRAME, BOLD] = [
  "<img src=x onerror=ran=1>",
  '"><svg class=injected onload=ran=1>',
  "<iframe class=injected srcdoc='<script>parent.ran=1<'>",
  "<b class=injected>north",
];

const scratch = realpathSync(mkdtempSync(join(tmpdir(), "semblance-names-")));
const folder = join(scratch, IMAGE);
let program: ServedProgram;
let origin: string;
let token: string;

test.skip(process.platform === "win32", "Windows does not allow such file names");

test.beforeAll(async () => {
  mkdirSync(join(folder, BOLD), { recursive: true });
  const names = [
    `${IMAGE}.jpg`,
    `${DRAWING}.jpg`,
    "{@html ran}.jpg",
    "&lt;img src=x&gt;.jpg",
    join(BOLD, `${FRAME.replace("/", "")}.jpg`),
  ];
  for (const [i, name] of names.entries()) {
    writeFileSync(
      join(folder, name),
      await sharp({
        create: { width: 200, height: 160, channels: 3, background: { r: 50 * i, g: 120, b: 200 - 40 * i } },
      })
        .jpeg()
        .toBuffer(),
    );
  }
  writeFileSync(join(folder, `<script>ran=1<.jpg`), "no picture");
  program = await serveFolder(folder, join(scratch, "home"));
  const address = await program.newAddress();
  [origin, token] = [new URL(address).origin, (await exchangeCode(address)).token];
});
test.afterAll(async () => {
  await program.stop();
  rmSync(scratch, { recursive: true, force: true });
});

async function ask<T>(name: string, argument?: object): Promise<T> {
  const response = await fetch(`${origin}/api`, {
    method: "POST",
    headers: { "x-semblance-token": token },
    body: JSON.stringify({ name, args: argument ? [argument] : [] }),
  });
  const reply = (await response.json()) as { ok: true; value: T } | { ok: false; error: { message: string } };
  if (!reply.ok) throw new Error(`${name}: ${reply.error.message}`);
  return reply.value;
}

/** Nothing ran, nothing was drawn, and the page's policy had nothing to block. */
async function expectText(page: Page, where: string) {
  expect(
    await page.evaluate(() => [
      "ran" in window,
      document.querySelectorAll(
        ".injected, img[src='x'], iframe, object, embed, script:not([src]), [onerror], [onload]",
      ).length,
    ]),
    where,
  ).toEqual([false, 0]);
}

// guarantee: hostile-names
test("names of photos, folders, labels and saved searches that look like HTML are shown as text in every view", async ({
  page,
}) => {
  test.slow(); // visits every view
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });

  await expect
    .poll(async () => await ask<{ photos: number; embedded: number }>("library"), { timeout: 60_000 })
    .toMatchObject({ photos: 6, embedded: 5 });
  const { photos } = await ask<{ photos: number[] }>("browse", { sort: "name", descending: false, group: "none" });
  for (const [i, label] of [`own:${IMAGE}`, `own:${DRAWING}`, `own:${FRAME}`].entries())
    await ask("annotate", { photos: photos.slice(i), label, verdict: "accept" });
  await ask("changeLabel", { label: `own:${IMAGE}`, change: { synonyms: [BOLD], colour: "red", key: "A" } });
  await ask("changeLabel", { label: `own:${DRAWING}`, change: { kindOf: `own:${IMAGE}` } });
  await ask("saveSearch", { name: FRAME, query: `label:"${IMAGE}"`, sort: "name", descending: false, group: "folder" });
  await ask("retrain");

  await page.goto(await program.newAddress());
  await expect(page.getByText("6 photos", { exact: false }).first()).toBeVisible();
  await expect(page.getByText(IMAGE, { exact: true }).first()).toBeVisible();
  await expect(page.getByText(FRAME, { exact: true }).first()).toBeVisible(); // the saved search, and a label
  await expectText(page, "the grid and its sidebar");

  await page.getByRole("gridcell").first().click();
  await expect(page.getByRole("region", { name: "Labels of this photo" })).toContainText(IMAGE);
  await expectText(page, "the labels of a photo");
  await page.keyboard.press("w");
  await expectText(page, "a label's explanation");
  await page.keyboard.press("Escape");
  await page.keyboard.press("t");
  await page.keyboard.type("<img");
  await expect(page.getByRole("option").first()).toBeVisible();
  await expectText(page, "labels to choose from");
  await page.keyboard.press("Escape");
  await page.getByRole("grid").focus();
  await page.keyboard.press("Enter");
  await expectText(page, "the Loupe view");
  await page.keyboard.press("Escape");
  await page.keyboard.press("z"); // a message names what was undone
  await expect(page.getByText(/undone|Undid|Undo/i).first()).toBeVisible();
  await expectText(page, "what was undone");

  await page.keyboard.press("/");
  await page.keyboard.type('label:"<im');
  await expect(page.getByRole("option").first()).toBeVisible();
  await expectText(page, "completions of a search");
  await page.keyboard.press("Control+a");
  await page.keyboard.type(IMAGE);
  await page.keyboard.press("Enter");
  await expectText(page, "a search for an unknown word");
  await page.keyboard.press("Escape");

  for (const [key, view] of [
    ["f", "filters"],
    ["s", "saving a search"],
    ["?", "the keyboard shortcuts"],
    ["m", "the map"],
    ["h", "the versions"],
    ["e", "the evaluation"],
    ["n", "the review"],
    ["d", "what changed"],
  ]) {
    await page.locator("body").press("Escape");
    await page.evaluate(() => {
      (document.activeElement as HTMLElement | null)?.blur();
    });
    await page.keyboard.press(key);
    await page.waitForTimeout(250);
    await expectText(page, view);
    await page.keyboard.press("Escape");
  }
  expect(complaints).toEqual([]);
});

// guarantee: hostile-names
test("the page's policy blocks injected HTML", async ({ page }) => {
  await page.goto(await program.newAddress());
  await expect(page.getByRole("grid")).toBeVisible();
  const ran = await page.evaluate(async (html) => {
    const place = document.createElement("div");
    place.innerHTML = html;
    document.body.append(place);
    await new Promise((resolve) => setTimeout(resolve, 300));
    return "ran" in window;
  }, `${IMAGE}${FRAME}<svg onload=ran=1></svg>`);
  expect(ran).toBe(false);
});
