import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RequestTimeouts, type ServedWindow, serveWindow } from "../../src-main/hosts/web";
import { exchangeCode } from "../fixtures/exchange-code";
import { fakeSemblance } from "../fixtures/fake-semblance";

const root = mkdtempSync(join(tmpdir(), "semblance-hostile-"));
const renderer = join(root, "renderer");
let served: ServedWindow;
let port: number;
let token: string;
let pictureKey: string;

async function serve(requestTimeouts?: RequestTimeouts) {
  served = await serveWindow({
    create: async (emit) => fakeSemblance(emit),
    renderer,
    folder: "/photos",
    requestTimeouts,
  });
  const address = served.newAddress();
  port = Number(new URL(address).port);
  ({ token, pictureKey } = await exchangeCode(address));
}

beforeAll(async () => {
  mkdirSync(renderer);
  writeFileSync(join(renderer, "index.html"), "<!doctype html><title>Semblance</title>");
  await serve();
});
afterAll(async () => {
  await served.close();
  rmSync(root, { recursive: true });
});

/** The server's whole answer to these bytes, until it closes the connection or is silent for a while. */
function sendRaw(bytes: string | Buffer, { patient = 400 } = {}): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    socket.setTimeout(patient, () => socket.destroy());
    socket.setEncoding("latin1").on("data", (part: string) => {
      answer += part;
    });
    socket.on("error", () => {}).on("close", () => resolve(answer));
    socket.write(bytes);
  });
}
const statuses = (answer: string) => [...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
const home = () => `Host: 127.0.0.1:${port}\r\n`;
const LAST = "Connection: close\r\n";
const call = (body: string) =>
  `POST /api HTTP/1.1\r\n${home()}${LAST}X-Semblance-Token: ${token}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const LIBRARY = '{"name":"library","args":[]}';
const isWell = async () => expect(statuses(await sendRaw(call(LIBRARY)))).toEqual([200]);

describe("many requests at once", () => {
  const ask = (agent: Agent) =>
    new Promise<number>((resolve, reject) => {
      const request = httpRequest(
        { agent, port, host: "127.0.0.1", path: "/api", method: "POST", headers: { "x-semblance-token": token } },
        (response) => {
          response.resume().on("end", () => resolve(response.statusCode!));
        },
      );
      request.on("error", reject).end(LIBRARY);
    });

  // guarantee: browser-host-load
  test("are all answered in bounded memory (1,000 requests)", async () => {
    const agent = new Agent({ maxSockets: 1000 });
    const before = process.memoryUsage().rss;
    const answers = await Promise.all(Array.from({ length: 1000 }, () => ask(agent)));
    expect(answers.filter((status) => status === 200)).toHaveLength(1000);
    expect(process.memoryUsage().rss - before).toBeLessThan(256 * 2 ** 20); // includes the thousand clients
    agent.destroy();
    await isWell();
  });

  test("no more than 64 windows receive events; when one disconnects, another can connect", async () => {
    const agent = new Agent({ keepAlive: false });
    const listen = () =>
      new Promise<{ status: number; stop(): void }>((resolve, reject) => {
        const request = httpRequest(
          { agent, port, host: "127.0.0.1", path: "/events", headers: { "x-semblance-token": token } },
          (response) => {
            response.on("error", () => {}).resume();
            resolve({ status: response.statusCode!, stop: () => request.destroy() });
          },
        );
        request.on("error", reject).end();
      });
    const windows = [];
    for (let i = 0; i < 80; i++) windows.push(await listen());
    expect(windows.map(({ status }) => status)).toEqual([
      ...Array<number>(64).fill(200),
      ...Array<number>(16).fill(503),
    ]);
    await isWell();
    windows[0].stop();
    await expect
      .poll(async () => {
        const late = await listen();
        windows.push(late);
        return late.status;
      })
      .toBe(200);
    windows.forEach(({ stop }) => stop());
  });
});

describe("malformed requests", () => {
  const hidden = "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n";
  // guarantee: browser-host-load
  test.each<[string, () => string]>([
    [
      "two lengths",
      () => `POST /api HTTP/1.1\r\n${home()}Content-Length: 0\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
    ],
    [
      "a length and chunks",
      () => `POST /api HTTP/1.1\r\n${home()}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
    ],
    [
      "a chunked header with a space in its name",
      () => `POST /api HTTP/1.1\r\n${home()}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${hidden}`,
    ],
    [
      "chunked not as the last encoding",
      () => `POST /api HTTP/1.1\r\n${home()}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${hidden}`,
    ],
    ["an invalid length", () => `POST /api HTTP/1.1\r\n${home()}Content-Length: +5\r\n\r\nhello`],
    ["a length out of range", () => `POST /api HTTP/1.1\r\n${home()}Content-Length: 99999999999999999999999\r\n\r\n`],
    [
      "a chunk size out of range",
      () =>
        `POST /api HTTP/1.1\r\n${home()}X-Semblance-Token: ${token}\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffffff\r\n`,
    ],
    [
      "a header folded over two lines",
      () => `GET / HTTP/1.1\r\n${home()}X: a\r\n b: c\r\nTransfer-Encoding: xchunked\r\n\r\n`,
    ],
    ["a NUL in a header", () => `GET / HTTP/1.1\r\n${home()}X: a\0b\r\n\r\n`],
    ["no Host", () => "GET / HTTP/1.1\r\n\r\n"],
    ["another protocol", () => "SSH-2.0-OpenSSH_9.6\r\n\r\n"],
    ["the beginning of HTTP/2", () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["a space in its address", () => `GET /a b HTTP/1.1\r\n${home()}\r\n`],
  ])("%s: the connection is closed at once, and a request smuggled behind it is not answered", async (_, bytes) => {
    const answer = await sendRaw(bytes());
    expect(statuses(answer).filter((status) => status < 400)).toEqual([]);
    expect(statuses(answer).length).toBeLessThanOrEqual(1);
    expect(answer).not.toContain("photos");
    await isWell();
  });

  // guarantee: browser-host-load
  test("endless headers and addresses are refused", async () => {
    expect(statuses(await sendRaw(`GET / HTTP/1.1\r\n${home()}X: ${"x".repeat(100_000)}\r\n\r\n`))).toEqual([431]);
    expect(statuses(await sendRaw(`GET /${"x".repeat(100_000)} HTTP/1.1\r\n${home()}\r\n`))).toEqual([431]);
    await isWell();
  });

  test("unusual methods get no other protocol, tunnel or echo", async () => {
    for (const method of ["PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "MKCOL", "PURGE"]) {
      const answer = await sendRaw(`${method} / HTTP/1.1\r\n${home()}${LAST}X-Secret: echoed\r\n\r\n`);
      expect(statuses(answer), method).toEqual([405]);
      expect(answer).not.toContain("echoed");
    }
    expect(statuses(await sendRaw(`OPTIONS * HTTP/1.1\r\n${home()}${LAST}\r\n`))).toEqual([400]);
    expect(statuses(await sendRaw(`CONNECT evil.example:443 HTTP/1.1\r\n${home()}\r\n`))).toEqual([]);
    const upgrade = `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n`;
    for (const [path, status] of Object.entries({
      "/": 200,
      "/events": 401,
      "/api": 405,
      "/session": 405,
      "/socket": 404,
    }))
      expect(statuses(await sendRaw(`GET ${path} HTTP/1.1\r\n${home()}${LAST}${upgrade}\r\n`)), path).toEqual([status]);
    const head = await sendRaw(`HEAD / HTTP/1.1\r\n${home()}${LAST}\r\n`);
    expect(statuses(head)).toEqual([200]);
    expect(head).not.toContain("<title>");
  });
});

// guarantee: browser-host
test.each([
  "/picture/1%2f..%2f2/thumbnail",
  "/picture/%2e%2e%2f1/thumbnail",
  "/picture/1%00/thumbnail",
  "/picture/1/thumbnail%00",
  "/picture/1\\..\\2/view",
  "/picture/+1/view",
  "/picture/0x1/view",
  "/picture/１/view",
  "/picture/9999999999999999/view",
  "/picture/1/..%252f..%252fetc%252fpasswd",
  "/picture//etc/passwd/view",
  "/PICTURE/1/view",
])("pictures are requested by number only: %s is refused", async (path) => {
  const answer = await sendRaw(Buffer.from(`GET ${path}?key=${pictureKey} HTTP/1.1\r\n${home()}${LAST}\r\n`, "utf8"));
  expect(statuses(answer).every((status) => status >= 400)).toBe(true);
  expect(answer).not.toContain("GIF");
});

// guarantee: browser-host
test("another address of this computer is not served", async () => {
  const socket = connect(port, "::1");
  const [error] = (await once(socket, "error")) as [NodeJS.ErrnoException];
  expect(["ECONNREFUSED", "EADDRNOTAVAIL", "ENETUNREACH", "EAFNOSUPPORT"]).toContain(error.code);
});

describe("slow requests", () => {
  beforeAll(async () => {
    await served.close();
    await serve({ headers: 500, request: 1000, look: 50 });
  });

  // guarantee: browser-host-load
  test("with endless headers are cut off while others are answered", async () => {
    const slow = Array.from({ length: 50 }, () => sendRaw(`GET / HTTP/1.1\r\n${home()}X-Slow: `, { patient: 20_000 }));
    await isWell();
    for (const answer of await Promise.all(slow)) expect(statuses(answer)).toEqual([408]);
  });

  // guarantee: browser-host-load
  test("with an endless body are cut off", async () => {
    const answer = await sendRaw(
      `POST /api HTTP/1.1\r\n${home()}X-Semblance-Token: ${token}\r\nContent-Length: 1000\r\n\r\n{`,
      { patient: 20_000 },
    );
    expect(statuses(answer)).not.toContain(200);
    await isWell();
  });
});
