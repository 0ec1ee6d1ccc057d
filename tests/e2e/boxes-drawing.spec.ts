/// <reference lib="dom" />
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import sharp from "sharp";
import type { BoxRectangle, PhotoBox } from "../../src-shared/contract";
import { samplePhoto } from "../fixtures/sample-photos";
import { type ServedProgram, serveFolder } from "./served-program";
import { tabTo } from "./tab-to";

/** Drawing, moving, naming and accepting boxes in the built program, on a photo that its camera stored lying (EXIF 6). */

const scratch = mkdtempSync(join(tmpdir(), "semblance-drawing-"));
const folder = join(scratch, "Boats");
let program: ServedProgram;

test.describe.configure({ mode: "serial", timeout: 120_000 });

test.beforeAll(async () => {
  mkdirSync(folder);
  await sharp(await sharp(samplePhoto("nagasaki-boats")).rotate(270).png().toBuffer())
    .jpeg({ quality: 95 })
    .withMetadata({ orientation: 6 })
    .toFile(join(folder, "boats.jpg"));
  program = await serveFolder(folder, join(scratch, "home"), { SEMBLANCE_PACK: undefined });
});

test.afterAll(async () => {
  await program.stop();
  rmSync(scratch, { recursive: true, force: true });
});

test.afterEach(async ({ page }) => {
  while (((await call(page, "undo")) as { undone: string | null }).undone !== null);
});

const list = (page: Page) => page.getByRole("list", { name: "Boxes in this photo", includeHidden: true });
const frame = (page: Page, name: string | RegExp) => list(page).getByRole("button", { name }).first();
const picker = (page: Page) => page.getByRole("combobox", { name: "Label of the box" });
const surface = (page: Page) => page.getByRole("application", { name: "New box" });
const said = (page: Page, text: string | RegExp) => expect(page.getByText(text).last()).toBeVisible();

const open = async (page: Page) => {
  await page.goto(await program.newAddress());
  await expect(page.getByRole("gridcell")).toHaveCount(1, { timeout: 60_000 });
  await expect(page.getByRole("list", { name: "Background tasks" })).toHaveCount(0, { timeout: 90_000 });
  await page.getByRole("grid").focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await expect(page.locator(".pane img.loaded")).toHaveCount(1);
};

/** Asks the engine from the page. */
const call = (page: Page, name: string, ...args: unknown[]): Promise<unknown> =>
  page.evaluate(
    async (body) => {
      const { token } = JSON.parse(sessionStorage.getItem("semblance-session")!) as { token: string };
      const headers = { "content-type": "application/json", "x-semblance-token": token };
      const answer = await fetch("/api", { method: "POST", headers, body: JSON.stringify(body) });
      return ((await answer.json()) as { value: unknown }).value;
    },
    { name, args },
  );
const stored = async (page: Page) => (await call(page, "boxes", { photo: 1 })) as PhotoBox[];
const drawn = async (page: Page) => (await stored(page)).filter(({ origin }) => origin === "drawn");

const picture = async (page: Page) => (await page.locator(".pane img.loaded").first().boundingBox())!;
/** Presses the mouse at one place of the photo and releases it at another; both are fractions of the picture. */
async function drag(page: Page, from: [number, number], to: [number, number]) {
  const { x, y, width, height } = await picture(page);
  await page.mouse.move(x + from[0] * width, y + from[1] * height);
  await page.mouse.down();
  await page.mouse.move(x + ((from[0] + to[0]) / 2) * width, y + ((from[1] + to[1]) / 2) * height);
  await page.mouse.move(x + to[0] * width, y + to[1] * height);
  await page.mouse.up();
}
/** Pixels of the mouse are whole ones. */
const isNear = (box: BoxRectangle, wanted: BoxRectangle, by = 0.006) =>
  expect(Math.max(...box.map((side, i) => Math.abs(side - wanted[i]!))), `${box} for ${wanted}`).toBeLessThan(by);

