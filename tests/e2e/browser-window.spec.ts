import { expect, type Page } from "@playwright/test";
import type { Job, LibraryInfo, Transport } from "../../src-shared/contract";
import type { PageSession } from "../../src-shared/page-session";
import type { MockBackend } from "../fixtures/mock-library";
import { ADDRESS, test } from "./mock-page";

const WELCOME = { version: "0.1.0", recent: [], folderDialog: false, home: "/home/ada", damaged: null };

/** Answers the exchange of the code in the address. */
const exchanged = (page: Page, session: PageSession = { token: "s3cret", pictureKey: "p1ctures" }) =>
  page.route("**/session", (route) => route.fulfill({ json: { ok: true, value: session } }));

test("exchanges the code in its address once, hides it, and sends the token in a header of every call and of the event stream", async ({
  page,
  openWindow,
}) => {
  const tokens: (string | undefined)[] = [];
  const codes: unknown[] = [];
  await page.route("**/session", (route) => {
    codes.push(route.request().postDataJSON());
    return route.fulfill({ json: { ok: true, value: { token: "s3cret", pictureKey: "p1ctures" } } });
  });
  await page.route("**/api", async (route) => {
    tokens.push(route.request().headers()["x-semblance-token"]);
    const { name } = route.request().postDataJSON() as { name: string };
    await route.fulfill({ json: { ok: true, value: name === "welcome" ? WELCOME : null } });
  });
  await page.route("**/events", (route) => {
    tokens.push(route.request().headers()["x-semblance-token"]);
    return route.fulfill({ contentType: "text/event-stream", body: "retry: 60000\n\n" });
  });
  await openWindow.alone(`${ADDRESS}?code=0nce`);
  await expect(page.getByRole("button", { name: "Try sample photos" })).toBeVisible();
  expect(page.url()).toBe(ADDRESS);
  await page.reload();
  await expect(page.getByRole("button", { name: "Try sample photos" })).toBeVisible();
  expect(new Set(tokens)).toEqual(new Set(["s3cret"]));
  expect(codes).toEqual([{ code: "0nce" }]);
});

test("once the program was started again, a tab of the earlier one shows how to get an address", async ({
  page,
  openWindow,
}) => {
  let known = true;
  await exchanged(page);
  await page.route("**/api", async (route) => {
    if (!known) return route.fulfill({ status: 401, body: "The token is missing or wrong." });
    const { name } = route.request().postDataJSON() as { name: string };
    await route.fulfill({ json: { ok: true, value: name === "welcome" ? WELCOME : null } });
  });
  await page.route("**/events", (route) =>
    known
      ? route.fulfill({ contentType: "text/event-stream", body: "retry: 50\n\n" })
      : route.fulfill({ status: 401, body: "The token is missing or wrong." }),
  );
  await openWindow.alone(`${ADDRESS}?code=0nce`);
  await expect(page.getByRole("button", { name: "Try sample photos" })).toBeVisible();
  known = false;
  await expect(page.getByRole("heading")).toHaveText("This address no longer works");
});

test("a program that doesn't answer leaves the code in the address, so that a reload opens the window", async ({
  page,
  openWindow,
}) => {
  await page.route("**/session", (route) => route.abort());
  await openWindow.alone(`${ADDRESS}?code=0nce`);
  await expect(page.getByRole("heading")).toHaveText("Semblance isn’t responding");
  expect(page.url()).toBe(`${ADDRESS}?code=0nce`);
});

test("reports an unresponsive program, and recovers on retry", async ({ page, openWindow }) => {
  let up = false;
  await exchanged(page);
  await page.route("**/api", async (route) => {
    if (!up) return route.abort();
    const { name } = route.request().postDataJSON() as { name: string };
    await route.fulfill({ json: { ok: true, value: name === "welcome" ? WELCOME : null } });
  });
  await page.route("**/events", (route) =>
    up ? route.fulfill({ contentType: "text/event-stream", body: "retry: 60000\n\n" }) : route.abort(),
  );
  await openWindow.alone(`${ADDRESS}?code=0nce`);
  await expect(page.getByRole("alert")).toContainText("Semblance isn’t responding.");
  up = true;
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("alert")).toBeHidden();
  await expect(page.getByRole("button", { name: "Try sample photos" })).toBeVisible();
});

test("makes no call before the event stream is open, so that no event is missed", async ({ page, openWindow }) => {
  const order: string[] = [];
  await exchanged(page);
  await page.route("**/api", async (route) => {
    order.push("call");
    const { name } = route.request().postDataJSON() as { name: string };
    await route.fulfill({ json: { ok: true, value: name === "welcome" ? WELCOME : null } });
  });
  let listen = () => {};
  const heard = new Promise<void>((resolve) => {
    listen = resolve;
  });
  await page.route("**/events", async (route) => {
    await heard;
    order.push("events");
    await route.fulfill({ contentType: "text/event-stream", body: "retry: 60000\n\n" });
  });
  await page.clock.install();
  const asked = page.waitForRequest("**/events*");
  await openWindow.alone(`${ADDRESS}?code=0nce`);
  await asked;
  await page.clock.runFor(10_000);
  expect(order).toEqual([]);
  listen();
  await expect(page.getByRole("button", { name: "Try sample photos" })).toBeVisible();
  expect(order.slice(0, 2)).toEqual(["events", "call"]);
});

test("an event that arrives during a call is not overwritten by the older answer", async ({ page, openWindow }) => {
  await page.addInitScript(() => {
    const running: Job = {
      job: 9,
      kind: "embed",
      state: "running",
      done: 3,
      total: 20,
      perSecond: 5,
      secondsLeft: 3,
      message: null,
    };
    let transport: Transport;
    Object.defineProperty(globalThis, "semblance", {
      get: () => transport,
      set: (given: MockBackend) => {
        const send: Transport["send"] = async (call) => {
          const reply = await given.send(call);
          if (call.name === "library" && reply.ok)
            given.emit("library", { ...(reply.value as LibraryInfo), labelled: 17 });
          if (call.name !== "jobs") return reply;
          given.emit("job", { ...running, done: 20, state: "done" });
          return { ok: true, value: [running] };
        };
        transport = { ...given, send };
      },
    });
  });
  await page.clock.install();
  await openWindow({ photos: 20 });
  await expect(page.getByRole("gridcell").first()).toBeVisible();
  await page.clock.runFor(10_000); // the finished job fades
  await expect(page.getByText("17 labelled")).toBeVisible();
});
