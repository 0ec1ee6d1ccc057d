/**
 * Requests to a model hub. This is the only file of the program that opens connections to other computers; a test
 * holds that.
 */
import { setTimeout as wait } from "node:timers/promises";
import { Refusal } from "../../../src-shared/refusal";
import { programVersion } from "../../base/program-folder";

/** The hub that packs are downloaded from, unless `SEMBLANCE_HUB` names another, such as a mirror. */
const HUB = "https://huggingface.co";
const MAX_REDIRECTS = 5;
const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** A request that may succeed if it is made again. */
export class Interrupted extends Error {
  constructor(
    reason: string,
    /** How long the hub asks to wait, in seconds. */
    readonly retryAfter: number | null = null,
    /** No server answered at all. */
    readonly isUnreachable = false,
  ) {
    super(reason);
    this.name = "Interrupted";
  }
}

/** The hub's address. @throws Refusal `bad-setting` if `SEMBLANCE_HUB` is no address that may be used */
export function hubAddress(env: NodeJS.ProcessEnv = process.env): URL {
  const address = env.SEMBLANCE_HUB || HUB;
  const url = URL.canParse(address) ? new URL(address) : null;
  if (!url || !isSecure(url))
    throw new Refusal("bad-setting", `SEMBLANCE_HUB is ${address}. It must be an address that begins with https://.`);
  return url;
}

/** Plain HTTP is only for servers on this computer. */
const isSecure = ({ protocol, hostname }: URL): boolean =>
  protocol === "https:" || (protocol === "http:" && LOOPBACK.has(hostname));

/**
 * Asks for a file, following redirects: hubs send the bytes from another host. Sends no cookie, no token, and nothing
 * about this computer but the program's version.
 * @throws Refusal `download-failed` for a redirect that isn't followed and for an answer that won't change;
 *   `Interrupted` for one that may; what `signal` was aborted with
 */
export async function requestFile(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  let at = url;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await send(at, headers, signal);
    const location = response.headers.get("location");
    if (response.status < 300 || response.status >= 400 || location === null) {
      if (!response.ok && response.status !== 416) await response.body?.cancel();
      return refuseFailure(response, at);
    }
    await response.body?.cancel();
    at = redirectedTo(location, at);
  }
  throw new Refusal("download-failed", `${url.host} redirected ${url} more than ${MAX_REDIRECTS} times.`);
}

async function send(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, {
      headers: { "user-agent": `Semblance/${programVersion()}`, "accept-encoding": "identity", ...headers },
      redirect: "manual",
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    const broken = brokenConnection(error, url);
    throw broken instanceof Interrupted ? new Interrupted(broken.message, null, true) : broken;
  }
}

function redirectedTo(location: string, from: URL): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : null;
  if (!to || !isSecure(to) || (from.protocol === "https:" && to.protocol !== "https:"))
    throw new Refusal(
      "download-failed",
      `${from.host} redirects to ${to?.href ?? location}. Semblance only follows redirects to https:// addresses.`,
    );
  return to;
}

/** @returns the response if it has content */
function refuseFailure(response: Response, url: URL): Response {
  const { status, statusText } = response;
  if (response.ok || status === 416) return response;
  const said = `${status}${statusText === "" ? "" : ` ${statusText}`}`;
  if (status >= 500 || status === 429 || status === 408) {
    const seconds = Number(response.headers.get("retry-after"));
    throw new Interrupted(`${url.host} answered ${said}`, Number.isFinite(seconds) && seconds > 0 ? seconds : null);
  }
  throw new Refusal("download-failed", `${url.host} doesn’t give ${url}: it answered ${said}.`);
}

const REASONS: Partial<Record<string, string>> = {
  EAI_AGAIN: "its address can’t be looked up; is this computer online?",
  ECONNREFUSED: "it refuses the connection",
  ECONNRESET: "the connection broke off",
  EHOSTUNREACH: "it can’t be reached",
  ENETUNREACH: "there is no network",
  ENOTFOUND: "its address can’t be looked up; is this computer online?",
  ETIMEDOUT: "it didn’t answer",
  UND_ERR_CONNECT_TIMEOUT: "it didn’t answer",
  UND_ERR_HEADERS_TIMEOUT: "it didn’t answer",
  UND_ERR_BODY_TIMEOUT: "it stopped sending",
  UND_ERR_SOCKET: "the connection broke off",
};

/** A fault of the network, also in the middle of an answer. */
export function brokenConnection(error: unknown, { host }: URL): Interrupted | Refusal {
  const { cause } = error as { cause?: { code?: string; message?: string } };
  const code = cause?.code ?? (error as { code?: string }).code ?? "";
  const reason = REASONS[code];
  if (reason !== undefined) return new Interrupted(`${host}: ${reason}`);
  const words = cause?.message ?? (error as Error).message;
  if (/CERT|SSL|TLS|SELF_SIGNED|ISSUER/.test(code))
    return new Refusal("download-failed", `Can’t be sure that ${host} is the right server: ${words} (${code}).`);
  return new Interrupted(`${host}: ${words}${code === "" ? "" : ` (${code})`}`);
}

/** Waits, unless cancelled. @throws what `signal` was aborted with */
export async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  await wait(1000 * seconds, undefined, { signal }).catch(() => undefined); // aborted
  signal.throwIfAborted();
}