test("with the mouse: draw, name, move, resize, relabel and remove a box, with undo and redo", async ({ page }) => {
  await open(page);
  await page.getByRole("button", { name: "Draw a box" }).click();
  await expect(surface(page)).toBeFocused();
  await drag(page, [0.1, 0.1], [0.3, 0.4]);
  await expect(picker(page)).toBeFocused();
  await page.keyboard.type("bicycle", { delay: 40 });
  await expect(page.getByRole("option", { name: /^bicycle/ }).first()).toHaveAttribute("data-highlighted", "");
  await page.keyboard.press("Enter");
  await expect(frame(page, "bicycle, drawn by you, upper left")).toBeFocused();
  await said(page, "Drew box “bicycle”");
  const [first] = await drawn(page);
  expect(first).toMatchObject({ name: "bicycle", verdict: "accept", confidence: 1 });
  isNear(first.box, [0.1, 0.1, 0.3, 0.4]); // of the upright photo
  const labels = page.getByRole("region", { name: "Labels of this photo" });
  await expect(labels.getByRole("button", { name: "Clear verdict on bicycle" })).toBeVisible();

  await drag(page, [0.2, 0.25], [0.5, 0.45]);
  await said(page, "Moved box “bicycle”");
  isNear((await drawn(page))[0].box, [0.4, 0.3, 0.6, 0.6]);
  await expect(frame(page, /^bicycle/)).toBeFocused();
  await drag(page, [0.6, 0.6], [1.2, 0.7]); // beyond the edge
  await expect.poll(async () => (await drawn(page))[0].box[2]).toBe(1);
  isNear((await drawn(page))[0].box, [0.4, 0.3, 1, 0.7]);

  await page.getByRole("button", { name: "Change label of box: bicycle" }).click();
  await expect(picker(page)).toBeFocused();
  await page.keyboard.type("lighthouse", { delay: 40 });
  await page
    .getByRole("option", { name: /^lighthouse/ })
    .first()
    .click();
  await said(page, "Changed box “bicycle” to “lighthouse”");
  await expect(frame(page, "lighthouse, drawn by you, right")).toBeFocused();
  await page.getByRole("button", { name: "Remove box: lighthouse" }).click();
  await said(page, "Removed box “lighthouse”");
  expect(await drawn(page)).toEqual([]);
  for (const undone of ["Remove box “lighthouse”", "Relabel box “bicycle” as “lighthouse”", "Move box “bicycle”"]) {
    await page.keyboard.press("z");
    await said(page, `Undone: ${undone}`);
  }
  await expect.poll(async () => (await drawn(page))[0].box[2]).toBeLessThan(0.61);
  await page.keyboard.press("Shift+Z");
  await said(page, "Redone: Move box “bicycle”");
  isNear((await drawn(page))[0].box, [0.4, 0.3, 1, 0.7]);
});

