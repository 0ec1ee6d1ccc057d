/// <reference lib="dom" />
import { expect, type Page } from "@playwright/test";
import { complaints } from "./complaints";
import { callsOf, test, verdictsOf } from "./mock-page";

test.afterEach(({ troubles }) => expect(troubles).toEqual([]));

const tiles = (page: Page) => page.getByRole("gridcell");
const labels = (page: Page) => page.getByRole("region", { name: "Labels of this photo" });
const clean = async (page: Page) => expect(await complaints(page)).toEqual([]);

interface Judged {
  photos: number[];
  label: string;
  verdict: string;
}

/** Presses keys in the page, one right after another. */
const pressAll = (page: Page, keys: string[]) =>
  page.evaluate((pressed) => {
    for (const key of pressed) {
      const shiftKey = key === "Z";
      (document.activeElement ?? document.body).dispatchEvent(
        new KeyboardEvent("keydown", { key, shiftKey, bubbles: true, cancelable: true }),
      );
    }
  }, keys);

// guarantee: fast-keys
test("300 keys without a pause apply to the right photos and labels, in order, despite slow answers", async ({
  page,
  openWindow,
}) => {
  await openWindow({ photos: 200, jitter: 10 });
  await tiles(page).first().click();
  await expect(labels(page)).toBeVisible();
  // The engine's labels of the photos in view order; photos with two or more labels are annotated with two keys.
  const photos = await page.evaluate(async () => {
    const ask = async (name: string, query: unknown) => {
      const answer = await mock.send({ name, args: [query] } as never);
      if (!answer.ok) throw new Error(answer.error.message);
      return answer.value;
    };
    const { photos: ids } = (await ask("browse", { sort: "taken", descending: true, group: "date" })) as {
      photos: number[];
    };
    return Promise.all(
      ids.map(async (photo) => ({
        photo,
        labels: ((await ask("photo", { photo })) as { labels: { label: string }[] }).labels.map(({ label }) => label),
      })),
    );
  });
  const keys: string[] = [];
  const expected: Judged[] = [];
  for (const {
    photo,
    labels: [first, second, third],
  } of photos.slice(0, 100)) {
    // Accept the first; reject the highlighted second, so that the third takes its place and is accepted with its key.
    keys.push("1", "j", "x", "2", "ArrowRight");
    if (first) expected.push({ photos: [photo], label: first, verdict: "accept" });
    const rejected = second ?? first;
    if (rejected) expected.push({ photos: [photo], label: rejected, verdict: "reject" });
    if (third) expected.push({ photos: [photo], label: third, verdict: "accept" });
  }
  expect(keys.length).toBeGreaterThanOrEqual(300);
  await pressAll(page, keys);
  await expect.poll(async () => (await verdictsOf(page)).length, { timeout: 60_000 }).toBe(expected.length);
  expect(await verdictsOf(page)).toEqual(expected);
});

// guarantee: fast-keys
test("undo amid fast keys reverts the preceding action, and later keys act on the result", async ({
  page,
  openWindow,
}) => {
  await openWindow({ photos: 200, jitter: 10 });
  await tiles(page).nth(2).click();
  await expect(labels(page)).toBeVisible();
  while ((await labels(page).getByRole("meter").count()) < 2) await page.keyboard.press("ArrowRight");
  // Reject the first label, undo, and accept it with its restored key; then again the other way round.
  await pressAll(page, ["x", "z", "1", "z", "Z", "x", "z"]);
  await expect
    .poll(async () =>
      page.evaluate(() =>
        mock.calls.filter(({ name }) => ["annotate", "undo", "redo"].includes(name)).map(({ name }) => name),
      ),
    )
    .toEqual(["annotate", "undo", "annotate", "undo", "redo", "annotate", "undo"]);
  const given = (await callsOf(page, "annotate")) as Judged[];
  expect(given.map(({ verdict }) => verdict)).toEqual(["reject", "accept", "reject"]);
  expect(new Set(given.map(({ label }) => label)).size).toBe(1);
  await expect(labels(page).getByRole("listitem").first()).toContainText("accepted");
});

test("the dot key repeats the last label, on one photo or many", async ({ page, openWindow }) => {
  await openWindow({ photos: 200 });
  await tiles(page).nth(2).click();
  await expect(labels(page)).toBeVisible();
  await page.keyboard.press(".");
  await expect(page.getByText("No label to repeat yet")).toBeVisible();
  await page.keyboard.press("1");
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("button", { name: /again$/ })).toBeVisible();
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press(".");
  await expect(page.getByText(/^Accepted “.+” on 3 photos$/)).toBeVisible();
  const given = (await callsOf(page, "annotate")) as Judged[];
  expect(given).toHaveLength(2);
  expect(given[1]).toMatchObject({ label: given[0].label, verdict: "accept" });
  expect(given[1].photos).toHaveLength(3);
});

