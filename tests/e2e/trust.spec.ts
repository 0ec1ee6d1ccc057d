/// <reference lib="dom" />
import { expect, type Page } from "@playwright/test";
import { callsOf, test } from "./mock-page";

const tiles = (page: Page) => page.getByRole("gridcell");
const labels = (page: Page) => page.getByRole("region", { name: "Labels of this photo" });
const why = (page: Page) => page.getByRole("dialog", { name: /^Why/ });
const slider = (page: Page) => page.getByRole("slider", { name: "Minimum confidence" });
const view = (page: Page) => page.getByRole("main", { name: "Evaluation" });

test.afterEach(({ troubles }) => expect(troubles).toEqual([]));

async function evaluate(page: Page) {
  await page.keyboard.press("e");
  await view(page).getByLabel("Dataset").fill("/data/imagenet-200");
  await page.keyboard.press("Enter");
  await expect(view(page).getByRole("grid")).toBeVisible();
}

/** Goes to a photo with a label of that name, and highlights the label. */
async function highlight(page: Page, name: string) {
  await page.keyboard.press("/");
  await page.getByRole("combobox", { name: "Search photos" }).fill(name);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: `“${name}”` })).toBeVisible();
  await tiles(page).first().click();
  await expect(labels(page).getByRole("button", { name: `Why ${name}?` })).toBeAttached();
  const names = await labels(page)
    .getByRole("listitem")
    .getByTitle(/^Show all photos/)
    .allInnerTexts();
  for (let i = names.findIndex((shown) => shown.startsWith(name)); i > 0; i--) await page.keyboard.press("j");
}

