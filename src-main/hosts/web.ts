import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type HostApi, isHostCall } from "../../src-shared/arguments";
import type { Emit } from "../../src-shared/engine-messages";
import type { PageSession } from "../../src-shared/page-session";
import { isPictureSize, type PictureSize } from "../../src-shared/picture-size";
import { Refusal } from "../../src-shared/refusal";
import { programFolder } from "../base/program-folder";
import { dispatch, failed } from "../engine/dispatch";
import type { Semblance } from "../engine/semblance";
import { openEventStream } from "./event-stream";
import { createCodes } from "./one-time-codes";
import { BodyTooLarge, readJson } from "./request-body";
import { reveal } from "./reveal";
import { createToken, isLocalRequest, isSameOrigin, SECURITY_HEADERS } from "./web-guard";
import { INDEX_PATH, listAssets, sendAsset } from "./window-assets";

/** The largest body of a call, in bytes: a verdict on a million photos takes about 8 MB. */
const BODY_LIMIT = 32 * 2 ** 20;
/** The largest body of an exchange of a code, in bytes. */
const CODE_LIMIT = 1024;
const YEAR = 31_536_000;
/** Open connections: a browser uses six, and a page that floods the server gets no more than this. */
const MAX_CONNECTIONS = 2048;

/**
 * How long a request may take to arrive, and how often that is checked, in milliseconds. A client that trickles bytes
 * can't hold a connection for longer.
 */
export interface RequestTimeouts {
  headers: number;
  request: number;
  look: number;
}
const REQUEST_TIMEOUTS: RequestTimeouts = { headers: 10_000, request: 60_000, look: 2_000 };

/** A served window. */
export interface ServedWindow {
  /**
   * An address that opens the window in one tab: its code is exchanged for the token once.
   * @param lifetime of the code, in milliseconds; 10 minutes if left out
   */
  newAddress(lifetime?: number): string;
  close(): Promise<void>;
}

/**
 * The browser host: serves the window to this computer only. Anyone gets the window's own files, but nothing about the
 * photos. Two secrets do:
 *
 * - the token, in a header, for calls and events. The page gets it for the code in its address and keeps it for the tab.
 * - the picture key, in the address, for pictures only, since an image element can't send headers.
 *
 * There are no cookies: browsers send those to every port of this computer, and so to any other server on it.
 * @param create   creates the engine; its events go to every open window
 * @param port     0 lets the system choose
 * @param folder   is opened before the server listens
 * @param renderer the built window
 * @param requestTimeouts for slow requests
 * @param now      the clock by which codes expire, in milliseconds
 * @throws Refusal `port-in-use`, or of `openLibrary`; for a damaged library the window asks what to do
 */
