import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { downloadFile } from "../../src-main/features/packs/download-file";
import { Refusal } from "../../src-shared/refusal";
import {
  answer,
  breakAtOnce,
  breakOff,
  type Fault,
  type ModelHub,
  modelHub,
  redirectTo,
  REPOSITORY,
  REVISION,
  sendFile,
  stallAfter,
} from "../fixtures/model-hub";

const NAME = "visual.onnx";
const CONTENT = Buffer.from(Array.from({ length: 400 }, (_, i) => i % 251));
const hashOf = (content: Buffer) => createHash("sha256").update(content).digest("hex");

let hub: ModelHub;
let folder: string;

beforeAll(async () => {
  hub = await modelHub({ [NAME]: CONTENT });
});
afterAll(() => hub.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "semblance-download-"));
  hub.reset();
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = () => join(folder, NAME);

function download({
  signal = new AbortController().signal,
  onBytes = () => undefined,
  stallSeconds = 20,
}: { signal?: AbortSignal; onBytes?: (bytes: number) => void; stallSeconds?: number } = {}) {
  const url = new URL(`${hub.address}/${REPOSITORY}/resolve/${REVISION}/${NAME}`);
  return downloadFile(
    { url, file: file(), bytes: CONTENT.length, sha256: hashOf(CONTENT) },
    { signal, onBytes, stallSeconds, waits: [0, 0] },
  );
}

const failure = (message: string | RegExp) => ({
  name: "Refusal",
  code: "download-failed",
  message: typeof message === "string" ? expect.stringContaining(message) : expect.stringMatching(message),
});

test("a download that broke off continues where it stopped, and again", async () => {
  hub.next(NAME, stallAfter(100), stallAfter(50));
  const seen: number[] = [];
  await download({ onBytes: (bytes) => (seen.push(bytes), breakOff()) });
  expect(hub.requests).toEqual([NAME, `${NAME} bytes=100-`, `${NAME} bytes=150-`]);
  expect(readFileSync(file())).toEqual(CONTENT);
  expect([seen[0], seen.at(-1)]).toEqual([100, CONTENT.length]);
  hub.requests.length = 0;
  await download(); // it is whole
  expect(hub.requests).toEqual([]);
});

test("a download that breaks off each time keeps its beginning, for the next try", async () => {
  hub.next(NAME, stallAfter(100), ...times(3, breakAtOnce));
  await expect(download({ onBytes: breakOff })).rejects.toMatchObject(
    failure("the connection broke off. 100 B of 400 B of visual.onnx are kept; try again to continue."),
  );
  expect(readFileSync(file())).toEqual(CONTENT.subarray(0, 100));
  await download();
  expect(hub.requests.at(-1)).toBe(`${NAME} bytes=100-`);
});

test("a download starts again if the hub has other content by now, and doesn't mix the two", async () => {
  writeFileSync(file(), Buffer.alloc(100, 7));
  writeFileSync(join(folder, "etags.json"), JSON.stringify({ [NAME]: '"an older one"' }));
  await download();
  expect(hub.requests).toEqual([`${NAME} bytes=100-`]);
  expect(readFileSync(file())).toEqual(CONTENT);
});

test("a beginning that doesn't belong to the file is found by its hash, and deleted", async () => {
  writeFileSync(file(), Buffer.alloc(100, 7)); // no ETag is known of it
  await expect(download()).rejects.toMatchObject(failure("It was deleted."));
  await download();
  expect(readFileSync(file())).toEqual(CONTENT);
});

test("a cancelled download stops at once, and continues later", async () => {
  const abort = new AbortController();
  const reason = new Refusal("cancelled", "Cancelled.");
  hub.next(NAME, stallAfter(120));
  const stopped = download({ signal: abort.signal, onBytes: () => abort.abort(reason) });
  await expect(stopped).rejects.toBe(reason);
  await download();
  expect(hub.requests.at(-1)).toBe(`${NAME} bytes=120-`);
});

