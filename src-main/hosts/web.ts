import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type HostApi, isHostCall } from "../../src-shared/arguments";
import type { Emit, PictureSize } from "../../src-shared/engine-messages";
import { Refusal } from "../../src-shared/refusal";
import { programFolder } from "../base/program-folder";
import { dispatch, failed } from "../engine/dispatch";
import type { Semblance } from "../engine/semblance";
import { openEventStream } from "./event-stream";
import { BodyTooLarge, readJson } from "./request-body";
import { reveal } from "./reveal";
import { cookieOf, createToken, isLocalRequest, isSameOrigin, SECURITY_HEADERS } from "./web-guard";
import { INDEX_PATH, listAssets, sendAsset } from "./window-assets";

/** The largest body of a call, in bytes: a verdict on a million photos takes about 8 MB. */
const BODY_LIMIT = 32 * 2 ** 20;
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

/**
 * The browser host: serves the window to this computer only. Without the token a client gets the window's code, but
 * nothing about the photos.
 * @param create   creates the engine; its events go to every open window
 * @param port     0 lets the system choose
 * @param folder   is opened before the server listens
 * @param renderer the built window
 * @param requestTimeouts for slow requests
 * @returns the address with its token, and how to stop
 * @throws Refusal `port-in-use`, or of `openLibrary`; for a damaged library the window asks what to do
 */
export async function serveWindow({
  create,
  port = 0,
  folder,
  renderer = join(programFolder(), "out", "renderer"),
  requestTimeouts = REQUEST_TIMEOUTS,
}: {
  create: (emit: Emit) => Promise<Semblance>;
  port?: number;
  folder?: string;
  renderer?: string;
  requestTimeouts?: RequestTimeouts;
}): Promise<{ url: string; close(): Promise<void> }> {
  const token = createToken();
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
    const inQuery = token.matches(searchParams.get("token"));
    // The window removes the token from its visible address; the cookie only allows the page to be reloaded.
    const cookie = `semblance-${listening()}`;
    const admitted = inQuery || (pathname === INDEX_PATH && token.matches(cookieOf(request, cookie)));

    if (pathname === "/api") {
      if (request.method !== "POST") return refuse(response, 405, "Send calls with POST.", { allow: "POST" });
      if (!token.matches(request.headers["x-semblance-token"]))
        return refuse(response, 401, "The token is missing or wrong.");
      return answerCall(request, response);
    }
    if (request.method !== "GET" && request.method !== "HEAD")
      return refuse(response, 405, "This address only supports GET and HEAD.", { allow: "GET, HEAD" });
    const asset = assets.get(pathname);
    if (asset && pathname !== INDEX_PATH) return sendAsset(request, response, asset);
    const picture = /^\/picture\/([1-9]\d{0,14})\/(thumbnail|view|full)$/.exec(pathname);
    if (pathname !== INDEX_PATH && pathname !== "/events" && !picture) return refuse(response, 404, "Not found");

    if (!admitted)
      return refuse(response, 401, "The token is missing or wrong. Open the address that Semblance printed.");
    if (pathname === "/events")
      return events.isFull() ? refuse(response, 503, "Too many windows are open.") : events.join(request, response);
    if (picture)
      return sendPicture(request, response, Number(picture[1]), picture[2] as PictureSize, searchParams.get("v"));
    response.setHeader("set-cookie", `${cookie}=${token.text}; Path=/; HttpOnly; SameSite=Strict`);
    if (asset) return sendAsset(request, response, asset);
    return refuse(response, 404, "The window is not built. Run npm run build.");
  }

  async function answerCall(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const call = await readJson(request, BODY_LIMIT);
      sendJson(response, 200, await (isHostCall(call) ? dispatch(host, call) : dispatch(semblance.api, call)));
    } catch (error) {
      if (error instanceof BodyTooLarge) {
        response.setHeader("connection", "close");
        return sendJson(response, 413, failed("too-large", error.message));
      }
      if (error instanceof SyntaxError)
        return sendJson(response, 400, failed("bad-arguments", `The call is not JSON: ${error.message}`));
      throw error;
    }
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
    url: `http://127.0.0.1:${listening()}/?token=${token.text}`,
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