// guarantee: keyboard
test("by keyboard alone: place, move, resize, name, accept, relabel and reject boxes", async ({ page }) => {
  await open(page);
  const before = await stored(page);
  const pressed = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const position = (words: RegExp) => expect(page.getByRole("status").filter({ hasText: words })).toHaveCount(1);

  await pressed("r", "ArrowRight");
  await position(/^25% from the left, 25% from the top, 50% wide, 50% high$/);
  await pressed("Escape");
  await expect(surface(page)).toHaveCount(0);
  await expect(page.getByRole("dialog")).toBeVisible();
  await pressed("r", "Enter", "Enter", "Escape"); // dropped while it was being named
  await expect(picker(page)).toHaveCount(0);
  await expect(page.getByRole("dialog")).toBeVisible();
  expect(await stored(page)).toEqual(before);

  await pressed("r", "Enter", "ArrowLeft", "ArrowUp", "ArrowUp", "Shift+ArrowLeft", "Shift+ArrowDown", "Alt+ArrowLeft");
  const { width, height } = await picture(page);
  const placed: BoxRectangle = [0.25 - 11 / width, 0.25 - 20 / height, 0.75 - 21 / width, 0.75 - 10 / height];
  await pressed("Enter");
  await page.keyboard.type("house", { delay: 40 });
  await expect(page.getByRole("option", { name: "house" }).first()).toHaveAttribute("data-highlighted", "");
  await pressed("Enter");
  await expect(frame(page, "house, drawn by you, centre")).toBeFocused();
  await said(page, "Drew box “house”");
  isNear((await drawn(page))[0]!.box, placed, 0.0003);

  // The label used last comes first.
  await pressed("r", "Enter");
  for (let i = 0; i < 5; i++) await pressed("Shift+ArrowUp");
  await pressed("Enter");
  await expect(page.getByRole("option").first()).toHaveText("house");
  await pressed("Enter");
  await expect.poll(async () => (await drawn(page)).map((one) => one.name)).toEqual(["house", "house"]);
  await pressed("z");
  await said(page, "Undone: Draw box “house”");
  await expect(list(page).getByRole("button", { name: /drawn by you/ })).toHaveCount(1);

  // A box that was found
  await tabTo(page, "button", /^boat, \d+%/);
  await expect(frame(page, /^boat, \d+%/)).toBeFocused();
  await pressed("a");
  await said(page, "Accepted box “boat”");
  await expect(frame(page, /^boat, accepted, /)).toBeFocused();
  const boat = async () => (await stored(page)).find((one) => one.name === "boat")!;
  const { box: found } = await boat();
  await pressed("Enter", "ArrowLeft", "ArrowLeft", "Escape"); // stays where it was
  await expect(page.getByRole("dialog")).toBeVisible();
  await pressed("Enter", "ArrowLeft", "ArrowLeft", "Shift+ArrowDown");
  expect((await boat()).box).toEqual(found); // not yet
  await pressed("Enter");
  await said(page, "Moved box “boat”");
  await expect(frame(page, /^boat, accepted, /)).toBeFocused();
  isNear((await boat()).box, [found[0] - 20 / width, found[1], found[2] - 20 / width, found[3] + 10 / height], 0.0003);
  await pressed("Enter", "ArrowUp", "Tab"); // leaving it saves, too
  await expect.poll(async () => (await boat()).box[1]).toBeLessThan(found[1] - 5 / height);
  await expect(frame(page, /^person, /)).toBeFocused();
  await pressed("z");
  await said(page, "Undone: Move box “boat”");
  await expect.poll(async () => (await boat()).box[1]).toBeCloseTo(found[1], 3);
  await expect(frame(page, /^person, /)).toBeFocused();
  await pressed("Shift+Tab");
  await expect(frame(page, /^boat, accepted, /)).toBeFocused();
  await pressed("F2");
  await expect(picker(page)).toBeFocused();
  await pressed("Escape");
  await expect(frame(page, /^boat, accepted, /)).toBeFocused();
  await pressed("F2");
  await page.keyboard.type("sailboat", { delay: 40 });
  await expect(page.getByRole("option", { name: "sailboat" }).first()).toHaveAttribute("data-highlighted", "");
  await pressed("Enter");
  await said(page, "Changed box “boat” to “sailboat”");
  await expect(frame(page, /^sailboat, accepted, /)).toBeFocused();
  await pressed("x");
  await said(page, "Rejected box “sailboat”");
  expect((await stored(page)).map((one) => one.name)).not.toContain("sailboat");
  for (const undone of ["Reject box “sailboat”", "Relabel box “boat” as “sailboat”", "Move box “boat”"]) {
    await pressed("z");
    await said(page, `Undone: ${undone}`);
  }
  await pressed("z");
  await said(page, "Undone: Accept box “boat”");
  await expect(frame(page, /^boat, \d+%/)).toBeVisible();
});

