/// <reference lib="dom" />
import { expect, type Page } from "@playwright/test";
import { complaints } from "./complaints";
import { argumentsOf, test } from "./real-library";

/** How the window shows confident labels, and guesses. */

const tiles = (page: Page) => page.getByRole("gridcell");
const labels = (page: Page) => page.getByRole("region", { name: "Labels of this photo" });
const rows = (page: Page) => labels(page).getByRole("listitem");
const guesses = (page: Page) => labels(page).getByRole("button", { name: /guess/ });
const status = (page: Page) => page.getByRole("main").getByRole("status").first();
const slider = (page: Page) => page.getByRole("slider", { name: "Minimum confidence" });
const entry = (page: Page, name: string) =>
  page.getByRole("navigation").getByRole("button", { name: new RegExp(`^${name} ?[\\d,]*$`) });
const clean = async (page: Page) => expect(await complaints(page)).toEqual([]);

test.afterEach(({ troubles }) => expect(troubles).toEqual([]));

async function search(page: Page, words: string) {
  await page.getByRole("combobox", { name: /^Search photos/ }).fill(words);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: `“${words}”` })).toBeVisible();
  // its photos match the words
  await expect(page.getByRole("grid", { name: "Photos" })).toHaveAttribute("aria-busy", "false");
}

/** Goes to the first photo without a label and with this many guesses. */
async function unlabelled(page: Page, withGuesses: number) {
  await entry(page, "Unlabelled").click();
  await expect(page.getByRole("heading", { level: 1, name: "Unlabelled" })).toBeVisible();
  await tiles(page).first().click();
  await expect(labels(page).getByText("No confident label")).toBeVisible();
  await expect
    .poll(
      async () => {
        const shown = await guesses(page)
          .filter({ hasText: `Show ${withGuesses} guesses` })
          .count();
        if (shown === 0) await page.keyboard.press("ArrowRight");
        return shown;
      },
      { intervals: [300], timeout: 30_000 },
    )
    .toBe(1);
}

test("a photo without a confident label has no caption, and its guesses are one click away and can be annotated", async ({
  page,
  openWindow,
  library,
  calls,
}) => {
  await library.api.changeSettings({ threshold: 0.3 });
  await openWindow();
  await unlabelled(page, 3);
  const chosen = page.locator('[role=gridcell][aria-selected="true"]');
  await expect(chosen.locator(".caption")).toHaveText("");
  await expect(rows(page)).toHaveCount(0);
  await page.keyboard.press("1"); // a hidden guess can't be annotated
  expect(argumentsOf(calls, "annotate")).toEqual([]);

  await guesses(page).click();
  await expect(rows(page)).toHaveCount(3);
  const names = await rows(page)
    .getByTitle(/^Show all photos/)
    .allInnerTexts();
  await clean(page);
  await rows(page)
    .nth(1)
    .getByRole("button", { name: /^Accept/ })
    .click();
  await expect(rows(page).nth(1)).toContainText("added"); // in its place, with the same number
  await expect(labels(page).getByText("No confident label")).toBeHidden();
  await expect(chosen.locator(".caption")).toContainText(names[1].trim());
  await page.keyboard.press("2");
  await expect(rows(page).nth(1)).not.toContainText("added");
  await expect(labels(page).getByText("No confident label")).toBeVisible();
  await rows(page)
    .first()
    .getByRole("button", { name: /^Reject/ })
    .click();
  await expect(rows(page)).toHaveCount(2);
  await expect(labels(page).getByRole("button", { name: "1 rejected" })).toBeVisible();
  expect((argumentsOf(calls, "annotate") as { verdict: string }[]).map(({ verdict }) => verdict)).toEqual([
    "accept",
    "clear",
    "reject",
  ]);

  await page.getByRole("grid").focus();
  await page.keyboard.press("p");
  await expect(rows(page)).toHaveCount(0);
  await expect(guesses(page)).toHaveText(/^Show 2 guesses/);
});

