import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, request as httpRequest, type RequestOptions } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type ServedWindow, serveWindow } from "../../src-main/hosts/web";
import { createClient } from "../../src-preload/client";
import type { Reply } from "../../src-shared/contract";
import type { Emit } from "../../src-shared/engine-messages";
import { exchangeCode } from "../fixtures/exchange-code";
import { fakeSemblance, libraryOf, PIXEL } from "../fixtures/fake-semblance";

const root = mkdtempSync(join(tmpdir(), "semblance-web-"));
const renderer = join(root, "renderer");
let emit: Emit;
let served: ServedWindow;
let engine: ReturnType<typeof fakeSemblance>;
let port: number;
let token: string;
let pictureKey: string;
let time = 0;

beforeAll(async () => {
  mkdirSync(join(renderer, "assets"), { recursive: true });
  writeFileSync(join(root, "secret.txt"), "secret");
  writeFileSync(join(renderer, "index.html"), "<!doctype html><title>Semblance</title>");
  writeFileSync(join(renderer, "assets", "index-DhJ3kf0a.js"), "export {};");
  served = await serveWindow({
    create: async (tell) => (engine = fakeSemblance((emit = tell))),
    renderer,
    folder: "/photos",
    now: () => time,
  });
  const address = served.newAddress();
  port = Number(new URL(address).port);
  ({ token, pictureKey } = await exchangeCode(address));
});

afterAll(async () => {
  await served.close();
  rmSync(root, { recursive: true });
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** Node's client sends paths and headers unchanged, while fetch would normalise them. */
function ask(
  path: string,
  {
    method = "GET",
    headers = {},
    body,
  }: Pick<RequestOptions, "method"> & { headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: "127.0.0.1", port, path, method, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () =>
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          text: Buffer.concat(parts).toString("latin1"),
        }),
      );
    });
    request.on("error", reject);
    request.end(body);
  });
}

const call = (name: string, args: unknown[], headers: Record<string, string> = {}) =>
  ask("/api", {
    method: "POST",
    headers: { "x-semblance-token": token, ...headers },
    body: JSON.stringify({ name, args }),
  });

describe("the address", () => {
  // guarantee: browser-host
  test("is on this computer only, and has a code of 128 random bits, never the token", async () => {
    const [first, second] = [served.newAddress(), served.newAddress()];
    expect(first).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?code=[\w-]{22}$/);
    expect(second).not.toBe(first);
    expect(first + second).not.toContain(token);
    const other = await serveWindow({ create: async (tell) => fakeSemblance(tell), renderer });
    expect((await exchangeCode(other.newAddress())).token).not.toBe(token);
    await other.close();
  });

  test("on a port in use is refused, with the port number", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port: number } = taken.address() as AddressInfo;
    await expect(
      serveWindow({ create: async (tell) => fakeSemblance(tell), renderer, port: number }),
    ).rejects.toMatchObject({ code: "port-in-use", message: expect.stringContaining(String(number)) as string });
    taken.close();
  });

  test("a folder that can't be opened is reported before anything is served", async () => {
    let made: ReturnType<typeof fakeSemblance> | undefined;
    await expect(
      serveWindow({ create: async (tell) => (made = fakeSemblance(tell)), renderer, folder: "/missing" }),
    ).rejects.toMatchObject({ code: "no-folder" });
    expect(made?.closed).toBe(true);
  });
});

describe("calls", () => {
  test("and their replies are JSON in an envelope", async () => {
    const client = createClient({
      send: async (sent) => JSON.parse((await call(sent.name, sent.args)).text) as Reply<unknown>,
      on: () => () => {},
      picture: () => "",
      droppedPath: () => null,
    });
    expect(await client.library()).toEqual(libraryOf("/photos"));
    expect(await client.annotate({ photos: [1, 2], label: "own:Rex", verdict: "accept" })).toEqual({ photos: 2 });
    await expect(client.openLibrary({ folder: "/missing" })).rejects.toMatchObject({ code: "no-folder" });
    await expect(client.annotate({ photos: [-1], label: "own:Rex", verdict: "accept" })).rejects.toMatchObject({
      code: "bad-arguments",
    });
    await expect(client.chooseFolder()).rejects.toMatchObject({ code: "no-dialog" });
    await expect(client.chooseSaveFile({ suggested: "labels.csv" })).rejects.toMatchObject({ code: "no-dialog" });
    await expect(client.reveal({ photo: 99 })).rejects.toMatchObject({ code: "no-photo" });
  });

  test("that fail inside the server leave it running", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    expect(JSON.parse((await call("retrain", [])).text)).toMatchObject({ ok: false, error: { code: "internal" } });
    expect((await call("library", [])).status).toBe(200);
    log.mockRestore();
  });

  test("that are not JSON are refused with a message", async () => {
    const answer = await ask("/api", { method: "POST", headers: { "x-semblance-token": token }, body: "{name:" });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({ ok: false, error: { code: "bad-arguments" } });
  });

  test.skipIf(process.platform !== "linux")("revealing a file without a display is refused", async () => {
    vi.stubEnv("DISPLAY", "");
    vi.stubEnv("WAYLAND_DISPLAY", "");
    expect(JSON.parse((await call("reveal", [{ photo: 1 }])).text)).toMatchObject({
      ok: false,
      error: { code: "no-file-manager" },
    });
    vi.unstubAllEnvs();
  });
});

