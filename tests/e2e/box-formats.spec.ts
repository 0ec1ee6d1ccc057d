/// <reference lib="dom" />
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Locator } from "@playwright/test";
import { complaints } from "./complaints";
import { argumentsOf, test } from "./real-library";

test.afterEach(({ troubles }) => expect(troubles).toEqual([]));

test("exports boxes as YOLO, and imports them back after they were cleared", async ({
  page,
  openWindow,
  library,
  calls,
}) => {
  const { photo } = await library.photoNamed("IMG_0005.jpg");
  const [label] = await library.api.suggestLabels({ text: "orchard", limit: 1 });
  await library.api.drawBox({ photo, label: label.label, box: [0.1, 0.25, 0.4, 0.75] });
  await page.emulateMedia({ reducedMotion: "reduce" });
  await openWindow();
  await page.getByRole("button", { name: "Export" }).click();
  const dialog = page.getByRole("dialog", { name: "Export labels" });
  const choose = async (control: Locator, option: string) => {
    await control.click();
    await page.getByRole("option", { name: option }).click();
  };
  await dialog.getByRole("radio", { name: "COCO" }).check({ force: true });
  await choose(dialog.getByLabel("Boxes"), "Accepted, drawn and detected");
  await expect(dialog.getByLabel("Minimum confidence of detected boxes")).toBeVisible();
  expect(await complaints(page)).toEqual([]);
  await dialog.getByRole("radio", { name: "YOLO" }).check({ force: true });
  await choose(dialog.getByLabel("Photos in the folder"), "None");
  const folder = join(library.out, "yolo");
  await dialog.getByRole("textbox", { name: "Folder" }).fill(folder);
  expect(await complaints(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Export" }).click();
  await expect(dialog.getByText("1 box written to")).toBeVisible();
  expect(argumentsOf(calls, "exportLabels").at(-1)).toMatchObject({
    format: "yolo",
    boxes: "accepted",
    images: "none",
  });
  expect(readFileSync(join(folder, "labels/Scans/IMG_0005.txt"), "utf8")).toBe(
    "0 0.250000 0.500000 0.300000 0.500000\n",
  );
  await dialog.getByRole("button", { name: "Done" }).click();

  await library.api.undo();
  await page.keyboard.press("o");
  const importing = page.getByRole("dialog", { name: "Import labels" });
  await importing.getByRole("radio", { name: /^YOLO/ }).check();
  await importing.getByRole("textbox", { name: "Folder" }).fill(folder);
  await importing.getByRole("button", { name: "Read labels" }).click();
  const plan = page.getByRole("dialog", { name: "Import from YOLO yolo" });
  await expect(plan.getByText("Accepts 1 box.")).toBeVisible();
  expect(await complaints(page)).toEqual([]);
  await plan.getByRole("button", { name: "Import 1 verdict and 1 box" }).click();
  await expect(page.getByText("Imported 1 verdict and 1 box on 1 photo from YOLO yolo")).toBeVisible();
  expect(await library.api.boxes({ photo })).toContainEqual(
    expect.objectContaining({ box: [0.1, 0.25, 0.4, 0.75], origin: "imported", verdict: "accept" }),
  );
});