test("a hub that is overloaded is asked again after the time that it names", async () => {
  hub.next(NAME, answer(503, { "retry-after": "0.01" }), answer(429));
  await download();
  expect(hub.requests).toEqual([NAME, NAME, NAME]);
});

const WRONG = Buffer.alloc(CONTENT.length, 3);
const times = (n: number, fault: Fault): Fault[] => Array.from({ length: n }, () => fault);

// guarantee: hostile-download
test.each<[string, Fault[], string | RegExp, number]>([
  [
    "has other content",
    [answer(200, {}, WRONG)],
    `visual.onnx from 127.0.0.1:PORT has SHA-256 ${hashOf(WRONG)}, but it should be ${hashOf(CONTENT)}. It was deleted.`,
    0,
  ],
  ["has a length of 9999999", [answer(200, { "content-length": "9999999" })], "it says that it sends 9999999 bytes", 0],
  [
    "has twice the bytes and no length",
    [(response) => response.writeHead(200).end(Buffer.concat([CONTENT, CONTENT]))],
    "127.0.0.1:PORT sends more than the 400 bytes of visual.onnx. It was deleted.",
    0,
  ],
  [
    "ends early and has no length",
    times(3, (response, content) => void response.writeHead(200).end(content.subarray(0, 3))),
    "sent only 3 of 400 bytes",
    3,
  ],
  ["never comes", times(3, stallAfter(0)), /sent nothing for 0\.2 seconds/, 0],
  ["isn't there", [answer(404)], /doesn’t give http:.*visual\.onnx: it answered 404 Not Found/, 0],
  ["needs an account", [answer(401)], "it answered 401 Unauthorized", 0],
  ["fails each time", times(3, answer(500)), "127.0.0.1:PORT answered 500 Internal Server Error.", 0],
  ["is compressed", [answer(200, { "content-encoding": "br" }, "xyz")], "in the encoding br", 0],
  ["is a part that wasn't asked for", [answer(206, { "content-range": "bytes 5-9/12" }, "xyz")], "bytes 5-9/12", 0],
  [
    "is redirected to plain HTTP",
    [redirectTo("http://elsewhere.example/x")],
    "127.0.0.1:PORT redirects to http://elsewhere.example/x. Semblance only follows redirects to https:// addresses.",
    0,
  ],
  ["is redirected to a file", [redirectTo("file:///etc/passwd")], "redirects to file:///etc/passwd", 0],
  ["is redirected to nowhere", [redirectTo("http://")], "redirects to http://", 0],
  ["is redirected without end", times(6, redirectTo(NAME)), "more than 5 times", 0],
])("a file that %s ends with a sentence, and leaves only what can be continued", async (_, faults, message, kept) => {
  hub.next(NAME, ...faults);
  const expected =
    typeof message === "string" ? message.replaceAll("127.0.0.1:PORT", new URL(hub.address).host) : message;
  await expect(download({ stallSeconds: 0.2 })).rejects.toMatchObject(failure(expected));
  expect(existsSync(file()) ? readFileSync(file()) : Buffer.alloc(0)).toEqual(CONTENT.subarray(0, kept));
  expect(readdirSync(folder).filter((name) => ![NAME, "etags.json"].includes(name))).toEqual([]);
  await download(); // nothing of it stands in the way
  expect(readFileSync(file())).toEqual(CONTENT);
});

test("a redirect to another server on this computer is followed, with the range", async () => {
  const asked: unknown[] = [];
  const other = createServer((request, response) => {
    asked.push([request.url, request.headers.range, request.headers.cookie]);
    sendFile(response, CONTENT, request);
  });
  await new Promise<void>((listening) => other.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void other.close());
  const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/cdn/1?signed=yes`;
  hub.next(NAME, stallAfter(100), answer(302, { location, "set-cookie": "who=me" }));
  await download({ onBytes: breakOff });
  expect(asked).toEqual([["/cdn/1?signed=yes", "bytes=100-", undefined]]);
});
