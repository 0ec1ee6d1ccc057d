/// <reference lib="dom" />
import { expect } from "@playwright/test";
import { complaints } from "./complaints";
import { callsOf, test } from "./mock-page";

test.afterEach(({ troubles }) => expect(troubles).toEqual([]));

test("exports the labeller with the keyboard alone, and overwrites another file only after confirmation", async ({
  page,
  openWindow,
}) => {
  await openWindow({ photos: 20 });
  await page.getByRole("button", { name: "Harbour", exact: true }).press("Enter");
  await page.getByRole("menuitem", { name: "Export labelling model…" }).press("Enter");
  const file = page.getByRole("textbox", { name: "File" });
  await expect(file).toHaveValue("/home/ada/Harbour-labeller.onnx");
  await page.getByRole("slider", { name: "Labels per photo" }).press("ArrowLeft");
  await page.getByRole("dialog").getByRole("slider", { name: "Minimum confidence" }).press("ArrowRight");
  await expect(page.getByRole("dialog")).toContainText("at least 5%");
  expect(await complaints(page)).toEqual([]);
  await file.fill("/home/ada/there.csv");
  await file.press("Enter");
  await expect(page.getByRole("alert")).toHaveText("/home/ada/there.csv already exists.");
  await file.fill("/home/ada/mine.onnx");
  await file.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "2,025 labels" })).toContainText("/home/ada/mine.onnx");
  expect(await complaints(page)).toEqual([]);
  expect((await callsOf(page, "exportLabeller")).at(-1)).toEqual({
    file: "/home/ada/mine.onnx",
    overwrite: false,
    top: 4,
    threshold: 0.05,
  });
});
