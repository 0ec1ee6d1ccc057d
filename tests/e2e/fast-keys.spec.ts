/// <reference lib="dom" />
import { expect, type Page } from "@playwright/test";
import type { AnnotationCall, Call, LabelId, PhotoId } from "../../src-shared/contract";
import { HARBOUR_PHOTOS } from "../fixtures/harbour-photos";
import { test } from "./real-library";

/** Keys pressed without a pause, while answers arrive late and out of order. */

const tiles = (page: Page) => page.getByRole("gridcell");
const labels = (page: Page) => page.getByRole("region", { name: "Labels of this photo" });
/** Maximum delay of a call in milliseconds. */
const JITTER = 10;

test.afterEach(({ troubles }) => expect(troubles).toEqual([]));

test.beforeEach(async ({ page }) => {
  let asked = 0;
  await page.route("**/api", async (route) => {
    const share = ((asked++ * 7919) % 101) / 100;
    await new Promise((resolve) => setTimeout(resolve, share * JITTER));
    await route.continue();
  });
});

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

/** The window's verdicts in order, whether sent one at a time or together. */
const verdictsOf = (calls: Call[]) =>
  calls.flatMap(({ name, args }) =>
    name === "annotate"
      ? [args[0] as AnnotationCall]
      : name === "annotateEach"
        ? (args[0] as { verdicts: AnnotationCall[] }).verdicts
        : [],
  );

// guarantee: fast-keys
test("300 keys without a pause apply to the right photos and labels, in order, despite slow answers", async ({
  page,
  openWindow,
  library,
  calls,
}) => {
  await openWindow();
  await tiles(page).first().click();
  await expect(labels(page)).toBeVisible();
  const { photos } = await library.api.browse({ sort: "taken", descending: true, group: "date" });
  const keys: string[] = [];
  const expected: AnnotationCall[] = [];
  const given = (photo: PhotoId, label: LabelId | undefined, verdict: "accept" | "reject") => {
    if (label) expected.push({ photos: [photo], label, verdict });
  };
  for (const { photo, labels: shown } of await library.api.photosDetails({ photos: photos.slice(0, HARBOUR_PHOTOS) })) {
    // Accept the first; reject the highlighted second, so that the third takes its place and is accepted with its key;
    // then accept the next three.
    keys.push("1", "j", "x", "2", "3", "4", "5", "ArrowRight");
    const [first, second, ...others] = shown.map(({ label }) => label);
    given(photo, first, "accept");
    given(photo, second ?? first, "reject");
    for (const label of others.slice(0, 4)) given(photo, label, "accept");
  }
  expect(keys.length).toBeGreaterThanOrEqual(300);
  await pressAll(page, keys);
  await expect.poll(() => verdictsOf(calls).length, { timeout: 60_000 }).toBe(expected.length);
  expect(verdictsOf(calls)).toEqual(expected);
  // The engine kept the last verdict on each label.
  const last = new Map(expected.map(({ photos: [photo], label, verdict }) => [`${photo} ${label}`, verdict]));
  await expect.poll(async () => (await library.api.library())!.verdicts).toBe(last.size);
  const kept = (await library.api.photosDetails({ photos })).flatMap(({ photo, labels: shown, rejected }) => [
    ...shown.filter(({ source }) => source !== "predicted").map(({ label }) => [`${photo} ${label}`, "accept"]),
    ...rejected.map(({ label }) => [`${photo} ${label}`, "reject"]),
  ]);
  expect(new Map(kept as [string, string][])).toEqual(last);
});

// guarantee: fast-keys
test("undo amid fast keys reverts the preceding action, and later keys act on the result", async ({
  page,
  openWindow,
  library,
  calls,
}) => {
  await openWindow();
  await tiles(page).nth(2).click();
  await expect(labels(page)).toBeVisible();
  while ((await labels(page).getByRole("meter").count()) < 2) await page.keyboard.press("ArrowRight");
  // Reject the first label, undo, and accept it with its restored key; then again the other way round.
  await pressAll(page, ["x", "z", "1", "z", "Z", "x", "z"]);
  await expect
    .poll(() => calls.filter(({ name }) => ["annotate", "undo", "redo"].includes(name)).map(({ name }) => name))
    .toEqual(["annotate", "undo", "annotate", "undo", "redo", "annotate", "undo"]);
  const given = verdictsOf(calls);
  expect(given.map(({ verdict }) => verdict)).toEqual(["reject", "accept", "reject"]);
  expect(new Set(given.map(({ label }) => label)).size).toBe(1);
  await expect(labels(page).getByRole("listitem").first()).toContainText("accepted");
  const [{ photos, label }] = given;
  const kept = (await library.api.photo({ photo: photos[0] })).labels.filter(({ source }) => source !== "predicted");
  expect(kept.map((each) => each.label)).toEqual([label]);
});