const exchange = (code: unknown, headers: Record<string, string> = {}) =>
  ask("/session", { method: "POST", headers, body: JSON.stringify({ code }) });
const codeOf = (address: string) => new URL(address).searchParams.get("code")!;

describe("a code", () => {
  // guarantee: browser-host
  test("is exchanged once for the token; from then on the address that a list of processes shows is worthless", async () => {
    const code = codeOf(served.newAddress());
    const first = await exchange(code);
    expect(first.status).toBe(200);
    expect(first.headers["cache-control"]).toBe("no-store");
    expect(JSON.parse(first.text)).toEqual({ ok: true, value: { token, pictureKey } });
    const second = await exchange(code);
    expect(second.status).toBe(401);
    expect(second.text).not.toContain(token);
    expect(JSON.parse(second.text)).toMatchObject({ ok: false, error: { code: "not-allowed" } });
  });

  // guarantee: browser-host
  test("expires after ten minutes, or earlier if the host wants it", async () => {
    const [pasted, late] = [codeOf(served.newAddress()), codeOf(served.newAddress())];
    const brief = codeOf(served.newAddress(60_000));
    time += 60_000;
    expect((await exchange(brief)).status).toBe(401);
    time += 539_999;
    expect((await exchange(pasted)).status).toBe(200);
    time += 1;
    expect((await exchange(late)).status).toBe(401);
  });

  // guarantee: browser-host
  test("is not used up or answered by requests that are refused", async () => {
    const code = codeOf(served.newAddress());
    const refused = [
      await ask(`/?code=${code}`),
      await ask(`/?code=${code}`, { method: "HEAD" }),
      await ask(`/session?code=${code}`),
      await ask(`/session?code=${code}`, { method: "POST", body: "{}" }),
      await exchange(code, { origin: "https://evil.example" }),
      await exchange(code, { origin: `http://127.0.0.1:${port + 1}` }),
      await exchange(code, { host: `evil.example:${port}` }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([200, 200, 405, 401, 403, 403, 403]);
    for (const { text } of refused) expect(text).not.toContain(token);
    expect((await exchange(code)).status).toBe(200);
  });

  test.each([undefined, null, 1, "", "A".repeat(22), ["A"], { code: "A" }])("%j is refused", async (code) => {
    expect((await exchange(code)).status).toBe(401);
  });

  test("that is no JSON, or too long, is refused", async () => {
    expect((await ask("/session", { method: "POST", body: "{" })).status).toBe(400);
    expect((await ask("/session", { method: "POST", body: "null" })).status).toBe(401);
    expect((await exchange("A".repeat(2000))).status).toBe(413);
  });
});

describe("another server on this computer", () => {
  // guarantee: browser-host
  test("is sent no cookie by the browser, because this one sets none", async () => {
    const answers = [
      await ask("/"),
      await ask(`/?token=${token}`), // as an earlier version took it
      await ask(served.newAddress().replace(/^.*:\d+/, "")),
      await exchange(codeOf(served.newAddress())),
      await ask(`/picture/1/thumbnail?key=${pictureKey}`),
      await call("library", []),
    ];
    for (const { headers } of answers) expect(headers["set-cookie"]).toBeUndefined();
  });

  // guarantee: browser-host
  test.each(["the token", "the picture key"])("gets nothing for a cookie, even one with %s", async (name) => {
    const secret = name === "the token" ? token : pictureKey;
    const headers = { cookie: `semblance-${port}=${secret}; token=${secret}; key=${secret}; code=${secret}` };
    for (const [path, method] of [
      ["/api", "POST"],
      ["/session", "POST"],
      ["/events", "GET"],
      ["/picture/1/thumbnail", "GET"],
    ] as const)
      expect((await ask(path, { method, headers, body: method === "POST" ? "{}" : undefined })).status).toBe(401);
  });
});

describe("access", () => {
  const wrong = "A".repeat(22);
  // guarantee: browser-host
  test.each([
    ["a call without a token", () => ask("/api", { method: "POST", body: "{}" }), 401],
    ["a call with a wrong token", () => call("library", [], { "x-semblance-token": wrong }), 401],
    [
      "a call with the token in its address only",
      () => ask(`/api?token=${token}`, { method: "POST", body: "{}" }),
      401,
    ],
    ["a call as GET", () => ask(`/api?token=${token}`), 405],
    ["events without a token", () => ask("/events"), 401],
    ["events with the token in their address only", () => ask(`/events?token=${token}`), 401],
    ["events with the picture key", () => ask("/events", { headers: { "x-semblance-token": pictureKey } }), 401],
    ["a call with the picture key", () => call("library", [], { "x-semblance-token": pictureKey }), 401],
    ["a picture without a key", () => ask("/picture/1/thumbnail?v=v1"), 401],
    ["a picture with a wrong key", () => ask(`/picture/1/thumbnail?v=v1&key=${wrong}`), 401],
    ["a picture with the token in its address", () => ask(`/picture/1/thumbnail?v=v1&key=${token}`), 401],
    ["another name for this computer", () => call("library", [], { host: `evil.example:${port}` }), 403],
    ["another port in the Host header", () => call("library", [], { host: `127.0.0.1:${port + 1}` }), 403],
    ["a Host header that begins like ours", () => call("library", [], { host: `127.0.0.1:${port}.evil.example` }), 403],
    ["a foreign Host asking for the page", () => ask("/", { headers: { host: "evil.example" } }), 403],
    [
      "a foreign Host asking for the window's code",
      () => ask("/assets/index-DhJ3kf0a.js", { headers: { host: "evil.example" } }),
      403,
    ],
    ["a foreign page", () => call("library", [], { origin: "https://evil.example" }), 403],
    ["a page without an origin", () => call("library", [], { origin: "null" }), 403],
    ["another program on this computer", () => call("library", [], { origin: `http://127.0.0.1:${port + 1}` }), 403],
    ["another scheme", () => call("library", [], { origin: `https://127.0.0.1:${port}` }), 403],
    [
      "a preflight",
      () =>
        ask("/api", {
          method: "OPTIONS",
          headers: { origin: "https://evil.example", "access-control-request-method": "POST" },
        }),
      403,
    ],
    ["a method that nothing has", () => ask("/", { method: "DELETE" }), 405],
  ])("%s is refused", async (_, refused, status) => {
    const answer = await refused();
    expect(answer.status).toBe(status);
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    expect(answer.text).not.toContain("photos");
  });

  test("is given to the window itself, as 127.0.0.1 and as localhost", async () => {
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`]) {
      expect((await call("library", [], { host, origin: `http://${host}` })).status).toBe(200);
    }
  });

  // The token is in the tab's storage, where it survives a reload; tests/e2e/browser-window.spec.ts reloads.
  test("is given to no one by the page itself, which anyone gets and which is the same for all", async () => {
    const page = await ask("/");
    expect(page.status).toBe(200);
    expect(page.text).toBe((await ask(served.newAddress().replace(/^.*:\d+/, ""))).text);
    expect(page.text).not.toContain(token);
  });
});

describe("files", () => {
  // guarantee: browser-host
  test.each([
    "/../secret.txt",
    "/assets/../../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/assets/..%5c..%5csecret.txt",
    "/%252e%252e/secret.txt",
    "//secret.txt",
    "/./../secret.txt",
    "/assets/%00/../../secret.txt",
    "/..;/secret.txt",
    "/assets",
    "/index.html.map",
  ])("%s gives no file", async (path) => {
    for (const address of [path, `${path}?key=${pictureKey}`]) {
      const answer = await ask(address);
      expect([400, 404]).toContain(answer.status);
      expect(answer.text).not.toContain("secret");
    }
  });

  test("an absolute or malformed request line is refused", async () => {
    expect((await ask("http://evil.example/")).status).toBe(400);
    expect((await ask("*")).status).toBe(400);
  });

  test("hashed files are cached for ever, the page never, and both have all security headers", async () => {
    const script = await ask("/assets/index-DhJ3kf0a.js");
    const page = await ask("/");
    expect(script.headers).toMatchObject({
      "cache-control": "public, max-age=31536000, immutable",
      "content-type": "text/javascript; charset=utf-8",
    });
    expect(page.headers["cache-control"]).toBe("no-store");
    for (const { headers } of [script, page]) {
      expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" });
      expect(headers["content-security-policy"]).toContain("default-src 'none'; script-src 'self'");
      expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    }
  });
});

describe("pictures", () => {
  test("are requested by id and cached under the address of their version", async () => {
    const answer = await ask(`/picture/1/thumbnail?v=v1&key=${pictureKey}`);
    expect(answer).toMatchObject({ status: 200, text: PIXEL.toString("latin1") });
    expect(answer.headers).toMatchObject({
      "content-type": "image/gif",
      "cache-control": "private, max-age=31536000, immutable",
      "x-content-type-options": "nosniff",
    });
  });

  test("are not cached under the address of another version", async () => {
    expect((await ask(`/picture/1/view?v=v0&key=${pictureKey}`)).headers["cache-control"]).toBe("no-store");
  });

  test.each([
    ["/picture/3/view", 404],
    ["/picture/2/view", 422],
    ["/picture/0/view", 404],
    ["/picture/1/huge", 404],
    ["/picture/-1/view", 404],
    ["/picture/1e3/view", 404],
    ["/picture/../1/view", 404],
    ["/picture/1/view/x", 404],
    ["/nothing", 404],
  ])("%s gives status %i", async (path, status) => {
    expect((await ask(`${path}?key=${pictureKey}`)).status).toBe(status);
  });
});

describe("long bodies", () => {
  // guarantee: browser-host-load
  test("over 32 MB are refused by their announced length, without reading them", async () => {
    const answer = await new Promise<Answer>((resolve, reject) => {
      const request = httpRequest(
        {
          host: "127.0.0.1",
          port,
          path: "/api",
          method: "POST",
          headers: { "x-semblance-token": token, "content-length": String(32 * 2 ** 20 + 1) },
        },
        (response) => {
          response.resume();
          response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers, text: "" }));
        },
      );
      request.on("error", reject);
      request.flushHeaders();
    });
    expect(answer.status).toBe(413);
    expect(answer.headers.connection).toBe("close");
  });

  // guarantee: browser-host-load
  test("in chunks are cut off at the limit", async () => {
    const outcome = await new Promise<number | string>((resolve) => {
      const request = httpRequest(
        { host: "127.0.0.1", port, path: "/api", method: "POST", headers: { "x-semblance-token": token } },
        (response) => {
          response.resume();
          resolve(response.statusCode!);
        },
      );
      request.on("error", (error: NodeJS.ErrnoException) => resolve(error.code!));
      const piece = Buffer.alloc(2 ** 20, 32);
      for (let i = 0; i < 40; i++) request.write(piece);
      request.end();
    });
    // The server closes the connection early: the client may see the answer or the reset first.
    expect([413, "EPIPE", "ECONNRESET"]).toContain(outcome);
    expect((await call("library", [])).status).toBe(200);
  });
});

