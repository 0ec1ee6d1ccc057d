import { expect, test } from "@playwright/test";
import { type Built, buildWindow, openImagined } from "./imagined-page";

let built: Built;
test.beforeAll(async () => { built = await buildWindow(); });

test("shows a grid", async ({ page }) => {
  const errors: string[] = [];
  page.on("pageerror", (e) => errors.push(String(e)));
  page.on("console", (m) => { if (m.type() === "error" || m.type() === "warning") errors.push(m.text()); });
  await openImagined(page, built, { photos: 1000 });
  await page.waitForTimeout(1500);
  await page.screenshot({ path: "/tmp/shots/first.png" });
  console.log(errors.join("\n"));
  expect(await page.locator("[data-photo]").count()).toBeGreaterThan(10);
});
