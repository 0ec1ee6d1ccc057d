import { expect } from "@playwright/test";
import { ADDRESS, test } from "./imagined-page";

const WELCOME = { version: "0.1.0", recent: [], folderDialog: false, home: "/home/ada" };

test("the token leaves the visible address, survives a reload, and goes with every call", async ({ page, openWindow }) => {
  const tokens: (string | undefined)[] = [];
  await page.route("**/api", async (route) => {
    tokens.push(route.request().headers()["x-semblance-token"]);
    const { name } = route.request().postDataJSON() as { name: string };
    await route.fulfill({ json: { ok: true, value: name === "welcome" ? WELCOME : null } });
  });
  await page.route("**/events?token=*", (route) => {
    tokens.push(new URL(route.request().url()).searchParams.get("token") ?? undefined);
    return route.fulfill({ contentType: "text/event-stream", body: "retry: 60000\n\n" });
  });
  await openWindow.alone(`${ADDRESS}?token=s3cret`);
  await expect(page.getByRole("button", { name: "Try the sample photos" })).toBeVisible();
  expect(page.url()).toBe(ADDRESS);
  await page.reload();
  await expect(page.getByRole("button", { name: "Try the sample photos" })).toBeVisible();
  expect(new Set(tokens)).toEqual(new Set(["s3cret"]));
});

test("a program that does not answer is said so, and trying again finds it", async ({ page, openWindow }) => {
  let up = false;
  await page.route("**/api", async (route) => {
    if (!up) return route.abort();
    const { name } = route.request().postDataJSON() as { name: string };
    await route.fulfill({ json: { ok: true, value: name === "welcome" ? WELCOME : null } });
  });
  await page.route("**/events?token=*", (route) => (up ? route.fulfill({ contentType: "text/event-stream", body: "retry: 60000\n\n" }) : route.abort()));
  await openWindow.alone(`${ADDRESS}?token=s3cret`);
  await expect(page.getByRole("alert")).toContainText("Semblance does not answer.");
  up = true;
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("alert")).toBeHidden();
  await expect(page.getByRole("button", { name: "Try the sample photos" })).toBeVisible();
});
