/// <reference lib="dom" />
import { expect, type Page } from "@playwright/test";
import { callsOf, test, verdictsOf } from "./mock-page";

const tiles = (page: Page) => page.getByRole("gridcell");
const chosen = (page: Page) => page.locator('[role=gridcell][aria-selected="true"]');
const focused = (page: Page) => page.getByRole("grid").getAttribute("aria-activedescendant");
const labels = (page: Page) => page.getByRole("region", { name: "Labels of this photo" });

test.afterEach(({ troubles }) => expect(troubles).toEqual([]));

for (const photos of [0, 1, 1000, 100_000]) {
  test(`${photos} photos: the grid renders only what is on screen`, async ({ page, openWindow }) => {
    await openWindow({ photos });
    await expect(page.getByRole("heading", { name: "All photos" })).toBeVisible();
    if (photos === 0) return expect(page.getByRole("heading", { name: "No photos in this folder" })).toBeVisible();
    await expect(tiles(page).first()).toBeVisible();
    expect(await tiles(page).count()).toBeLessThan(80);
    await page.getByRole("grid").focus();
    await page.keyboard.press("End");
    await expect(page.locator("#photo-1")).toBeInViewport(); // newest first, so the first photo is the last
    expect(await tiles(page).count()).toBeLessThan(80);
    const asked = (await callsOf(page, "tiles")) as { photos: number[] }[];
    expect(asked.reduce((sum, { photos }) => sum + photos.length, 0)).toBeLessThan(400);
  });
}

test("arrow keys move over rows and groups, and the focused photo stays in view", async ({ page, openWindow }) => {
  await openWindow({ photos: 60 });
  await tiles(page).first().click();
  expect(await focused(page)).toBe("photo-60");
  await page.keyboard.press("ArrowRight");
  expect(await focused(page)).toBe("photo-59");
  await page.keyboard.press("ArrowDown"); // group of 14 in rows of four: 60–57, 56–53, …
  expect(await focused(page)).toBe("photo-55");
  for (let i = 0; i < 20; i++) await page.keyboard.press("ArrowDown");
  await expect(page.locator(`#${await focused(page)}`)).toBeInViewport();
  await page.keyboard.press("Home");
  expect(await focused(page)).toBe("photo-60");
  await expect(page.getByRole("rowheader").first()).toBeInViewport();
  await expect(page.getByRole("grid")).toBeFocused();
  // After scrolling away from the focus, the same key scrolls back to it.
  await page.getByRole("grid").hover();
  await page.mouse.wheel(0, 2000);
  await expect.poll(() => page.getByRole("grid").evaluate((grid) => grid.scrollTop)).toBeGreaterThan(500);
  await page.keyboard.press("Home");
  await expect.poll(() => page.getByRole("grid").evaluate((grid) => grid.scrollTop)).toBe(0);
});

