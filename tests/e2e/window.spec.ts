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
  await page.keyboard.press("ArrowDown"); // group of 14 in rows of three: 60–58, 57–55, …
  expect(await focused(page)).toBe("photo-56");
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

test("the inspector shows the number of people, if known", async ({ page, openWindow }) => {
  await openWindow({ photos: 6 });
  const facts = page.getByRole("region", { name: "File" });
  await page.locator("#photo-3").click();
  await expect(facts).toContainText("3 people, 1 face");
  await page.locator("#photo-6").click();
  await expect(facts).toContainText("1 person");
  await page.locator("#photo-2").click();
  await expect(facts).toContainText("IMG_0002.jpg");
  await expect(facts).not.toContainText("People");
});

test("searches for a suggested word", async ({ page, openWindow }) => {
  await openWindow({ photos: 400, threshold: 0.9 });
  await page.evaluate(() => {
    const { send } = mock;
    mock.send = async (call) => {
      const reply = await send(call);
      const view = call.args[0] as { words?: string } | undefined;
      if (call.name !== "browse" || view?.words !== "violin" || !reply.ok) return reply;
      return {
        ok: true,
        value: {
          photos: [3],
          confident: 0,
          groups: [],
          scores: [0.2],
          unknown: [],
          fault: null,
          alternatives: [{ words: "market stall", photos: 12 }],
        },
      };
    };
  });
  await page.getByRole("combobox", { name: /^Search photos/ }).fill("violin");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "“violin”" })).toBeVisible();
  await page.getByRole("button", { name: "market stall 12" }).click();
  await expect(page.getByRole("heading", { name: "“market stall”" })).toBeVisible();
  expect(((await callsOf(page, "browse")) as { words?: string }[]).at(-1)!.words).toBe("market stall");
});