export async function serveWindow({
  create,
  port = 0,
  folder,
  renderer = join(programFolder(), "out", "renderer"),
  requestTimeouts = REQUEST_TIMEOUTS,
  now,
}: {
  create: (emit: Emit) => Promise<Semblance>;
  port?: number;
  folder?: string;
  renderer?: string;
  requestTimeouts?: RequestTimeouts;
  now?: () => number;
}): Promise<ServedWindow> {
  const token = createToken();
  const pictureKey = createToken();
  const codes = createCodes(now);
  const events = openEventStream();
  const assets = await listAssets(renderer);
  const semblance = await create(events.emit);
  const timeouts = {
    headersTimeout: requestTimeouts.headers,
    requestTimeout: requestTimeouts.request,
    connectionsCheckingInterval: requestTimeouts.look,
  };
  const server = createServer(timeouts, (request, response) => {
    respond(request, response).catch((error: unknown) => {
      if (request.destroyed && !request.complete) return; // the client disconnected, or was cut off for being slow
      console.error(error);
      if (response.headersSent) response.destroy();
      else refuse(response, 500, "Internal error");
    });
  });

  server.maxConnections = MAX_CONNECTIONS;

  const host: HostApi = {
    chooseFolder: () => noDialog("a folder"),
    chooseCopy: () => noDialog("a file"),
    chooseLabelFile: () => noDialog("a file"),
    chooseSaveFile: () => noDialog("a file"),
    reveal: async ({ photo }) => reveal(semblance.pathOf(photo)),
    revealExport: async () => reveal(semblance.pathOf("export")),
  };

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    if (!isLocalRequest(request, listening()) || !isSameOrigin(request))
      return refuse(response, 403, "Only the window on this computer can make requests.");

    const address = parsed(request.url);
    if (!address) return refuse(response, 400, "The address is invalid.");
    const { pathname, searchParams } = address;
    if (pathname === "/api" || pathname === "/session") {
      if (request.method !== "POST") return refuse(response, 405, "Send calls with POST.", { allow: "POST" });
      if (pathname === "/session") return exchangeCode(request, response);
      if (!hasToken(request)) return refuse(response, 401, "The token is missing or wrong.");
      return answerCall(request, response);
    }
    if (request.method !== "GET" && request.method !== "HEAD")
      return refuse(response, 405, "This address only supports GET and HEAD.", { allow: "GET, HEAD" });
    const asset = assets.get(pathname);
    if (asset) return sendAsset(request, response, asset);
    if (pathname === INDEX_PATH) return refuse(response, 404, "The window is not built. Run npm run build.");
    if (pathname === "/events") {
      if (!hasToken(request)) return refuse(response, 401, "The token is missing or wrong.");
      return events.isFull() ? refuse(response, 503, "Too many windows are open.") : events.join(request, response);
    }
    const picture = /^\/picture\/([1-9]\d{0,14})\/([^/]+)$/.exec(pathname);
    const size = picture?.[2];
    if (!picture || size === undefined || !isPictureSize(size)) return refuse(response, 404, "Not found");
    if (!pictureKey.matches(searchParams.get("key"))) return refuse(response, 401, "The key is missing or wrong.");
    return sendPicture(request, response, Number(picture[1]), size, searchParams.get("v"));
  }

  const hasToken = (request: IncomingMessage) => token.matches(request.headers["x-semblance-token"]);

  /** Gives the page its secrets for the code in its address. Scripts of other origins can't read the answer. */
  async function exchangeCode(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const sent = await readBody(request, response, CODE_LIMIT);
    if (!sent) return;
    if (!codes.redeem((sent.value as { code?: unknown } | null)?.code))
      return sendJson(response, 401, failed("not-allowed", "This address was used before or has expired."));
    const session: PageSession = { token: token.text, pictureKey: pictureKey.text };
    sendJson(response, 200, { ok: true, value: session });
  }

  async function answerCall(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const sent = await readBody(request, response, BODY_LIMIT);
    if (!sent) return;
    const call = sent.value;
    sendJson(response, 200, await (isHostCall(call) ? dispatch(host, call) : dispatch(semblance.api, call)));
  }

  async function sendPicture(
    request: IncomingMessage,
    response: ServerResponse,
    photo: number,
    size: PictureSize,
    version: string | null,
  ): Promise<void> {
    try {
      const { bytes, type, version: current } = await semblance.picture(photo, size);
      // An outdated version's address shows a newer picture, which must not be cached under it.
      const caching = version === current ? `private, max-age=${YEAR}, immutable` : "no-store";
      response.writeHead(200, { "content-type": type, "content-length": bytes.byteLength, "cache-control": caching });
      response.end(request.method === "HEAD" ? undefined : bytes);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refuse(response, error.code === "no-photo" ? 404 : 422, error.message);
    }
  }

  function listening(): number {
    return (server.address() as AddressInfo).port;
  }

  try {
    if (folder !== undefined) await semblance.api.openLibrary({ folder }).catch(leaveToWindow);
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  } catch (error) {
    await semblance.close();
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE")
      throw new Refusal("port-in-use", `Port ${port} is in use. Choose another one with --port.`);
    throw error;
  }
  return {
    newAddress: (lifetime) => `http://127.0.0.1:${listening()}/?code=${codes.issue(lifetime)}`,
    async close() {
      events.close();
      server.close();
      server.closeAllConnections();
      await semblance.close();
    },
  };
}

function noDialog(what: string): Promise<never> {
  return Promise.reject(new Refusal("no-dialog", `A browser can't show a dialog for ${what}. Type its path.`));
}

/** Uses only the path and the query; the request line may name any host. */
function parsed(target = ""): URL | null {
  return target.startsWith("/") ? URL.parse(`http://127.0.0.1${target}`) : null;
}

/** The parsed body; null if it was refused. */
async function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  limit: number,
): Promise<{ value: unknown } | null> {
  try {
    return { value: await readJson(request, limit) };
  } catch (error) {
    if (error instanceof BodyTooLarge) {
      response.setHeader("connection", "close");
      sendJson(response, 413, failed("too-large", error.message));
    } else if (error instanceof SyntaxError)
      sendJson(response, 400, failed("bad-arguments", `The call is not JSON: ${error.message}`));
    else throw error;
    return null;
  }
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" });
  response.end(JSON.stringify(value));
}

function refuse(
  response: ServerResponse,
  status: number,
  sentence: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store", ...headers });
  response.end(`${sentence}\n`);
}

/** The window asks which backup to restore. */
function leaveToWindow(error: unknown): void {
  if (!(error instanceof Refusal) || error.code !== "library-damaged") throw error;
}
