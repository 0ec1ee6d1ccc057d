import { expect } from "@playwright/test";
import type { Job, LibraryInfo, Transport } from "../../src-shared/contract";
import type { MockBackend } from "../fixtures/mock-library";
import { ADDRESS, test } from "./mock-page";

const WELCOME = { version: "0.1.0", recent: [], folderDialog: false, home: "/home/ada", damaged: null };

test("hides the token from the address bar, keeps it over a reload, and sends it with every call", async ({
  page,
  openWindow,
}) => {
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
  await expect(page.getByRole("button", { name: "Try sample photos" })).toBeVisible();
  expect(page.url()).toBe(ADDRESS);
  await page.reload();
  await expect(page.getByRole("button", { name: "Try sample photos" })).toBeVisible();
  expect(new Set(tokens)).toEqual(new Set(["s3cret"]));
});

test("reports an unresponsive program, and recovers on retry", async ({ page, openWindow }) => {
  let up = false;
  await page.route("**/api", async (route) => {
    if (!up) return route.abort();
    const { name } = route.request().postDataJSON() as { name: string };
    await route.fulfill({ json: { ok: true, value: name === "welcome" ? WELCOME : null } });
  });
  await page.route("**/events?token=*", (route) =>
    up ? route.fulfill({ contentType: "text/event-stream", body: "retry: 60000\n\n" }) : route.abort(),
  );
  await openWindow.alone(`${ADDRESS}?token=s3cret`);
  await expect(page.getByRole("alert")).toContainText("Semblance isn’t responding.");
  up = true;
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("alert")).toBeHidden();
  await expect(page.getByRole("button", { name: "Try sample photos" })).toBeVisible();
});

test("makes no call before the event stream is open, so that no event is missed", async ({ page, openWindow }) => {
  const order: string[] = [];
  await page.route("**/api", async (route) => {
    order.push("call");
    const { name } = route.request().postDataJSON() as { name: string };
    await route.fulfill({ json: { ok: true, value: name === "welcome" ? WELCOME : null } });
  });
  let listen = () => {};
  const heard = new Promise<void>((resolve) => {
    listen = resolve;
  });
  await page.route("**/events?token=*", async (route) => {
    await heard;
    order.push("events");
    await route.fulfill({ contentType: "text/event-stream", body: "retry: 60000\n\n" });
  });
  await page.clock.install();
  const asked = page.waitForRequest("**/events?token=*");
  await openWindow.alone(`${ADDRESS}?token=s3cret`);
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