test("click, shift, ctrl and ctrl+A select photos, and Esc clears the selection", async ({ page, openWindow }) => {
  await openWindow({ photos: 1000 });
  await tiles(page).nth(1).click();
  await expect(chosen(page)).toHaveCount(1);
  await tiles(page)
    .nth(5)
    .click({ modifiers: ["Shift"] });
  await expect(chosen(page)).toHaveCount(5);
  await tiles(page)
    .nth(3)
    .click({ modifiers: ["Control"] });
  await expect(chosen(page)).toHaveCount(4);
  await page.keyboard.press("Shift+ArrowRight");
  await expect(chosen(page)).toHaveCount(2);
  await page.keyboard.press("Control+a");
  await expect(page.getByText("1,000 of 1,000 selected")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(chosen(page)).toHaveCount(0);
});

test("1 accepts, 1 again clears, x rejects, z and shift+z undo and redo", async ({ page, openWindow }) => {
  await openWindow({ photos: 1000 });
  await tiles(page).nth(2).click();
  const first = labels(page).getByRole("listitem").first();
  await expect(first).toContainText("%");
  await page.keyboard.press("1");
  await expect(first).toContainText("accepted");
  await expect(page.getByText(/^Accepted “/)).toBeVisible();
  await page.keyboard.press("1");
  await expect(first).toContainText("%");
  const before = await labels(page).getByRole("listitem").count();
  await page.keyboard.press("x");
  await expect(labels(page).getByRole("listitem")).toHaveCount(before - 1);
  await page
    .getByText(/^Rejected “/)
    .locator("..")
    .getByRole("button", { name: "Undo" })
    .click();
  await expect(labels(page).getByRole("listitem")).toHaveCount(before);
  await page.keyboard.press("ArrowRight"); // the focused button is gone, but keys still work
  expect(await focused(page)).not.toBe("photo-998");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Shift+Z");
  await page.keyboard.press("z");
  await expect(labels(page).getByRole("listitem")).toHaveCount(before);
  await page.keyboard.press("Shift+Z");
  await expect(labels(page).getByRole("listitem")).toHaveCount(before - 1);
  await page.getByRole("button", { name: "1 rejected" }).click();
  await page.getByRole("button", { name: /^Restore/ }).click();
  await expect(labels(page).getByRole("listitem")).toHaveCount(before);
});

test("labels keep their number while a photo is annotated", async ({ page, openWindow }) => {
  await openWindow({ photos: 1000 });
  await page.keyboard.press("/");
  await page.getByRole("combobox", { name: /^Search photos/ }).fill("crane");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "“crane”" })).toBeVisible();
  const items = labels(page).getByRole("listitem");
  await tiles(page).first().click();
  while ((await items.count()) < 3) await page.keyboard.press("ArrowRight");
  const names = await items.allInnerTexts();
  await page.keyboard.press("3");
  await expect(items.nth(2)).toContainText("accepted");
  expect(names[0].split("\n")[1]).toBe((await items.first().innerText()).split("\n")[1]);
});

test("t opens the field for a dictionary or own label, where keys type text", async ({ page, openWindow }) => {
  await openWindow({ photos: 1000 });
  await tiles(page).nth(2).click();
  await page.keyboard.press("t");
  await page.keyboard.type("crane");
  await expect(page.getByRole("option")).toHaveText([/crane\s+lifting device/, /crane\s+wading bird/]);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(labels(page)).toContainText("wading bird");
  await page.getByRole("combobox", { name: "Add a label" }).fill("x1z Rex");
  await expect(page.getByRole("option", { name: "new label" })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(labels(page).getByText("x1z Rex")).toBeVisible();
  const given = (await callsOf(page, "annotate")) as { label: string; verdict: string }[];
  expect(given.map(({ verdict }) => verdict)).toEqual(["accept", "accept"]);
  expect(given[1].label).toBe("own:x1z Rex");
  await expect(page.getByRole("combobox", { name: "Add a label" })).toHaveValue("");
});

test("no letter is lost after t, even while the photo loads or the inspector was hidden", async ({
  page,
  openWindow,
}) => {
  await openWindow({ photos: 1000 });
  await tiles(page).nth(2).waitFor();
  await page.evaluate(() => {
    const { send } = mock;
    const held = Promise.withResolvers<void>();
    mock.send = async (call) => {
      if (call.name === "photo" || call.name === "photosDetails") await held.promise;
      return send(call);
    };
    Object.assign(globalThis, { letGo: held.resolve });
  });
  await page.keyboard.press("]");
  await expect(page.getByRole("complementary", { name: "Inspector" })).toHaveCount(0);
  await tiles(page).nth(2).click();
  await page.keyboard.type("tcrane");
  await expect(page.getByRole("combobox", { name: "Add a label" })).toHaveValue("crane");
  await page.getByRole("option", { name: /crane\s+wading bird/ }).click();
  await page.evaluate(() => {
    (globalThis as unknown as { letGo(): void }).letGo();
  });
  await expect(labels(page)).toContainText("wading bird");
  expect(await verdictsOf(page)).toEqual([expect.objectContaining({ verdict: "accept" })]);
});

test("a verdict applies to the whole selection", async ({ page, openWindow }) => {
  await openWindow({ photos: 1000 });
  await tiles(page).nth(0).click();
  await tiles(page)
    .nth(3)
    .click({ modifiers: ["Shift"] });
  const shared = page.getByRole("region", { name: "Labels of the selected photos" });
  await expect(shared.getByRole("listitem").first()).toContainText("of 4");
  await page.keyboard.press("1");
  await expect(shared.getByRole("listitem").first()).toContainText("4 of 4");
  const [given] = (await callsOf(page, "annotate")) as { photos: number[] }[];
  expect(given.photos).toHaveLength(4);
});

test("Enter opens the Loupe view, arrow keys page through photos, Esc returns to the same photo", async ({
  page,
  openWindow,
}) => {
  await openWindow({ photos: 1000 });
  await tiles(page).nth(2).click();
  await page.keyboard.press("Enter");
  const large = page.getByRole("dialog");
  await expect(large.getByText("3 of 1,000")).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(large.getByText("4 of 1,000")).toBeVisible();
  await expect(labels(page).getByRole("listitem").first()).toBeVisible();
  await page.keyboard.press("1");
  await expect(labels(page).getByRole("listitem").first()).toContainText("accepted");
  await page.keyboard.press("Escape");
  await expect(large).toBeHidden();
  await expect(page.getByRole("grid")).toBeFocused();
  expect(await focused(page)).toBe("photo-997");
});

test("in the Loupe view, Esc leaves the label field first, and Undo in a message works", async ({
  page,
  openWindow,
}) => {
  await openWindow({ photos: 1000 });
  await tiles(page).nth(2).dblclick();
  const large = page.getByRole("dialog");
  const first = labels(page).getByRole("listitem").first();
  await expect(first).toContainText("%");
  await page.keyboard.press("t");
  await page.keyboard.type("cra");
  await expect(page.locator("#overlays").getByRole("option").first()).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.locator("#overlays").getByRole("option")).toHaveCount(0);
  await expect(large).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(large).toBeVisible();
  await page.keyboard.press("1");
  await expect(first).toContainText("accepted");
  const [message, strip] = await Promise.all(
    [page.getByRole("status").filter({ hasText: "Accepted" }), page.getByRole("listbox", { name: "Filmstrip" })].map(
      (it) => it.boundingBox(),
    ),
  );
  expect(message!.y + message!.height, "a message does not cover the filmstrip").toBeLessThanOrEqual(strip!.y);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(first).toContainText("%");
  await expect(large).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(large).toBeHidden();
});