test("zoomed in, a box is drawn where it is seen; also while the window changes its size; Esc drops it", async ({
  page,
}) => {
  await open(page);
  await page.keyboard.press("b");
  await expect(frame(page, /./)).toBeVisible();
  for (let i = 0; i < 3; i++) await page.keyboard.press("+");
  await page.keyboard.press("r");
  await drag(page, [0.45, 0.45], [0.55, 0.6]);
  await page.keyboard.press("Enter"); // the label used last, or the photo's first
  await expect(frame(page, /drawn by you/)).toBeFocused();
  isNear((await drawn(page))[0]!.box, [0.45, 0.45, 0.55, 0.6], 0.002);

  const { x, y, width, height } = await picture(page);
  await page.keyboard.press("r");
  await page.mouse.move(x + 0.4 * width, y + 0.4 * height);
  await page.mouse.down();
  await page.mouse.move(x + 0.5 * width, y + 0.5 * height);
  await page.keyboard.press("Escape"); // drops the drag; the tool stays
  await page.mouse.up();
  await expect(picker(page)).toHaveCount(0);
  await expect(surface(page)).toBeVisible();
  // The window changes its size in the middle of a drag.
  await page.mouse.move(x + 0.5 * width, y + 0.5 * height);
  await page.mouse.down();
  await page.mouse.move(x + 0.52 * width, y + 0.52 * height);
  await page.setViewportSize({ width: 800, height: 600 });
  await expect.poll(async () => (await picture(page)).x).not.toBe(x);
  const now = await picture(page);
  await page.mouse.move(now.x + 0.56 * now.width, now.y + 0.58 * now.height);
  await page.mouse.up();
  await expect(picker(page)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await drawn(page)).length).toBe(2);
  isNear((await drawn(page))[1]!.box, [0.5, 0.5, 0.56, 0.58], 0.002);
});

test("by touch: draw a box, and drag it by a handle", async ({ page }) => {
  await open(page);
  const { x, y, width, height } = await picture(page);
  const screen = await page.context().newCDPSession(page);
  const swipe = async (...places: [number, number][]) => {
    for (const [i, [across, down]] of places.entries())
      await screen.send("Input.dispatchTouchEvent", {
        type: i === 0 ? "touchStart" : "touchMove",
        touchPoints: [{ x: x + across * width, y: y + down * height }],
      });
    await screen.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  };
  await page.keyboard.press("r");
  await swipe([0.1, 0.1], [0.2, 0.2], [0.3, 0.4]);
  await page.keyboard.press("Enter");
  await expect(frame(page, /drawn by you/)).toBeFocused();
  await swipe([0.3, 0.4], [0.35, 0.45], [0.4, 0.5]);
  await said(page, /^Moved box/);
  isNear((await drawn(page))[0]!.box, [0.1, 0.1, 0.4, 0.5]);
});

test("a late answer doesn't hide a box that was drawn meanwhile, and a refused one goes with its reason", async ({
  page,
}) => {
  let release = () => {};
  const drawnMeanwhile = new Promise<void>((resolve) => {
    release = resolve;
  });
  const asked: { name: string; late: Promise<void> }[] = [];
  let refused = false;
  await page.route("**/api", async (route) => {
    const { name } = route.request().postDataJSON() as { name: string };
    if (name === "drawBox" && refused)
      return route.fulfill({ json: { ok: false, error: { code: "no-photo", message: "There is no photo 1." } } });
    if (name !== "boxes" || asked.length > 0) return route.continue();
    const response = await route.fetch(); // before anything was drawn
    asked.push({ name, late: drawnMeanwhile.then(() => route.fulfill({ response })) });
  });
  await open(page);
  await expect.poll(() => asked.length).toBe(1);
  const draw = async () => {
    await page.keyboard.press("r");
    await drag(page, [0.1, 0.1], [0.3, 0.4]);
    await expect(page.getByRole("option").first()).toHaveAttribute("data-highlighted", "");
    await page.keyboard.press("Enter");
  };
  await draw();
  await said(page, "Drew box “boat”");
  await expect(frame(page, "boat, drawn by you, upper left")).toBeFocused();
  await expect(frame(page, /^person/)).toBeVisible(); // of a later answer
  release();
  await asked[0].late;
  await stored(page); // the page has had the late answer by then
  await expect(frame(page, "boat, drawn by you, upper left")).toBeFocused();

  await page.keyboard.press("x");
  await said(page, "Removed box “boat”");
  refused = true;
  await draw();
  await said(page, "There is no photo 1.");
  await expect(frame(page, /drawn by you/)).toHaveCount(0);
});
