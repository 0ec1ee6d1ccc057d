/// <reference lib="dom" />
import { expect, type Page } from "@playwright/test";
import sharp from "sharp";
import { callsOf, test } from "./mock-page";

const map = (page: Page) => page.getByRole("application");
const labels = (page: Page) => page.getByRole("listbox", { name: /^Labels:/ });
const head = (page: Page) => page.getByRole("main").getByRole("status").first();
const tiles = (page: Page) => page.getByRole("gridcell");

// Taking a screenshot reads the canvas back, which the browser warns about.
test.afterEach(({ troubles }) => expect(troubles.filter((trouble) => !trouble.includes("ReadPixels"))).toEqual([]));

async function openMap(page: Page) {
  await page.keyboard.press("m");
  await expect(map(page)).toBeVisible();
  await expect(page.locator(".words span").first()).toBeVisible();
}

/** Share of the map's pixels that are not background. */
async function drawn(page: Page): Promise<number> {
  const box = (await map(page).boundingBox())!;
  const { data, info } = await sharp(await page.screenshot({ clip: box }))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  let coloured = 0;
  for (let i = 0; i < data.length; i += info.channels)
    if (Math.max(...[0, 1, 2].map((c) => Math.abs(data[i + c] - data[3 * 5 + c]))) > 60) coloured++;
  return (coloured * info.channels) / data.length;
}

const selected = async (page: Page) =>
  Number((await head(page).innerText()).match(/^([\d,]+) of/)?.[1].replace(",", "") ?? 0);

for (const photos of [0, 1, 7, 1000, 100_000]) {
  test(`${photos} photos: the map draws them and shows their number`, async ({ page, openWindow }) => {
    await openWindow({ photos });
    await page.getByRole("button", { name: "Map", exact: true }).click();
    if (photos === 0) return expect(page.getByRole("heading", { name: "Nothing to map yet" })).toBeVisible();
    await expect(map(page)).toBeVisible({ timeout: 30_000 });
    expect(await callsOf(page, "makeEmbeddingMap")).toHaveLength(1); // created, where there was none
    await expect.poll(() => drawn(page), { timeout: 30_000 }).toBeGreaterThan(photos === 1 ? 1e-5 : 1e-4);
    await expect(labels(page).getByRole("option").first()).toBeVisible();
  });
}

test("keys pan the map, select the middle photo or all visible ones, and Esc clears the selection", async ({
  page,
  openWindow,
}) => {
  await openWindow({ photos: 1000 });
  await openMap(page);
  await map(page).focus();
  await page.keyboard.press("Enter");
  await expect(head(page)).toHaveText("1 of 990 photos selected");
  await expect(page.getByRole("region", { name: "Labels of this photo" })).toBeVisible();
  await page.keyboard.press("Control+a");
  await expect(head(page)).toHaveText("990 of 990 photos selected");
  for (let i = 0; i < 3; i++) await page.keyboard.press("+");
  await page.keyboard.press("Control+a");
  const near = await selected(page);
  expect(near).toBeGreaterThan(0);
  expect(near).toBeLessThan(500);
  for (let i = 0; i < 4; i++) await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Control+a");
  expect(await selected(page)).not.toBe(near);
  await page.keyboard.press("0");
  await page.keyboard.press("Control+a");
  await expect(head(page)).toHaveText("990 of 990 photos selected");
  await page.keyboard.press("Escape");
  await expect(head(page)).toHaveText("990 photos");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(map(page)).toBeFocused();
});

