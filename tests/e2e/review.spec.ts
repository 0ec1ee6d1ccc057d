/// <reference lib="dom" />
import { expect, type Page } from "@playwright/test";
import { HARBOUR_PHOTOS } from "../fixtures/harbour-photos";
import { complaints } from "./complaints";
import { argumentsOf, test } from "./real-library";

test.afterEach(({ troubles }) => expect(troubles).toEqual([]));

const chosen = (page: Page) => page.locator('[role=gridcell][aria-selected="true"]');
const clean = async (page: Page) => expect(await complaints(page)).toEqual([]);

test("n opens the review queue in order with reasons, and annotating continues with the keyboard", async ({
  page,
  openWindow,
  library,
  calls,
}) => {
  const queue = await library.api.reviewQueue({ limit: 100 });
  const between = queue.findIndex(({ why }) => why === "between");
  await openWindow();
  await page.keyboard.press("n");
  await expect(page.getByRole("heading", { name: "Most uncertain" })).toBeVisible();
  for (const { photo } of queue.slice(0, between)) {
    await expect(chosen(page)).toHaveId(`photo-${photo}`);
    await page.keyboard.press("n");
  }
  const { photo, labels } = queue[between];
  await expect(chosen(page)).toHaveId(`photo-${photo}`);
  const [first, second] = labels.map(({ name }) => name);
  await expect(
    page.getByRole("status").filter({ hasText: new RegExp(`Between “${first}” \\(\\d+%\\) and “${second}”`) }),
  ).toBeVisible();
  await page.keyboard.press("1");
  await page.keyboard.press("ArrowRight");
  await expect(chosen(page)).toHaveId(`photo-${queue[between + 1].photo}`);
  await expect
    .poll(() => argumentsOf(calls, "annotate"))
    .toEqual([expect.objectContaining({ photos: [photo], verdict: "accept" })]);
  await expect
    .poll(async () => (await library.api.reviewQueue({ limit: 100 })).map((each) => each.photo))
    .toEqual(queue.flatMap((each) => (each.photo === photo ? [] : [each.photo])));
  await clean(page);
});

test("a corrects a label error with two verdicts, which undo reverts", async ({ page, openWindow, library }) => {
  // Every seventh photo shows the same scene. One of the boats has the label of the houses.
  const scene = (which: number) =>
    Array.from({ length: HARBOUR_PHOTOS / 7 }, (_, i) => `IMG_${String(7 * i + which).padStart(4, "0")}.jpg`);
  const ids = (names: string[]) => Promise.all(names.map(async (name) => (await library.photoNamed(name)).photo));
  const [wrong, ...boats] = await ids(scene(2));
  const houses = await ids(scene(4));
  await library.api.annotate({ photos: boats, label: "own:pier", verdict: "accept" });
  await library.api.annotate({ photos: [...houses, wrong], label: "own:wharf", verdict: "accept" });
  await openWindow();
  await page.getByRole("button", { name: "Label errors" }).press("Enter");
  await expect(page.getByRole("gridcell").first()).toHaveId(`photo-${wrong}`);
  await page.getByRole("gridcell").first().click();
  await expect(page.getByText("Labelled wharf, but looks like pier.")).toBeVisible();
  const own = async () => {
    const { labels, rejected } = await library.api.photo({ photo: wrong });
    return [labels.flatMap(({ name, source }) => (source === "added" ? [name] : [])), rejected.map(({ name }) => name)];
  };
  expect(await own()).toEqual([["wharf"], []]);
  await page.keyboard.press("a");
  await expect.poll(own).toEqual([["pier"], ["wharf"]]);
  await clean(page);
  for (let i = 0; i < 2; i++) await page.keyboard.press("z");
  await expect.poll(own).toEqual([["wharf"], []]);
});

test("finds near-duplicates on request, and selects all but the suggested keep of a group", async ({
  page,
  openWindow,
  library,
}) => {
  await openWindow();
  await page.getByRole("button", { name: "Near-duplicates" }).press("Enter");
  await expect(page.getByRole("heading", { name: "Near-duplicates not checked yet" })).toBeVisible();
  await clean(page);
  await page.getByRole("button", { name: "Find near-duplicates" }).press("Enter");
  await expect(page.getByText(/^\d+ groups, best shot first\.$/)).toBeVisible();
  await expect.poll(async () => (await library.api.duplicates()).groups?.length).toBeGreaterThan(1);
  const [{ photos, best }] = (await library.api.duplicates()).groups!;
  await page.locator(`#photo-${best}`).click();
  await expect(page.getByText(/Best shot: [a-z, ]+\./)).toBeVisible();
  await page.getByRole("button", { name: "Select all but the best" }).press("Enter");
  await expect(chosen(page)).toHaveCount(photos.length - 1);
  const selected = await chosen(page).evaluateAll((cells) => cells.map(({ id }) => Number(id.slice("photo-".length))));
  expect(selected.sort((a, b) => a - b)).toEqual(photos.filter((photo) => photo !== best).sort((a, b) => a - b));
  await clean(page);
});

test("moving the slider previews what would be labelled", async ({ page, openWindow, library }) => {
  await openWindow();
  const slider = page.getByRole("slider", { name: "Minimum confidence" });
  await slider.focus();
  await page.keyboard.press("ArrowLeft");
  const { labels, photos } = await library.api.countAt({ threshold: 0.1 });
  await expect(page.getByText(`${labels} labels on ${photos} photos`, { exact: true })).toBeVisible();
});