test("reads, changes and sends settings as a whole", async ({ page, openWindow }) => {
  await openWindow({ photos: 1000 });
  await page.getByRole("button", { name: "Harbour", exact: true }).click();
  await page.getByRole("menuitem", { name: "Settings…" }).click();
  const dialog = page.getByRole("dialog", { name: "Settings" });
  await dialog.getByLabel("Label set").click();
  await page.getByRole("option", { name: /Custom list/ }).click();
  await dialog.getByLabel("Label file").fill("/home/ada/words.txt");
  await dialog.getByLabel("Excluded folders").fill("2024/Garden/");
  await dialog.getByLabel("Minimum confidence").press("End");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  expect(await callsOf(page, "changeSettings")).toEqual([
    {
      thumbnailMegabytes: 1000,
      excludedFolders: ["drafts", "2024/Garden"],
      labelSet: "/home/ada/words.txt",
      threshold: 0.05,
      liveLearning: false,
      watchFolder: true,
      objects: true,
      faces: true,
    },
  ]);
});

test("switches the theme and remembers it", async ({ page, openWindow }) => {
  await openWindow({ photos: 1 });
  await page.getByRole("button", { name: "Theme" }).click();
  await page.getByRole("menuitemradio", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("an unknown word suggests known ones, and results show their relevance", async ({ page, openWindow }) => {
  await openWindow({ photos: 1000 });
  await page.keyboard.press("/");
  await page.keyboard.type("goldfsh");
  await expect(page.getByText("Unknown word")).toBeVisible();
  await page.getByRole("button", { name: "goldfish", exact: true }).first().click();
  await expect(page.getByRole("heading", { name: "“goldfish”" })).toBeVisible();
  await expect(page.getByRole("combobox", { name: /^Search photos/ })).toHaveValue("goldfish");
  await expect(tiles(page).first()).toContainText("%");
  await page.getByRole("button", { name: "All photos" }).click();
  await expect(page.getByRole("combobox", { name: /^Search photos/ })).toHaveValue("");
});

test("retrains on corrections, and returns to the previous model with one click", async ({ page, openWindow }) => {
  await openWindow({ photos: 1000 });
  await tiles(page).first().click();
  await page.keyboard.press("1");
  await page.getByRole("button", { name: "Retrain on 1 correction" }).click();
  const dialog = page.getByRole("dialog", { name: "Retrain on corrections" });
  await dialog.getByRole("button", { name: "Retrain on 1 correction" }).click();
  await expect(dialog.getByRole("status")).toContainText("Retrained.");
  await expect(dialog.getByRole("img", { name: /^Loss curve: .* at step 40$/ })).toBeVisible();
  await dialog.getByRole("button", { name: /^Versions/ }).click();
  await page.getByRole("button", { name: "Use Base model" }).click();
  await expect(page.getByRole("row").filter({ hasText: "Base model" })).toContainText("In use");
});

test("chooses a folder in the window if the host has no dialog", async ({ page, openWindow }) => {
  await openWindow({ photos: 1000, closed: true });
  await expect(page.getByRole("button", { name: /Travels.*Locate/ }).first()).toBeEnabled();
  await page.getByRole("button", { name: "Open folder" }).click();
  const dialog = page.getByRole("dialog", { name: "Open folder" });
  const path = dialog.getByLabel("Folder path");
  await expect(path).toHaveValue("/home/ada/Pictures");
  await path.fill("/nowhere");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("alert")).toContainText("There is no folder /nowhere");
  await dialog.getByRole("button", { name: "Harbour" }).click();
  await expect(path).toHaveValue("/home/ada/Pictures/Harbour");
  await page.keyboard.press("ArrowLeft");
  await expect(path).toHaveValue("/home/ada/Pictures");
  await dialog.getByRole("button", { name: "Open", exact: true }).click();
  await expect(page.getByRole("heading", { name: "All photos" })).toBeVisible();
});

test("photos added above do not move the visible ones", async ({ page, openWindow }) => {
  await openWindow({ photos: 1000 });
  await tiles(page).first().click();
  await page.getByRole("grid").hover();
  await page.mouse.wheel(0, 6000);
  const { x, y } = (await page.getByRole("grid").boundingBox()) ?? { x: 0, y: 0 };
  const inView = () =>
    page.evaluate<string | undefined>(
      `document.elementFromPoint(${x + 100}, ${y + 120})?.closest("[data-photo]")?.dataset.photo`,
    );
  await expect.poll(inView).toBeTruthy();
  const before = await inView();
  await page.evaluate(() => {
    const { send } = mock;
    mock.send = async (call) => {
      const reply = await send(call);
      if (call.name !== "browse" || !reply.ok) return reply;
      const value = reply.value as { photos: number[]; confident: number; groups: { count: number }[] };
      value.photos.splice(4, 0, ...Array.from({ length: 40 }, (_, i) => 2000 + i));
      value.groups[0].count += 40;
      value.confident += 40;
      return reply;
    };
    mock.emit("photos", { changed: null });
  });
  await expect(page.getByText("1,040 photos")).toBeVisible();
  await expect.poll(inView).toBe(before);
});

test("shows running jobs with their rate, which can be paused and cancelled", async ({ page, openWindow }) => {
  await openWindow({ photos: 1000 });
  await expect(tiles(page).first()).toBeVisible();
  await page.evaluate(() =>
    mock.emit("job", {
      job: 5,
      kind: "embed",
      state: "running",
      done: 812,
      total: 1204,
      perSecond: 41.3,
      secondsLeft: 125,
      message: null,
    }),
  );
  const job = page.getByRole("list", { name: "Background tasks" }).getByRole("listitem");
  await expect(job).toContainText(/Analysing photos.*812\sof 1,204·41\/s·2 min left/);
  await job.getByRole("button", { name: "Pause" }).click();
  await job.getByRole("button", { name: "Cancel" }).click();
  expect([...(await callsOf(page, "pauseJob")), ...(await callsOf(page, "cancelJob"))]).toEqual([
    { job: 5 },
    { job: 5 },
  ]);
  await page.evaluate(() =>
    mock.emit("job", {
      job: 5,
      kind: "embed",
      state: "failed",
      done: 812,
      total: 1204,
      perSecond: 0,
      secondsLeft: null,
      message: "the disk is full",
    }),
  );
  await expect(job).toContainText("failed: the disk is full");
});