test("guesses follow confident labels, stay open between photos, and are open in Most uncertain", async ({
  page,
  openWindow,
  library,
}) => {
  await library.api.changeSettings({ threshold: 0.3 });
  await openWindow();
  await tiles(page).first().click();
  await expect(guesses(page)).toHaveText(/^Show \d guess/);
  const sure = await rows(page).count();
  await page.keyboard.press("p");
  await expect.poll(() => rows(page).count()).toBeGreaterThan(sure);
  await expect(rows(page).nth(sure)).toContainText("a guess");
  await page.keyboard.press("Enter");
  const large = page.getByRole("dialog");
  await expect(large.getByRole("button", { name: /^Hide guesses/ })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("p");
  await expect(rows(page)).toHaveCount(sure);
  await page.reload();
  await page.getByRole("main").waitFor();
  await page.keyboard.press("n");
  await expect(page.getByRole("heading", { name: "Most uncertain" })).toBeVisible();
  await expect
    .poll(
      async () => {
        // not every photo has guesses
        const open = await labels(page)
          .getByRole("button", { name: /^Hide guesses/ })
          .count();
        if (open === 0) await page.keyboard.press("ArrowRight");
        return open;
      },
      { intervals: [300], timeout: 30_000 },
    )
    .toBe(1);
});

test("a search without a confident match says so, shows at most six photos, and suggests words with confident matches", async ({
  page,
  openWindow,
  library,
}) => {
  await library.api.changeSettings({ threshold: 0.75 });
  await openWindow();
  await search(page, "boat");
  await expect(page.getByText("No confident match for “boat”.")).toBeVisible();
  await expect(status(page)).toHaveText("6 closest matches");
  await expect(page.getByRole("rowheader", { name: "Closest matches" })).toBeVisible();
  await expect(tiles(page)).toHaveCount(6);
  await clean(page);
  await tiles(page).nth(5).click();
  await expect(labels(page).getByText("No confident label")).toBeVisible();
  await page.keyboard.press("ArrowRight"); // the sixth is the last
  await expect(page.locator('[role=gridcell][aria-selected="true"]')).toHaveCount(1);
  await slider(page).press("End");
  await expect(page.getByText("No confident match")).toBeHidden();
  await expect(status(page)).toHaveText(/^\d+ photos$/);
});

test("a search with confident matches shows those first, and the rest behind a button", async ({
  page,
  openWindow,
  library,
}) => {
  await library.api.changeSettings({ threshold: 0.05 });
  await openWindow();
  await search(page, "animal");
  await expect(status(page)).toHaveText(/^\d+ photos$/);
  const sure = Number((await status(page).innerText()).split(" ")[0]);
  await page.getByRole("grid").focus();
  await page.keyboard.press("End");
  const fold = page.getByRole("button", { name: /less certain/i });
  await expect(fold).toHaveAttribute("aria-expanded", "false");
  const more = Number((await fold.innerText()).replace(/\D/g, ""));
  await clean(page);
  await fold.press("Enter");
  await expect(page.getByRole("dialog")).toBeHidden(); // the key acts on the button here, not on the photo
  await expect(fold).toHaveAttribute("aria-expanded", "true");
  await expect(status(page)).toHaveText(`${sure + more} photos`);
  await page.getByRole("grid").focus();
  await page.keyboard.press("Control+a");
  await expect(page.getByText(`${sure + more} of ${sure + more} selected`)).toBeVisible();
  await fold.click();
  await expect(status(page)).not.toContainText(`of ${sure + more}`);
  await search(page, "vehicle");
  // only once it is scrolled to
  await expect(page.getByRole("button", { name: /^Show \d+ less certain/ })).toHaveCount(0);
});

test("the label list, counts and Unlabelled follow the slider at once, including a label with its own threshold", async ({
  page,
  openWindow,
  library,
  calls,
}) => {
  await library.api.changeSettings({ threshold: 0.3 });
  await openWindow();
  const count = async (name: string) =>
    Number(((await entry(page, name).innerText()).split("\n").at(-1) ?? "").replace(/\D/g, ""));
  const shownLabels = async () =>
    Number(
      (await page.getByRole("region", { name: "Labels", exact: true }).locator(".total").innerText()).replace(
        /\D/g,
        "",
      ),
    );
  const labelled = async () =>
    Number(/([\d,]+) labelled/.exec(await page.getByRole("contentinfo").innerText())![1].replace(",", ""));
  await expect(tiles(page).first()).toBeVisible();
  // it stays visible, however many labels there are
  await page.getByRole("textbox", { name: "Filter labels" }).fill("animal");
  await entry(page, "animal").click();
  await expect(page.getByRole("heading", { level: 1, name: "animal" })).toBeVisible();
  const before = {
    animal: await count("animal"),
    labels: await shownLabels(),
    labelled: await labelled(),
    unlabelled: await count("Unlabelled"),
  };
  await expect(status(page)).toHaveText(`${before.animal} photos`);

  await slider(page).focus();
  for (let i = 0; i < 8; i++) await page.keyboard.press("ArrowLeft"); // to 70%
  await expect.poll(() => count("Unlabelled")).toBeGreaterThan(before.unlabelled);
  await expect.poll(() => count("animal")).toBeLessThan(before.animal);
  const careful = await count("animal");
  await expect(status(page)).toHaveText(new RegExp(`^${careful} photos?$`)); // the view itself
  expect(await labelled()).toBeLessThan(before.labelled);
  await expect
    .poll(async () => (await count("Unlabelled")) - before.unlabelled - (before.labelled - (await labelled())))
    .toBe(0);
  await entry(page, "Unlabelled").click();
  await expect(status(page)).toHaveText(`${await count("Unlabelled")} photos`); // unreadable photos included

  // One label gets its own threshold.
  const { label } = (await library.api.labels()).find(({ name }) => name === "animal")!;
  await library.api.changeSettings({ labelThresholds: { [label]: 0.3 } });
  await expect.poll(() => count("animal")).toBe(before.animal);
  await slider(page).press("ArrowLeft");
  await expect.poll(() => argumentsOf(calls, "changeSettings").at(-1)).toEqual({ threshold: 0.75 });
  await expect.poll(labelled).toBeGreaterThan(0);
  expect(await count("animal")).toBe(before.animal);
  await slider(page).press("End");
  await expect.poll(() => count("Unlabelled")).toBeLessThan(before.unlabelled);
  expect(await shownLabels()).toBeGreaterThanOrEqual(before.labels);
  expect(await count("animal")).toBe(before.animal);
});
