import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { samplePhoto } from "../fixtures/sample-photos";
import { type ServedProgram, serveFolder } from "./served-program";

/** The real program, the real window, and what others on this computer can do with what the browser gives away. */
const scratch = mkdtempSync(join(tmpdir(), "semblance-browser-host-"));
let program: ServedProgram;

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  const folder = join(scratch, "photos");
  mkdirSync(folder);
  cpSync(samplePhoto("nagasaki-boats"), join(folder, "boats.jpg"));
  program = await serveFolder(folder, join(scratch, "home"));
});
test.afterAll(async () => {
  await program.stop();
  rmSync(scratch, { recursive: true, force: true });
});

/** The photo is drawn, so calls, events and pictures are let through. The first time, it has to be decoded. */
const isDrawn = (page: Page) =>
  expect
    .poll(
      () => page.locator("[role=gridcell] img").evaluateAll(([image]) => (image as HTMLImageElement)?.naturalWidth),
      {
        timeout: 60_000,
      },
    )
    .toBeGreaterThan(0);

// guarantee: browser-host
test("an address opens one tab, which keeps working when it is reloaded; a second use says what to do", async ({
  page,
  browser,
}) => {
  const address = await program.newAddress();
  await page.goto(address);
  await isDrawn(page);
  expect(page.url()).toBe(new URL("/", address).href);
  await page.reload();
  await isDrawn(page);

  // Another person's browser, with the address from the list of processes.
  const other = await (await browser.newContext()).newPage();
  await other.goto(address);
  await expect(other.getByRole("heading")).toHaveText("This address no longer works");
  await expect(other.getByRole("main")).toContainText("press Enter");
  await expect(other.getByRole("img")).toHaveCount(0);
  await other.goto(new URL("/", address).href);
  await expect(other.getByRole("heading")).toHaveText("This address no longer works");

  await other.goto(await program.newAddress());
  await isDrawn(other);
  // In a tab that has the token already, an old address from the browser's history does no harm.
  await page.goto(address);
  await isDrawn(page);
});

// guarantee: browser-host
test("another server on this computer that the person opens gets nothing to use", async ({ page }) => {
  const received: { path: string; cookie: string | undefined; referer: string | undefined }[] = [];
  const hostile = createServer(({ url, headers }, response) => {
    received.push({ path: url!, cookie: headers.cookie, referer: headers.referer });
    response.setHeader("content-type", "text/html");
    response.end("<title>hostile</title><img src='/picture/1/full'>");
  }).listen(0, "127.0.0.1");
  await once(hostile, "listening");
  const there = `http://127.0.0.1:${(hostile.address() as AddressInfo).port}`;
  try {
    const address = await program.newAddress();
    const { origin } = new URL(address);
    await page.goto(address);
    await isDrawn(page);
    expect(await page.context().cookies()).toEqual([]);

    await page.goto(`${there}/`);
    await page.goto(`${there}/picture/1/thumbnail`);
    await page.goto(`${there}/api`);
    expect(received.map(({ path }) => path)).toEqual(expect.arrayContaining(["/", "/api", "/picture/1/full"]));
    for (const { cookie, referer } of received) {
      expect(cookie).toBeUndefined();
      expect(referer ?? "").not.toContain(origin);
    }
    // Its page can neither make calls in the person's browser nor read the tab's storage, nor can its server by itself.
    const asked = await page.evaluate(
      async (program) => [
        Object.keys(sessionStorage).length,
        await fetch(`${program}/api`, { method: "POST", credentials: "include", body: "{}" }).then(
          ({ status }) => status,
          () => "refused",
        ),
      ],
      origin,
    );
    expect(asked).toEqual([0, "refused"]);
    const call = (headers: Record<string, string>) =>
      fetch(`${origin}/api`, { method: "POST", headers, body: '{"name":"library","args":[]}' });
    const cookie = received.map((each) => each.cookie ?? "").join("; ");
    for (const secret of ["", ...cookie.split(/[;=\s]+/)]) {
      const answer = await call({ cookie, "x-semblance-token": secret });
      expect(answer.status).toBe(401);
    }
    expect((await fetch(`${origin}/picture/1/thumbnail`, { headers: { cookie } })).status).toBe(401);
  } finally {
    hostile.close();
  }
});
