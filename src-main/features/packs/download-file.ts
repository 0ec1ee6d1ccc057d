import { rmSync, statSync, truncateSync } from "node:fs";
import { open } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { formatBytes } from "../../../src-shared/format-bytes";
import { Refusal } from "../../../src-shared/refusal";
import { isSystemError, systemErrorSentence } from "../../base/system-error";
import { hashOf } from "./check-pack";
import { brokenConnection, Interrupted, pause, requestFile } from "./hub-request";
import { etagOf, rememberEtag } from "./partial-pack";

/** A file to download, and what it must turn out to be. */
export interface FileDownload {
  url: URL;
  /** Where it goes. What an interrupted download left there is continued. */
  file: string;
  bytes: number;
  /** Hexadecimal. */
  sha256: string;
}

export interface DownloadOptions {
  signal: AbortSignal;
  /** Takes how many bytes of the file are there. */
  onBytes: (bytes: number) => void;
  /** A connection that sends nothing for so long is given up, in seconds. */
  stallSeconds?: number;
  /** Pauses before each further attempt without progress, in seconds. */
  waits?: readonly number[];
}

const STALL_SECONDS = 30;
const WAITS = [1, 2, 5, 10, 20];
const MAX_WAIT_SECONDS = 60;

/**
 * Downloads a file, or continues. After a fault that may pass, it tries again a few times. The file is either complete
 * with the right SHA-256, or a beginning that can be continued, or absent.
 * @throws Refusal `download-failed`, `disk-full`, `cannot-write`, or what `signal` was aborted with
 */
export async function downloadFile(download: FileDownload, options: DownloadOptions): Promise<void> {
  const { file, bytes, sha256, url } = download;
  const { signal, waits = WAITS } = options;
  let attempts = 0;
  let hasAnswered = false;
  while (sizeOf(file) !== bytes) {
    const before = sizeOf(file);
    if (before > bytes) rmSync(file);
    try {
      await continueFile(download, options);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Interrupted)) throw error;
      if (sizeOf(file) > before) attempts = 0;
      hasAnswered ||= !error.isUnreachable;
      // A hub that can't be reached at all is said at once.
      if (!hasAnswered || attempts >= waits.length) throw interrupted(error, download);
      await pause(Math.min(MAX_WAIT_SECONDS, error.retryAfter ?? waits[attempts]!), signal);
      attempts++;
    }
  }
  const actual = await hashOf(file);
  if (actual === sha256.toLowerCase()) return;
  rmSync(file);
  rememberEtag(dirname(file), basename(file), null);
  throw new Refusal(
    "download-failed",
    `${basename(file)} from ${url.host} has SHA-256 ${actual}, but it should be ${sha256}. It was deleted.`,
  );
}

function interrupted(error: Interrupted, { file, bytes }: FileDownload): Refusal {
  const have = sizeOf(file);
  const kept =
    have === 0
      ? ""
      : ` ${formatBytes(have)} of ${formatBytes(bytes)} of ${basename(file)} are kept; try again to continue.`;
  return new Refusal(
    "download-failed",
    `The download was interrupted. ${error.message.replace(/([^?.])$/, "$1.")}${kept}`,
  );
}

/** One request for the rest of a file. @throws `Interrupted`, Refusal, or what `signal` was aborted with */
async function continueFile(download: FileDownload, options: DownloadOptions): Promise<void> {
  const { url, file } = download;
  const stall = stallSignal(options.stallSeconds ?? STALL_SECONDS, url);
  const signal = AbortSignal.any([options.signal, stall.signal]);
  try {
    const response = await requestFile(url, rangeHeaders(file), signal);
    const { body } = response;
    const from = beginOf(response, download);
    if (!body) throw new Interrupted(`${url.host} sent an empty answer`);
    await append(body, from, download, (bytes) => {
      stall.reset();
      options.onBytes(bytes);
    });
  } finally {
    stall.end();
  }
}

