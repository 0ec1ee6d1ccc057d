import { expect } from "@playwright/test";
import { complaints } from "./complaints";
import { test } from "./mock-page";

test("adds a model from a file, asking only for what it doesn't say", async ({ page, openWindow }) => {
  await openWindow({ photos: 20 });
  await page.getByRole("gridcell").first().waitFor();
  await page.getByRole("button", { name: "Harbour", exact: true }).click();
  await page.getByRole("menuitem", { name: "Settings…" }).click();
  await page.getByRole("tab", { name: "Models" }).click();
  await page.getByRole("button", { name: "Add from a file…" }).click();

  const form = page.getByRole("form", { name: "Add a model" });
  await form.getByLabel("ONNX file or a model’s folder").fill("/home/ada/letter.txt");
  await form.getByRole("button", { name: "Read" }).click();
  await expect(form.getByRole("alert")).toHaveText("Can’t use /home/ada/letter.txt: it is not an ONNX file.");

  await form.getByLabel("ONNX file or a model’s folder").fill("/home/ada/resnet50.onnx");
  await form.getByRole("button", { name: "Read" }).click();
  await expect(form.getByText("A classifier with 1,000 classes.")).toBeVisible();
  await expect(form.getByRole("alert")).toBeHidden();
  const mean = form.getByLabel("Mean of the pixels: red, green, blue, from 0 to 1");
  await expect(mean).toHaveValue("0.485,0.456,0.406");
  expect(await complaints(page)).toEqual([]);

  await mean.fill("0.5, 0.5");
  await form.getByRole("button", { name: "Add", exact: true }).click();
  await expect(form).toBeVisible(); // three numbers are needed
  await mean.fill("0.5, 0.5, 0.5");
  await form.getByLabel("Name", { exact: true }).fill("resnet");
  await form.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("status").filter({ hasText: "Added resnet: 31.5 ms a photo" })).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "resnet" })).toBeVisible();
});