test("the button beside a label opens and closes the explanation, which says if there is no single reason", async ({
  page,
  openWindow,
}) => {
  await openWindow({ photos: 1000 });
  await highlight(page, "crane"); // the first crane of the two is the fifth label, without an explanation
  const asked = labels(page).getByRole("listitem").filter({ hasText: "lifting device" }).first();
  // The inspector does not draw photos that are passed quickly.
  await expect
    .poll(
      async () => {
        const found = await asked.count();
        if (found === 0) await page.keyboard.press("ArrowRight");
        return found;
      },
      { intervals: [300], timeout: 30_000 },
    )
    .toBeGreaterThan(0);
  const button = asked.getByRole("button", { name: "Why crane?" });
  await button.click();
  await expect(why(page)).toContainText("No single reason");
  await expect(button).toHaveAttribute("aria-expanded", "true");
  await button.click();
  await expect(why(page)).toBeHidden();
  await button.focus();
  await page.keyboard.press("Enter");
  await expect(why(page)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(why(page)).toBeHidden();
  await expect(button).toBeFocused();
});

test("a slow explanation shows a spinner, a failed one its reason, and another photo closes it", async ({
  page,
  openWindow,
}) => {
  await openWindow({ photos: 1000 });
  await highlight(page, "lighthouse");
  await page.evaluate(() => {
    const { send } = mock;
    mock.send = async (call) => {
      if (call.name !== "explain") return send(call);
      await new Promise((resolve) => addEventListener("answer", resolve, { once: true }));
      return { ok: false, error: { code: "no-photo", message: "Photo 7 hasn’t been analysed yet." } };
    };
  });
  await page.keyboard.press("w");
  await expect(why(page).getByRole("status")).toHaveText("Loading…");
  await page.evaluate(() => dispatchEvent(new Event("answer")));
  await expect(why(page).getByRole("alert")).toContainText("Photo 7 hasn’t been analysed yet.");
  await page.keyboard.press("Escape");
  await expect(why(page)).toBeHidden();
  await page.keyboard.press("w");
  await expect(why(page)).toBeVisible();
  await tiles(page).nth(1).click();
  await expect(why(page)).toBeHidden();
});

test("in the Loupe view, Esc closes the explanation first", async ({ page, openWindow }) => {
  await openWindow({ photos: 1000 });
  await highlight(page, "lighthouse");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Next photo" })).toBeVisible();
  await page.keyboard.press("w");
  await expect(why(page)).toContainText("Looks like");
  await page.keyboard.press("Escape");
  await expect(why(page)).toBeHidden();
  await expect(page.getByRole("button", { name: "Next photo" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Next photo" })).toBeHidden();
});

test("the slider describes its effect, and requests new labels once when released", async ({ page, openWindow }) => {
  await openWindow({ photos: 1000, threshold: 0.5 });
  await expect(page.getByText("Minimum confidence 50%")).toBeVisible();
  await expect(page.getByText("Fewer labels")).toBeVisible();
  await slider(page).focus();
  for (let i = 0; i < 6; i++) await page.keyboard.press("ArrowLeft");
  await expect(page.getByText("Minimum confidence 80%")).toBeVisible();
  await expect.poll(() => callsOf(page, "changeSettings")).toEqual([{ threshold: 0.8 }]);
  await page.getByRole("button", { name: "Harbour", exact: true }).click();
  await page.getByRole("menuitem", { name: "Settings…" }).click();
  const dialog = page.getByRole("dialog", { name: "Settings" });
  await expect(dialog.getByText("80%")).toBeVisible();
  await dialog.getByLabel("Minimum confidence").press("End");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  await expect(slider(page)).toHaveAttribute("aria-valuetext", "at least 5%");
});

test("a refused threshold returns to its old value", async ({ page, openWindow, troubles: _ }) => {
  await openWindow({ photos: 1000, threshold: 0.5 });
  await expect(page.getByText("Minimum confidence 50%")).toBeVisible();
  await page.evaluate(() => {
    const { send } = mock;
    mock.send = async (call) =>
      call.name === "changeSettings"
        ? { ok: false, error: { code: "busy", message: "the library is being closed" } }
        : send(call);
  });
  await slider(page).press("Home");
  await expect(page.getByRole("alert")).toContainText("the library is being closed");
  await expect(page.getByText("Minimum confidence 50%")).toBeVisible();
  await expect(slider(page)).toHaveValue("0.5");
});

test("evaluates a data set: a row per method, the best of each column marked, intervals in words", async ({
  page,
  openWindow,
}) => {
  await openWindow({ photos: 1000 });
  await expect(tiles(page).first()).toBeVisible();
  await page.keyboard.press("e");
  await expect(view(page).getByRole("heading", { name: "How accurate are the labels?" })).toBeVisible();
  const dataset = view(page).getByLabel("Dataset");
  await dataset.fill("/nowhere");
  await page.keyboard.press("Enter");
  await expect(view(page).getByRole("alert")).toContainText("There is no dataset at /nowhere");
  await dataset.fill("/data/imagenet-200");
  await page.keyboard.press("Enter");
  const scores = view(page).getByRole("grid", { name: "Scores (%)" });
  await expect(scores.getByRole("rowheader")).toHaveText([
    "Softmax baseline",
    "DeViSE",
    "Random embedding",
    "L2",
    "ConSE(10)",
    "Semblance",
  ]);
  await expect(
    scores
      .getByRole("row", { name: /^Softmax/ })
      .getByRole("gridcell")
      .first(),
  ).toContainText("85.3, best");
  await view(page)
    .getByRole("tab", { name: /^Unseen/ })
    .click();
  await expect(
    scores
      .getByRole("row", { name: /^Semblance/ })
      .getByRole("gridcell")
      .first(),
  ).toContainText("72.4, best");
  await expect(
    scores
      .getByRole("row", { name: /^Softmax/ })
      .getByRole("gridcell")
      .first(),
  ).toHaveText("–");
  await scores
    .getByRole("row", { name: /^ConSE/ })
    .getByRole("gridcell")
    .nth(2)
    .click();
  await expect(view(page).getByText("ConSE(10), hit@5: 77.2%; 95% interval 72.0 to 82.4; 250 photos")).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await expect(view(page).getByText(/^Semblance, hit@5: 89\.6%/)).toBeVisible();
  for (const name of [/^Flat hit/, /^Accuracy against specificity/, /^Accuracy by confidence/])
    await expect(view(page).getByRole("img", { name })).toBeVisible();
  await expect(view(page).getByText("2 labels in the dataset are unknown")).toBeVisible();
  await expect(view(page).getByText("Expected calibration error 3.4 points")).toBeVisible();
});

test("copies the evaluation as Markdown", async ({ page, openWindow }) => {
  await openWindow({ photos: 1000 });
  await expect(tiles(page).first()).toBeVisible();
  await evaluate(page);
  await page.evaluate(() =>
    document.addEventListener("copy", () => {
      throw new Error("the copy event went on");
    }),
  );
  await view(page).getByRole("button", { name: "Copy as Markdown" }).click();
  await expect(page.getByText("Copied as Markdown", { exact: true })).toBeVisible();
  await view(page).getByLabel("Dataset").fill("");
  await view(page).getByLabel("Dataset").press("Control+v");
  await expect(view(page).getByLabel("Dataset")).toHaveValue(
    /# Evaluation of seed on \/data\/imagenet-200.*\| Semblance \| 83\.6 \(80\.9–86\.3\) \|/,
  );
});

test("an evaluation shows progress, can be cancelled, and shows why it failed", async ({ page, openWindow }) => {
  await openWindow({ photos: 1000 });
  await expect(tiles(page).first()).toBeVisible();
  await evaluate(page);
  const job = {
    job: 9,
    kind: "evaluate",
    state: "running",
    done: 400,
    total: 1000,
    perSecond: 50,
    secondsLeft: 12,
    message: null,
  } as const;
  await page.evaluate((running) => mock.emit("job", running), job);
  await expect(view(page).getByRole("status").first()).toContainText("Evaluating: 400 of 1,000.");
  await expect(
    page.getByRole("list", { name: "Background tasks" }).getByRole("listitem").filter({ hasText: "Evaluating" }),
  ).toContainText("50/s");
  await view(page).getByRole("button", { name: "Stop" }).click();
  expect(await callsOf(page, "cancelJob")).toEqual([{ job: 9 }]);
  await page.evaluate((failed) => mock.emit("job", failed), {
    ...job,
    state: "failed",
    message: "150 of 1,000 photos cannot be read",
  } as const);
  await expect(view(page).getByRole("alert")).toContainText("150 of 1,000 photos cannot be read");
});

test("chooses the data set's folder in the window, where photo shortcuts are off, and e goes back", async ({
  page,
  openWindow,
}) => {
  await openWindow({ photos: 1000 });
  await tiles(page).nth(2).click();
  await page.getByRole("button", { name: "Harbour", exact: true }).click();
  await page.getByRole("menuitem", { name: /^Evaluation/ }).click();
  await view(page).getByRole("button", { name: "Choose folder…" }).click();
  const chooser = page.getByRole("dialog", { name: "Choose dataset" });
  await chooser.getByRole("button", { name: "Scans" }).click();
  await chooser.getByRole("button", { name: "Choose", exact: true }).click();
  await expect(view(page).getByLabel("Dataset")).toHaveValue("/home/ada/Pictures/Scans");
  await page.getByRole("heading", { name: "Evaluation" }).click();
  for (const key of ["1", "x", "ArrowDown", "Enter"]) await page.keyboard.press(key);
  expect(await callsOf(page, "annotate")).toEqual([]);
  await page.keyboard.press("e");
  await expect(tiles(page).first()).toBeVisible();
});