/** Aborted with an `Interrupted` once nothing came for so long. */
function stallSignal(seconds: number, { host }: URL) {
  const abort = new AbortController();
  const timer = setTimeout(() => {
    abort.abort(new Interrupted(`${host} sent nothing for ${seconds} seconds`));
  }, 1000 * seconds);
  return { signal: abort.signal, reset: () => timer.refresh(), end: () => clearTimeout(timer) };
}

/** Asks for what is missing, as long as the hub still has the same content. */
function rangeHeaders(file: string): Record<string, string> {
  const have = sizeOf(file);
  if (have === 0) return {};
  const etag = etagOf(dirname(file), basename(file));
  return { range: `bytes=${have}-`, ...(etag === null ? {} : { "if-range": etag }) };
}

/**
 * Where an answer continues the file, after checking all that its headers say. An answer with the whole file empties
 * what is there.
 */
function beginOf(response: Response, { file, bytes, url }: FileDownload): number {
  const { status, headers } = response;
  const name = basename(file);
  const refuse = (reason: string) => {
    void response.body?.cancel();
    return new Refusal("download-failed", `Can’t download ${name} from ${url.host}: ${reason}.`);
  };
  const encoding = headers.get("content-encoding") ?? "identity";
  if (encoding !== "identity") throw refuse(`it was sent in the encoding ${encoding}, which wasn’t asked for`);
  if (status === 416) {
    rmSync(file, { force: true });
    throw refuse("the hub has less of it than was downloaded before; that was deleted");
  }
  const have = status === 206 ? sizeOf(file) : 0;
  if (status === 206) {
    const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get("content-range") ?? "") ?? [];
    if (Number(start) !== have || (total !== "*" && Number(total) !== bytes))
      throw refuse(
        `bytes from ${have} of ${bytes} were asked for, and it sent ${headers.get("content-range") ?? "others"}`,
      );
  }
  const length = headers.get("content-length");
  if (length !== null && Number(length) !== bytes - have)
    throw refuse(`it says that it sends ${length} bytes, but ${bytes - have} are missing`);
  const etag = headers.get("etag");
  rememberEtag(dirname(file), name, etag !== null && !etag.startsWith("W/") ? etag : null); // weak ones can't be continued
  if (have === 0 && sizeOf(file) > 0) truncateSync(file);
  return have;
}

async function append(
  body: ReadableStream<Uint8Array>,
  from: number,
  { file, bytes, url }: FileDownload,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const name = basename(file);
  let have = from;
  const handle = await open(file, "a", 0o600).catch((error: unknown) => {
    throw asRefusal(error, file);
  });
  try {
    for await (const chunk of chunksOf(body, url)) {
      if (have + chunk.length > bytes) {
        rmSync(file);
        throw new Refusal(
          "download-failed",
          `${url.host} sends more than the ${bytes} bytes of ${name}. It was deleted.`,
        );
      }
      await handle.writeFile(chunk);
      have += chunk.length;
      onBytes(have);
    }
    await handle.sync();
  } catch (error) {
    throw asRefusal(error, file);
  } finally {
    await handle.close();
  }
  if (have < bytes) throw new Interrupted(`${url.host} sent only ${have} of ${bytes} bytes of ${name}`);
}

/** The body's chunks; a fault of the network becomes `Interrupted`. */
async function* chunksOf(body: ReadableStream<Uint8Array>, url: URL): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  for (;;) {
    const next = await chunks.next().catch((error: unknown) => {
      throw error instanceof Interrupted || error instanceof Refusal ? error : brokenConnection(error, url);
    });
    if (next.done === true) return;
    yield next.value;
  }
}

function asRefusal(error: unknown, file: string): unknown {
  if (!isSystemError(error)) return error;
  const isFull = error.code === "ENOSPC" || error.code === "EDQUOT";
  return new Refusal(isFull ? "disk-full" : "cannot-write", systemErrorSentence(error, file));
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