describe("events", () => {
  test("reach every connected window, by name, as JSON", async () => {
    const listen = () =>
      new Promise<{ next(): Promise<string>; stop(): void }>((resolve, reject) => {
        const request = httpRequest(
          { host: "127.0.0.1", port, path: "/events", headers: { "x-semblance-token": token } },
          (response) => {
            expect(response.headers["content-type"]).toContain("text/event-stream");
            let text = "";
            let received: (() => void) | null = null;
            response.setEncoding("utf8").on("data", (part: string) => {
              text += part;
              received?.();
            });
            response.on("error", () => {});
            resolve({
              stop: () => request.destroy(),
              async next() {
                while (!/event: .*\n\n/s.test(text))
                  await new Promise<void>((more) => {
                    received = more;
                  });
                const found = /event: .*?\n\n/s.exec(text)![0];
                text = text.slice(text.indexOf(found) + found.length);
                return found;
              },
            });
          },
        );
        request.on("error", reject).end();
      });
    const windows = await Promise.all([listen(), listen()]);
    emit("photos", { changed: [3, 4] });
    for (const window of windows) expect(await window.next()).toBe('event: photos\ndata: {"changed":[3,4]}\n\n');
    await call("rescan", []);
    for (const window of windows) expect(await window.next()).toMatch(/^event: job\ndata: \{"job":1,.*\}\n\n$/);
    windows.forEach((window) => window.stop());
  });
});

test("closing the server closes the engine and disconnects everyone", async () => {
  let made: ReturnType<typeof fakeSemblance> | undefined;
  const other = await serveWindow({ create: async (tell) => (made = fakeSemblance(tell)), renderer });
  const address = other.newAddress();
  const session = await exchangeCode(address);
  const listening = await fetch(new URL("/events", address), { headers: { "x-semblance-token": session.token } });
  await other.close();
  expect(made?.closed).toBe(true);
  await expect(listening.text().then(() => fetch(address))).rejects.toThrow();
  expect(engine.closed).toBe(false);
});