test("the lasso selects photos, with l or by dragging with shift", async ({ page, openWindow }) => {
  await openWindow({ photos: 1000 });
  await openMap(page);
  const word = (await page.locator(".words span").filter({ hasText: "harbour" }).boundingBox())!;
  const [x, y] = [word.x + word.width / 2, word.y + word.height / 2];
  const draw = async (radius: number) => {
    await page.mouse.move(x + radius, y);
    await page.mouse.down();
    for (let i = 1; i <= 24; i++)
      await page.mouse.move(x + radius * Math.cos((i * Math.PI) / 12), y + radius * Math.sin((i * Math.PI) / 12));
    await page.mouse.up();
  };
  await page.keyboard.press("l");
  await expect(page.getByRole("button", { name: "Lasso" })).toHaveAttribute("aria-pressed", "true");
  await draw(45);
  const inside = await selected(page);
  expect(inside).toBeGreaterThan(60);
  expect(inside).toBeLessThan(250);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await expect(head(page)).toHaveText("990 photos");
  await page.keyboard.down("Shift");
  await draw(45);
  await page.keyboard.up("Shift");
  expect(await selected(page)).toBe(inside);
  await draw(30); // without shift the map pans, and the selection stays
  expect(await selected(page)).toBe(inside);
});

test("shows the photo under the pointer, and inspects it on click", async ({ page, openWindow }) => {
  await openWindow({ photos: 7 });
  await openMap(page);
  const box = (await map(page).boundingBox())!;
  await map(page).focus();
  await page.keyboard.press("Enter"); // the one nearest to the middle
  await page.keyboard.press("Escape");
  const word = (await page.locator(".words span").first().boundingBox())!;
  for (let at = 0; at < 400 && !(await page.locator(".card img").count()); at++) {
    const [radius, angle] = [2.2 * Math.sqrt(at * 6), at * 2.4];
    await page.mouse.move(
      Math.min(box.x + box.width - 2, word.x + word.width / 2 + radius * Math.cos(angle)),
      word.y + word.height / 2 + radius * Math.sin(angle),
    );
  }
  await expect(page.locator(".card img")).toBeVisible();
  await page.mouse.down();
  await page.mouse.up();
  await expect(head(page)).toHaveText("1 of 7 photos selected");
  await expect(page.getByRole("region", { name: "Labels of this photo" })).toBeVisible();
});

test("colours by label, confidence or disagreement, and remembers the choice", async ({ page, openWindow }) => {
  await openWindow({ photos: 300 });
  await openMap(page);
  await page.getByLabel("Colour by").click();
  await page.getByRole("option", { name: /^Disagreement/ }).click();
  await expect(page.getByRole("heading", { name: "Visual vs. semantic prediction" })).toBeVisible();
  await page.reload();
  await page.getByRole("main").waitFor();
  await page.keyboard.press("m");
  await expect(page.getByRole("heading", { name: "Visual vs. semantic prediction" })).toBeVisible();
});

test("building a map shows progress and can be cancelled; a failure shows its reason", async ({ page, openWindow }) => {
  await openWindow({ photos: 1000 });
  await expect(tiles(page).first()).toBeVisible();
  await page.evaluate(() => {
    const { send } = mock;
    mock.send = async (call) => (call.name === "makeEmbeddingMap" ? { ok: true, value: { job: 7 } } : send(call));
  });
  await page.keyboard.press("m");
  await expect(page.getByRole("heading", { name: "No map yet" })).toBeVisible();
  const running = {
    job: 7,
    kind: "map",
    done: 420,
    total: 1000,
    perSecond: 50,
    secondsLeft: 12,
    message: null,
  } as const;
  await page.evaluate((job) => mock.emit("job", { ...job, state: "running" }), running);
  await expect(page.getByText("420 of 1,000 photos, 12 s left")).toBeVisible();
  await page.getByRole("main").getByRole("button", { name: "Cancel" }).click();
  expect(await callsOf(page, "cancelJob")).toEqual([{ job: 7 }]);
  await page.evaluate(
    (job) => mock.emit("job", { ...job, state: "failed", secondsLeft: null, message: "the disk is full" }),
    running,
  );
  await expect(page.getByRole("heading", { name: "Couldn’t build the map" })).toBeVisible();
  await expect(page.getByRole("main").getByText("the disk is full")).toBeVisible();
});