test("n steps through the uncertain photos, loading more after the last", async ({ page, openWindow }) => {
  await openWindow({ photos: 1000 });
  await tiles(page).first().waitFor();
  const at = () => page.locator('[role=gridcell][aria-selected="true"]');
  await pressAll(page, ["n", "1"]); // the label belongs to the photo that n leads to
  await expect(at()).toHaveAttribute("id", "photo-7");
  await expect.poll(async () => callsOf(page, "annotate")).toEqual([expect.objectContaining({ photos: [7] })]);
  await page.keyboard.press("n");
  await expect(at()).toHaveAttribute("id", "photo-14");
  await pressAll(
    page,
    Array.from({ length: 98 }, () => "n"),
  );
  const last = Number((await at().getAttribute("id"))!.slice("photo-".length));
  await page.keyboard.press("n");
  await expect.poll(async () => Number((await at().getAttribute("id"))?.slice("photo-".length))).toBeGreaterThan(last);
  expect(await callsOf(page, "reviewQueue")).toEqual([{ limit: 100 }, { limit: 200 }]);
});

test("zooms, pans and closes the Loupe view with the keyboard; the filmstrip follows", async ({ page, openWindow }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await openWindow({ photos: 100_000 });
  await tiles(page).nth(5).click();
  await page.keyboard.press("Enter");
  const strip = page.getByRole("listbox", { name: "Filmstrip" });
  await expect(strip.getByRole("option", { selected: true })).toHaveAttribute("aria-posinset", "6");
  expect(await strip.getByRole("option").count()).toBeLessThan(60);
  await page.keyboard.press("End");
  await expect(strip.getByRole("option", { selected: true })).toBeInViewport();
  await expect(page.getByText("100,000 of 100,000")).toBeVisible();
  await page.keyboard.press("Home");
  await strip.getByRole("option").nth(2).click();
  await expect(page.getByText("3 of 100,000")).toBeVisible();

  const photo = page.locator(".pane .photo");
  const whole = (await photo.boundingBox())!;
  await page.keyboard.press("0");
  await expect(page.getByRole("button", { name: "Zoom: 100%" })).toBeVisible();
  const near = (await photo.boundingBox())!;
  expect(near.width).toBeGreaterThan(2 * whole.width);
  await page.keyboard.press("ArrowRight");
  expect((await photo.boundingBox())!.x).toBeLessThan(near.x);
  await expect(page.getByText("3 of 100,000")).toBeVisible();
  await page.keyboard.press("PageDown");
  await expect(page.getByText("4 of 100,000")).toBeVisible();
  await clean(page);
  await page.keyboard.press("0");
  await page.keyboard.press("+");
  await page.keyboard.press("-");
  await expect(page.getByRole("button", { name: "Zoom: Fit" })).toBeVisible();
  await page.keyboard.press("l");
  await expect(strip).toBeHidden();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("grid")).toBeFocused();
});

test("compares selected photos: they zoom together, show what they share, and are annotated separately", async ({
  page,
  openWindow,
}) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await openWindow({ photos: 200 });
  await tiles(page).first().click();
  for (let i = 0; i < 2; i++) await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("c");
  await expect(page.locator(".pane")).toHaveCount(3);
  await expect(page.getByText("1 of 3 side by side")).toBeVisible();
  const said = page.getByRole("list", { name: /^Labels of IMG/ });
  await expect(said).toHaveCount(3);
  await expect(said.first().getByRole("listitem").first()).toContainText(/, (not )?on all$/);
  await page.keyboard.press("+");
  const widths = await page
    .locator(".pane .photo")
    .evaluateAll((photos) => photos.map((photo) => photo.getBoundingClientRect().width));
  expect(Math.max(...widths) - Math.min(...widths)).toBeLessThan(Math.max(...widths) / 2);
  await page.keyboard.press("PageDown");
  await page.keyboard.press("1");
  await expect
    .poll(async () => ((await callsOf(page, "annotate")) as Judged[]).map(({ photos }) => photos))
    .toEqual([[199]]);
  await clean(page);
  await page.keyboard.press("Escape");
  await expect(page.locator('[role=gridcell][aria-selected="true"]')).toHaveCount(3);
});

test("searches the keyboard shortcuts by words, synonyms and keys", async ({ page, openWindow }) => {
  await openWindow({ photos: 20 });
  await tiles(page).first().waitFor();
  await page.keyboard.press("?");
  const field = page.getByRole("textbox", { name: "Find a shortcut" });
  await expect(field).toBeFocused();
  await page.keyboard.type("zoom");
  await expect(page.getByRole("dialog").getByRole("heading", { level: 3 })).toHaveText(["Loupe view", "Map"]);
  await field.fill("label last again");
  await expect(page.getByRole("dialog").locator("kbd").filter({ hasText: /^\.$/ })).toBeVisible();
  await field.fill("fly to the moon");
  await expect(page.getByText("No matching shortcut")).toBeVisible();
});
